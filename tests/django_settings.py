"""Sojourn's settings over a data folder of this test run."""

import os
import tempfile

os.environ.setdefault("SOJOURN_DATA", tempfile.mkdtemp(prefix="sojourn-tests-"))

from sojourn.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; real ones are Django's own tests' matter
