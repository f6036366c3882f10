"""A data folder of its own for each test: the timeline lies there."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    """Point the settings at an empty data folder."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path, k_floor=2, figure_age_seconds=0)
    return tmp_path
