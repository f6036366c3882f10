"""A data folder of its own for each test: the timeline lies there."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from sojourn.kit import sealing


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> Path:
    """Point the settings at an empty data folder."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    sealing.sealer(settings.SOJOURN)  # makes the key before there are segments
    return tmp_path
