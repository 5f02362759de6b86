"""The operator's settings, in a home of their own that is gone after the tests."""

import atexit
import os
import shutil
import tempfile

home = tempfile.mkdtemp(prefix="postroad-tests-")
atexit.register(shutil.rmtree, home, ignore_errors=True)
os.environ["POSTROAD_HOME"] = home
os.environ.setdefault("POSTROAD_DEMO", "no")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"  # playwright keeps an event loop in our thread

from postroad.settings import *  # noqa: E402, F403
from postroad.settings import DATABASES, HOME, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file as in production, so that threads and processes meet in it.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # thousands of sign-ins
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "process")
}

STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "copies": STORAGES["copies"],
}
