"""Sojourn's settings over a data folder of this test run."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SOJOURN_DATA", tempfile.mkdtemp(prefix="sojourn-tests-"))
# kernels are compiled once for all test runs of this checkout
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent.parent / "var" / "numba"))

from sojourn.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; real ones are Django's own tests' matter
