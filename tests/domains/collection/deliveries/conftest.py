"""A data folder of its own for each test, with a source."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import autodiscover_modules

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.identity.actions import resolver
from sojourn.kit import jobs


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the settings at an empty data folder with one source."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path / "data", incoming_quiet_seconds=0)
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(jobs, "_queue", [])
    autodiscover_modules("plugins", "tasks")
    resolver().forget()
    catalogue.create_source(slug="shop", viewer=SYSTEM)
    return tmp_path


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file to be handed in."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written
