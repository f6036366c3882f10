"""Django's settings, made from Sojourn's own (`kit.settings`)."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pysqlite3

# The system's SQLite may be older than 3.51.3, whose WAL can be corrupted by two checkpoints at once.
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

from sojourn.kit import sealing  # noqa: E402
from sojourn.kit import settings as sojourn_settings  # noqa: E402
from sojourn.surfaces.web import providers  # noqa: E402

SOJOURN = sojourn_settings.load()
SOJOURN.data.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(SOJOURN.cache / "numba"))  # read when a kernel is imported

SECRET_KEY = sealing.sealer(SOJOURN).derive("django").hex()
DEBUG = False
ALLOWED_HOSTS = ["*"]  # served on the address that the operator chose; a proxy in front narrows it
USE_TZ = True
TIME_ZONE = SOJOURN.time_zone
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "sojourn.urls"
STATIC_URL = "/static/"
STATIC_ROOT = str(SOJOURN.cache / "static")
AUTH_USER_MODEL = "access.Account"
SITE_ID = 1

ROOMS = [
    "sojourn.domains.organisation",
    "sojourn.domains.access",
    "sojourn.domains.catalogue",
    "sojourn.domains.collection",
    "sojourn.domains.identity",
    "sojourn.domains.privacy",
    "sojourn.domains.customers",
    "sojourn.domains.journeys",
    "sojourn.domains.feedback",
    "sojourn.domains.metrics",
    "sojourn.domains.desk",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if providers.speaks_saml() else []),  # the extra `sso`
    "django_htmx",
    *ROOMS,
    "sojourn.surfaces.web",
    "sojourn.surfaces.rest",
]


def _sqlite(name: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(SOJOURN.data / f"{name}.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;"
            "PRAGMA cache_size=-65536;",
        },
        "TEST": {"NAME": str(SOJOURN.data / f"test_{name}.sqlite3")},
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "")
        or dict(p.split("=", 1) for p in parts.query.split("&") if "=" in p).get("host", ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
    }


# "default" is the state; "stream" holds what must commit together with a segment: manifest, positions,
# persons, identifiers, traits. On SQLite they are two files, so that a loading commit and a page's write do
# not wait for each other; on PostgreSQL they are one database.
if SOJOURN.database_url:
    DATABASES = {"default": _postgres(SOJOURN.database_url)}
else:
    DATABASES = {"default": _sqlite("state"), "stream": _sqlite("stream")}
DATABASE_ROUTERS = ["sojourn.domains.collection.routing.Router"]

MIDDLEWARE = [
    "sojourn.surfaces.rest.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads answers with a random length, against BREACH
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "sojourn.surfaces.web.doors.DoorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(Path(__file__).parent / "surfaces" / "web" / "templates")],  # before allauth's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sojourn.surfaces.web.shell.shell",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if SOJOURN.public_url:  # behind a proxy that speaks TLS, forms come from this origin
    CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(SOJOURN.public_url))]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SOJOURN.public_url.startswith("https://")

# Pages load nothing from another host. Style attributes are allowed because bars set their length by one and
# ECharts places its tooltips by one; scripts and style sheets are not inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

# Static files are collected into the data folder's cache when the web process starts (`surfaces.web.statics`):
# named by their content, compressed once, kept by browsers for ever.
Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sojourn.surfaces.web.statics.Storage"},
}
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]  # ours only, not those of other apps
STATICFILES_DIRS = [str(Path(__file__).parent / "surfaces" / name / "static") for name in ("web", "rest")]
WHITENOISE_USE_FINDERS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "sojourn.surfaces.web.accounts.Adapter"
ACCOUNT_FORMS = {
    "login": "sojourn.surfaces.web.account_forms.SignInForm",
    "change_password": "sojourn.surfaces.web.account_forms.PasswordForm",
    "reauthenticate": "sojourn.surfaces.web.account_forms.AgainForm",
    "reset_password": "sojourn.surfaces.web.account_forms.LostForm",
    "reset_password_from_key": "sojourn.surfaces.web.account_forms.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/account/login/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SOJOURN.public_url).scheme or "http"
ALLAUTH_TRUSTED_PROXY_COUNT = SOJOURN.trusted_proxies
USERSESSIONS_TRACK_ACTIVITY = True
ACCOUNT_EMAIL_NOTIFICATIONS = bool(SOJOURN.mail_host)
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"{SOJOURN.workspace}: "
MFA_ADAPTER = "sojourn.surfaces.web.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from administrators and invitations
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SOJOURN.public_url.startswith("https://")  # browsers allow localhost only
MFA_FORMS = {
    "authenticate": "sojourn.surfaces.web.factors.CodeForm",
    "reauthenticate": "sojourn.surfaces.web.factors.CodeAgainForm",
    "activate_totp": "sojourn.surfaces.web.factors.AppForm",
    "add_webauthn": "sojourn.surfaces.web.factors.PasskeyForm",
    "edit_webauthn": "sojourn.surfaces.web.factors.PasskeyNameForm",
}
SOCIALACCOUNT_ADAPTER = "sojourn.surfaces.web.single_sign_on.Adapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # the policy of our pages lets no form lead to another host, a link may
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = providers.providers(SOJOURN)
if SOJOURN.mail_host:
    EMAIL_HOST, EMAIL_PORT = SOJOURN.mail_host, SOJOURN.mail_port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = SOJOURN.mail_user, SOJOURN.mail_password
    EMAIL_USE_TLS, EMAIL_USE_SSL = SOJOURN.mail_security == "starttls", SOJOURN.mail_security == "tls"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = SOJOURN.mail_from
# Guesses of passwords and codes are counted here, for all processes and over a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(SOJOURN.cache / "throttle"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SOJOURN.temporary.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_TEMP_DIR = str(SOJOURN.temporary)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

BASE_DIR = Path(__file__).parent
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without addresses": {"()": "sojourn.kit.logs.WithoutAddresses"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without addresses"]}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "sojourn": {"handlers": ["stderr"], "level": SOJOURN.log_level.upper(), "propagate": False},
    },
}
