"""What a web server of the operator's choice mounts."""

import os
from contextlib import suppress

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from postroad import gc_tuning, home

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
application = get_wsgi_application()
gc_tuning.settle()
with suppress(PermissionError):
    home.live_in(settings.HOME)
