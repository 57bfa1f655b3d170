"""The settings: the database is the one that DATABASE_URL names."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

_URL = urlsplit(os.environ["DATABASE_URL"])
_BEHIND = {name: values[0] for name, values in parse_qs(_URL.query).items()}

SECRET_KEY = "of no use"  # noqa: S105 - it protects nothing here
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "catalogue", "sales"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_URL.path.removeprefix("/")),
        "USER": unquote(_URL.username or ""),
        "PASSWORD": unquote(_URL.password or ""),
        "HOST": _URL.hostname or _BEHIND.get("host", ""),
        "PORT": _URL.port or _BEHIND.get("port", ""),
    }
}
