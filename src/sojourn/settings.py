"""Django's settings, made from Sojourn's own (`kit.settings`)."""

from __future__ import annotations

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

SOJOURN = sojourn_settings.load()
SOJOURN.data.mkdir(parents=True, exist_ok=True)

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
    "sojourn.domains.journeys",
    "sojourn.domains.metrics",
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
    "django_htmx",
    *ROOMS,
    "sojourn.surfaces.web",
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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

BASE_DIR = Path(__file__).parent
