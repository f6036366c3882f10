"""The backups that there are, and whether one can be read whole."""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from sojourn.domains.collection.contracts import Backup
from sojourn.kit import durable
from sojourn.kit.errors import NotFoundError
from sojourn.kit.vault import Manifest, Vault, VaultError
from sojourn.kit.vault import backups as names_of

VERIFIED: Final = "verified.json"


def backups() -> tuple[Backup, ...]:
    """List the backups, newest first; raise VaultError when the passphrase does not open them."""
    place = settings.SOJOURN.backups
    names = names_of(place)
    if not names:
        return ()
    found, verified = vault(), _verified(place)
    return tuple(_contract(found.read(name), verified) for name in names)


def verify_backup(name: str) -> Backup:
    """Read a whole backup, compare every file with its digest and note that.

    Raise NotFoundError, and VaultError saying what is wrong.
    """
    if name not in names_of(settings.SOJOURN.backups):
        raise NotFoundError("There is no such backup.")
    found = vault()
    manifest = found.read(name)
    for file in manifest.files:
        for _ in found.pieces(file):
            pass
    note_verified(name)
    return _contract(manifest, _verified(settings.SOJOURN.backups))


def vault() -> Vault:
    """Open the vault of this installation, making it and its passphrase the first time."""
    return Vault(settings.SOJOURN.backups, passphrase())


def passphrase() -> str:
    """Read the passphrase of the backups, making one at the first call where none was given; raise VaultError."""
    path = settings.SOJOURN.backup_passphrase
    if not path.exists():
        if names_of(settings.SOJOURN.backups):
            raise VaultError(f"The passphrase of the backups is missing from {path}. Put it back.")
        durable.make_folder(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("-".join(secrets.token_hex(3) for _ in range(8)) + "\n")
        durable.sync_file(path)
    return path.read_text().strip()


def note_verified(name: str, *, now: datetime | None = None) -> None:
    """Note that a backup was just read, or written, whole."""
    place = settings.SOJOURN.backups
    said = {each: at for each, at in _verified(place).items() if each in names_of(place)}
    said[name] = (now or datetime.now(UTC)).isoformat()
    fresh = place / f".{VERIFIED}.{secrets.token_hex(4)}"
    fresh.write_text(json.dumps(said))
    fresh.replace(place / VERIFIED)


def _verified(place: Path) -> dict[str, str]:
    try:
        return dict(json.loads((place / VERIFIED).read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _contract(manifest: Manifest, verified: dict[str, str]) -> Backup:
    said: dict[str, Any] = manifest.said
    at = verified.get(manifest.name)
    return Backup(
        name=manifest.name,
        made_at=datetime.fromisoformat(said["made_at"]),
        version=said["version"],
        batch=said["batch"],
        events=said["events"],
        files=len(manifest.files),
        size=manifest.size,
        verified_at=None if at is None else datetime.fromisoformat(at),
    )
