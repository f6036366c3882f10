"""A vault gives back what was put there, or says which part is not what it was."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from sojourn.kit.unpacking import NotEmptyError, unpack
from sojourn.kit.vault import CHUNK_BYTES, Manifest, Vault, VaultError, backups

SECRET = b"ana.silva@example.com " * 1_000


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.kit.vault.SCRYPT", {"n": 2, "r": 8, "p": 1})


def stored(folder: Path, name: str = "20260101T000000000000Z", path: str = "a/b.txt") -> Vault:
    vault = Vault(folder, "a passphrase")
    vault.write(Manifest(name=name, files=(vault.put(path, io.BytesIO(SECRET)),), said={"events": 1}))
    return vault


def test_what_is_put_is_given_back_and_nothing_of_it_can_be_read(tmp_path: Path) -> None:
    vault = stored(tmp_path)
    manifest = vault.read(backups(tmp_path)[0])
    assert b"".join(vault.pieces(manifest.files[0])) == SECRET
    assert not any(b"ana.silva" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any("b.txt" in path.name for path in tmp_path.rglob("*"))


def test_what_is_there_already_is_not_stored_again(tmp_path: Path) -> None:
    vault = stored(tmp_path)
    large = bytes(range(256)) * (CHUNK_BYTES // 256) * 3
    first = vault.put("x", io.BytesIO(large))
    count = len(list(tmp_path.rglob("chunks/*/*")))
    second = vault.put("y", io.BytesIO(large + b"more"))
    assert len(list(tmp_path.rglob("chunks/*/*"))) == count + 1
    assert second.chunks[:3] == first.chunks


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    stored(tmp_path)
    with pytest.raises(VaultError, match="does not open"):
        Vault(tmp_path, "another")


@pytest.mark.parametrize("harm", ["changed", "cut", "missing"])
def test_harm_is_found_before_anything_is_opened(tmp_path: Path, harm: str) -> None:
    vault = stored(tmp_path / "vault")
    chunk = next((tmp_path / "vault").rglob("chunks/*/*"))
    raw = bytearray(chunk.read_bytes())
    raw[len(raw) // 2] ^= 1
    chunk.unlink()
    if harm != "missing":
        chunk.write_bytes(raw if harm == "changed" else raw[:40])
    with pytest.raises(VaultError, match="missing" if harm == "missing" else "changed"):
        unpack(vault, vault.read(backups(tmp_path / "vault")[0]), tmp_path / "into")
    assert not (tmp_path / "into" / "a" / "b.txt").exists()


def test_chunks_that_a_kept_backup_needs_stay(tmp_path: Path) -> None:
    vault = stored(tmp_path, "20260101T000000000000Z")
    stored(tmp_path, "20260102T000000000000Z")
    only = vault.put("own", io.BytesIO(b"of the first only"))
    vault.write(Manifest(name="20260101T000000000000Z", files=(only,), said={}))
    assert vault.keep_only(["20260102T000000000000Z"]) == 1
    assert b"".join(vault.pieces(vault.read("20260102T000000000000Z").files[0])) == SECRET


def test_a_file_outside_the_folder_and_a_full_folder_are_refused(tmp_path: Path) -> None:
    vault = stored(tmp_path / "vault", path="../b.txt")
    manifest = vault.read(backups(tmp_path / "vault")[0])
    with pytest.raises(NotEmptyError, match="outside"):
        unpack(vault, manifest, tmp_path / "into")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("")
    with pytest.raises(NotEmptyError, match="not empty"):
        unpack(vault, manifest, tmp_path / "full")
