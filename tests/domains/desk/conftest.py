"""A data folder of its own for each test."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import autodiscover_modules


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    """Point the settings at an empty data folder."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path / "data", buckets=4, reserve_bytes=1_024)
    (tmp_path / "data").mkdir()
    autodiscover_modules("plugins", "tasks")
    return tmp_path / "data"
