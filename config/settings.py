"""The one settings file, read from the environment.

`DATABASE_URL` decides what kind of installation this is. Set, it is a production one: a secret key and host names
are wanted and cookies travel over HTTPS alone. Unset, the program runs on its private PostgreSQL on this machine,
keeps its own secret in `var/`, and serves plain HTTP on the loopback.
"""

import contextlib
import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()

IS_PRIVATE = not env.str("DATABASE_URL", default="")


def _local_secret_key() -> str:
    """Return the secret of a private installation, made once and readable by its user alone."""
    path = VAR_DIR / "secret-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        VAR_DIR.mkdir(exist_ok=True)
    # Written whole beside its place, then linked: of two processes one is first, and both read the same.
    with NamedTemporaryFile("w", dir=VAR_DIR) as file:  # 0600
        file.write(secrets.token_urlsafe(64))
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", default="") or (_local_secret_key() if IS_PRIVATE else env.str("SECRET_KEY"))
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if IS_PRIVATE else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "relations",
    "config.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.replicas.ReplicaMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "relations.middleware.SignInRequiredMiddleware",
    "relations.middleware.PageMethodsMiddleware",
    "relations.past_view.PastViewMiddleware",
    "relations.middleware.VisitMiddleware",
    "relations.middleware.NoNullBytesMiddleware",
    "relations.middleware.KeptFormsMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "relations.context_processors.desks",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database. A pool keeps connections between requests; POSTGRES.md measured 5.7 ms a request without one.
_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=8)  # 0 for none
_POOL = {"min_size": 1, "max_size": _POOL_SIZE, "timeout": 10} if _POOL_SIZE else False


def _database(url: str) -> dict[str, Any]:
    found: dict[str, Any] = env.db_url_config(url, engine="django.db.backends.postgresql")
    found["HOST"] = unquote(found["HOST"])  # libpq writes a socket's folder percent-encoded; environ leaves it so
    found.setdefault("OPTIONS", {})["pool"] = _POOL
    return found


if IS_PRIVATE:
    _DATABASE: dict[str, Any] = {
        "ENGINE": "config.embedded_postgres",
        "NAME": "desk",
        "DATA_DIR": VAR_DIR,
        "OPTIONS": {"pool": _POOL},
    }
else:
    _DATABASE = _database(env.str("DATABASE_URL"))
DATABASES = {"default": _DATABASE}
# Reads that may be a second old go to these (config/replicas.py): one address, or several with commas between them.
REPLICAS = []
for _number, _url in enumerate(env.list("DATABASE_REPLICA_URL", default=[]), start=1):
    REPLICAS.append(f"replica_{_number}")
    # A connection is tried before it is used: a replica may go and come back at any time.
    DATABASES[REPLICAS[-1]] = _database(_url) | {"CONN_HEALTH_CHECKS": True, "TEST": {"MIRROR": "default"}}
DATABASE_ROUTERS = ["config.replicas.Router"] if REPLICAS else []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What several instances of the program share besides the database (docs/scaling.md).
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
SESSION_ENGINE = f"django.contrib.sessions.backends.{env.str('SESSIONS_IN', default='db')}"

# Accounts. allauth owns the pages, axes the lock-out after failed attempts.
AUTH_USER_MODEL = "relations.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "relations.accounts.DeskAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
# Lock-out is axes' alone: one rule, one message.
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": False}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "relations.accounts.axes_username"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="desk@localhost")
# What links in digests and feeds start with: they are made where no request says it.
_HOST = next((host for host in ALLOWED_HOSTS if host.strip("*.[]:")), "localhost").lstrip(".")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000" if IS_PRIVATE else f"https://{_HOST}").rstrip("/")

# How often a token may ask the API: so many requests in each stretch of time (s, m, h, d).
API_RATE = env.str("API_RATE", default="600/m")

# History: who did it sits in the append-only row itself, so that it cannot be changed elsewhere afterwards.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

# Words, times, places
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "relations" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = len(LANGUAGES) > 1  # with one, each phrase is its own translation: nothing to look up
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(VAR_DIR / "static"))()
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The files that documents came as. Private: no address serves this folder, the program hands them out.
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))()
if _BUCKET := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "config.bucket.BucketStorage",
        "OPTIONS": {
            "bucket_name": _BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
            "region_name": env.str("S3_REGION", default="") or None,
            "file_overwrite": False,
        },
    }
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_HANDLERS = [
    "relations.uploading.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
# A form of a statement holds long texts; a document's text may have 5 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
if not IS_PRIVATE:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
