"""The operator's settings: one file, read from the environment, failing loudly.

What two libraries could want different is policy and lives in `directory`.
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from postroad import home as files


def flag(name: str, default: bool = False) -> bool:
    """An environment variable that is yes or no. Anything else stops the start."""
    text = os.environ.get(name, "yes" if default else "no").strip().lower()
    if text in {"1", "yes", "true", "on"}:
        return True
    if text in {"0", "no", "false", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}; use yes or no")


def number(name: str, default: int) -> int:
    """An environment variable that is a whole number, 0 or more."""
    text = os.environ.get(name, str(default)).strip()
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name} is {text!r}; use a number")
    return int(text)


def names(name: str, default: str) -> list[str]:
    """An environment variable that lists names, with commas between."""
    return [each.strip() for each in os.environ.get(name, default).split(",") if each.strip()]


def hosts() -> list[str]:
    """The names under which we answer; never any that a visitor invents."""
    listed = names("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
    if "*" in listed:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS is '*', which allows any name; list the names you use"
        )
    return listed


def log_level() -> str:
    level = os.environ.get("LOG_LEVEL", "INFO").strip().upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ImproperlyConfigured(f"LOG_LEVEL is {level!r}; use DEBUG, INFO, WARNING or ERROR")
    return level


def database(home: Path) -> dict[str, Any]:
    """SQLite in the home, or the PostgreSQL that is named."""
    address = os.environ.get("DATABASE_URL") or f"sqlite:///{home / 'postroad.sqlite3'}"
    if not address.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {address.split(':')[0]!r}; begin it with postgres://"
        )
    try:
        found = dj_database_url.parse(address, conn_max_age=600, conn_health_checks=True)
    except ValueError as why:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {why}") from why
    return dict(found)


def secret_key(home: Path) -> str:
    """The key that signs sessions: from the environment, or made once and kept in the home."""
    if key := os.environ.get("SECRET_KEY"):
        if len(key) < files.KEY_LENGTH:
            raise ImproperlyConfigured(
                f"SECRET_KEY is too short to be secret; {files.KEY_LENGTH} characters at least"
            )
        return key
    try:
        return files.secret_key(home)
    except files.Unusable as why:
        raise ImproperlyConfigured(str(why)) from why


PACKAGE = Path(__file__).parent
HOME = Path(os.environ.get("POSTROAD_HOME", "var")).resolve()

DEBUG = flag("DEBUG")
DEMO = flag("POSTROAD_DEMO")  # says on every page that this is a demonstration; opens the sign-ins
# Its name, beside ours on top of every page; that of the demonstration is invented.
CONSORTIUM = os.environ.get("CONSORTIUM", "Old Post Road Library Consortium" if DEMO else "")
SECRET_KEY = secret_key(HOME)
ALLOWED_HOSTS = hosts()
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")  # who else than this machine may read /metrics
COPY_MEGABYTES = number("COPY_MEGABYTES", 200)  # that a file may have which a library delivers
CLAMD = os.environ.get("CLAMD", "")  # who looks at such files for viruses: host:port or a socket
FETCH_PRIVATE = flag("FETCH_PRIVATE")  # whether lists may be fetched from a private network
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
if not re.fullmatch(r"https?://[^/?#\s]+", SITE_URL):
    raise ImproperlyConfigured(
        f"SITE_URL is {SITE_URL!r}; use https:// or http:// and a name, without a path"
    )
HTTPS = SITE_URL.startswith("https://")
if DEBUG and HTTPS:
    raise ImproperlyConfigured("DEBUG shows internal details; set it to no where SITE_URL is https")

INSTALLED_APPS = [
    "postroad.directory",
    "postroad.accounts",
    "postroad.catalogue",
    "postroad.delivery",
    "postroad.guides",
    "postroad.cases",
    "postroad.documents",
    "postroad.econtent",
    "postroad.ill",
    "postroad.notices",
    "postroad.reports",
    "postroad.situations",
    "postroad.web",
    "postroad.bench",
    "postroad.demo",
    "postroad.worker",
    "wagtail.contrib.redirects",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.snippets",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
if find_spec("django_linear_migrations"):  # comes with the tools of those who write migrations
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "postroad.web.shared.trace.trace",
    # Before all that could answer by itself: a file, a redirect, a refusal of the name called.
    "postroad.web.shared.headers.SecurityPolicy",
    "postroad.web.shared.headers.reticence",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "postroad.web.shared.refusals.at_the_door",
    "postroad.web.shared.refusals.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "postroad.web.shared.headers.left_nowhere",
    "postroad.web.shared.gates.editors_only",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "postroad.web.shared.refusals.InTheReadersWords",
    "postroad.web.public.networks.at_its_own_host",
]

ROOT_URLCONF = "postroad.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "postroad.web.context.frame",
            ],
        },
    }
]

DATABASES = {"default": database(HOME)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-65536; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
            "PRAGMA secure_delete=ON;"
        ),
    }
else:
    # The server plans each of our few hundred statements once a connection. A pooler that gives
    # every transaction another connection must know of that, or it is switched off.
    # A server that does not answer is told after 5 seconds; a page could not wait longer.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        server_side_binding=True, prepare_threshold=5 if flag("POSTROAD_PREPARE", True) else None
    )
    # A server that vanishes without a word is let go of; the address may say otherwise.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "tcp_user_timeout": 20_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    } | DATABASES["default"]["OPTIONS"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that failed sign-ins are counted over all processes.
CACHES = {
    "default": {
        "BACKEND": "postroad.accounts.throttle.SharedCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # In each process: what hardly ever changes and is asked for at each step. A look into the
    # shared cache would cost as much as asking.
    "process": {"BACKEND": "postroad.process_cache.ProcessCache"},
}

# To stderr. In brackets stands the visit's number, which its answer carries as X-Request-ID; the
# number of a loan stands in the path.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "visit": {"()": "postroad.web.shared.trace.Visit"},
        "refused": {"()": "postroad.web.shared.trace.Refused"},
    },
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(visit)s] %(message)s"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["visit", "refused"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "postroad": {"level": log_level()},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # what was not there, trace tells in its own line
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"postroad.accounts.passwords.{name}"}
    for name in ("LongEnough", "NotOnesName", "NotEverybodys")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account-start"
ACCOUNT_ADAPTER = "postroad.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "postroad.accounts.forms.SignIn",
    "change_password": "postroad.accounts.forms.ChangePassword",
    "set_password": "postroad.accounts.forms.SetPassword",
    "reset_password": "postroad.accounts.forms.ResetPassword",
    "reset_password_from_key": "postroad.accounts.forms.ResetPasswordKey",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # nobody signs up; allauth asks all the same
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False  # a library's computers are shared: closing the browser signs out
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",  # many readers share one library's address
    "login_failed": "30/m/ip,5/5m/key",  # a key is a name at a place; see accounts/throttle.py
    "reset_password": "20/m/ip,3/5m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0)

SESSION_COOKIE_AGE = 12 * 3600  # a long day at the desk
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]  # asked from inside, without TLS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# gzip is safe beside our secrets (BREACH): Django masks the CSRF token anew in each page, pads
# each compressed page by a random length, and no page repeats a search beside a private thing.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Mail leaves by the operator's server. Without one, and in the demonstration, it goes to a folder.
MAIL_FOLDER = HOME / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = number("EMAIL_PORT", 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", EMAIL_PORT == 587)
EMAIL_TIMEOUT = 10  # seconds for one step; the last may take longer: notices/mailserver.py
EMAIL_BACKEND = (
    "postroad.notices.mailserver.EmailBackend"
    if EMAIL_HOST and not DEMO
    else "postroad.notices.folder.EmailBackend"
)
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "Postroad <postroad@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # Django's own words are never in another language than ours
TIME_ZONE = "America/New_York"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [PACKAGE / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Copies for readers: read through documents/gate.py alone, so outside of media and its backup.
    "copies": {"BACKEND": "postroad.documents.storage.Folder"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
MEDIA_ROOT = HOME / "media"
MEDIA_URL = "media/"

WAGTAIL_SITE_NAME = "Postroad"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False  # one door for all: /accounts/
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False  # who writes may publish: nobody else would approve it
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no editor's browser asks anybody else for anything
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_IMAGE_FORM_BASE = "postroad.guides.pictures.PictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10_000_000
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000  # 160 MB while it is made smaller
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "postroad.guides.forms.RichText",
        "OPTIONS": {
            "features": ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
        },
    }
}
