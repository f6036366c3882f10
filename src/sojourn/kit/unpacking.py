"""Bringing a backup's files back into an empty folder; a restore that was killed goes on where it ended.

Until the end a marker stands in the folder, with which nobody serves it (`kit.lock`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from sojourn.kit import durable
from sojourn.kit.errors import SojournError
from sojourn.kit.lock import RESTORING
from sojourn.kit.vault import Kept, Manifest, Vault

PIECE_BYTES: Final = 4 << 20
ALLOWED: Final = frozenset({"lock", RESTORING})
DATABASE: Final = "postgres"  # begins the path of what goes into a database instead of the folder


class NotEmptyError(SojournError):
    """The folder holds something; a restore never overwrites."""

    code = "not_empty"
    status = 409


def unpack(vault: Vault, manifest: Manifest, folder: Path) -> int:
    """Write all files of a backup, each compared with its digest, and give how many were written this time.

    Raise NotEmptyError for a folder that holds anything but a restore of the same backup that was not finished, and
    VaultError for a part that is missing or changed.
    """
    _mark(folder, manifest.name)
    count = 0
    for kept in manifest.files:
        if kept.path.startswith(f"{DATABASE}/"):
            continue
        target = folder / kept.path
        if not target.resolve().is_relative_to(folder.resolve()):
            raise NotEmptyError("A file of the backup would lie outside the folder.")
        if _is_there(target, kept):
            continue
        durable.make_folder(target.parent)
        part = target.with_name(target.name + ".part")
        with part.open("wb") as file:
            part.chmod(0o600)
            for piece in vault.pieces(kept):
                file.write(piece)
        durable.sync_file(part)
        part.replace(target)
        durable.sync_folder(target.parent)
        durable.reach("restore.file")
        count += 1
    return count


def note_whole(folder: Path) -> None:
    """Note that all is restored: whoever calls the restore again has only to finish it."""
    marker = folder / RESTORING
    fresh = marker.with_name(f"{RESTORING}.part")
    fresh.write_text(json.dumps(json.loads(marker.read_text()) | {"is_whole": True}))
    durable.sync_file(fresh)
    fresh.replace(marker)
    durable.sync_folder(folder)


def is_whole(folder: Path, name: str) -> bool:
    """Say whether a restore of this backup has only to be finished."""
    try:
        said = json.loads((folder / RESTORING).read_text())
    except FileNotFoundError:
        return False
    return said["backup"] == name and bool(said.get("is_whole"))


def finish(folder: Path) -> None:
    """Take the marker away: the folder may be served."""
    (folder / RESTORING).unlink()
    durable.sync_folder(folder)


def _mark(folder: Path, name: str) -> None:
    durable.make_folder(folder)
    marker = folder / RESTORING
    if marker.exists():
        begun = json.loads(marker.read_text())["backup"]
        if begun != name:
            raise NotEmptyError(f"{folder} holds the beginning of a restore of {begun}. Restore that one, or empty it.")
        return
    if any(path.name not in ALLOWED for path in folder.iterdir()):
        raise NotEmptyError(f"{folder} is not empty. A restore never overwrites: choose an empty folder.")
    marker.write_text(json.dumps({"backup": name}))
    durable.sync_file(marker)
    durable.sync_folder(folder)


def _is_there(target: Path, kept: Kept) -> bool:
    if not target.is_file() or target.stat().st_size != kept.size:
        return False
    whole = hashlib.sha256()
    with target.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            whole.update(piece)
    return whole.hexdigest() == kept.sha256
