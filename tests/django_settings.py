"""Sojourn's settings over a data folder of this test run."""

import os
import tempfile
from pathlib import Path

# Each process of the tests has a folder of its own; what a test starts takes its parent's.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
if os.environ.get("SOJOURN_TESTS_WORKER") != WORKER:
    os.environ["SOJOURN_TESTS_WORKER"] = WORKER
    os.environ["SOJOURN_DATA"] = tempfile.mkdtemp(prefix="sojourn-tests-")
# kernels are compiled once for all test runs of this checkout
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parent.parent / "var" / "numba"))

from sojourn.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; real ones are Django's own tests' matter
