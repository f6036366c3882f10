"""A data folder opens with its own key only, and no new key is made where the old one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sojourn.kit.sealing import KEY_BYTES, SealingError, sealer
from sojourn.kit.settings import Settings


def test_a_missing_key_is_not_replaced(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    sealer(settings)
    settings.keys_file.unlink()
    with pytest.raises(SealingError, match="put it back"):
        sealer(settings)
    assert not settings.keys_file.exists()


def test_another_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    sealed = sealer(settings).seal(b"ana", use="trait")
    before = settings.keys_file.read_text()
    settings.keys_file.write_text("A" * (KEY_BYTES * 8 // 6 + 1) + "=")
    with pytest.raises(SealingError, match="not the key"):
        sealer(settings)
    settings.keys_file.write_text(before)
    assert sealer(settings).open(sealed, use="trait") == b"ana"
