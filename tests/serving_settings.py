"""The program as `make run` serves it, on the database of the tests that start it (tests/serving.py)."""

import os

from config import settings

vars().update({name: value for name, value in vars(settings).items() if name.isupper()})

settings.DATABASES["default"]["NAME"] = os.environ["SERVED_DATABASE"]
# Static files from their sources; the accounts' passwords as the tests hash them.
STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
