"""The manifest: which files are the timeline now. Swapped by one rename."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sojourn.engine.timeline.words import TimelineError
from sojourn.kit import durable

FORMAT = 1
FILE = "manifest.json"


@dataclass(frozen=True, kw_only=True)
class PartEntry:
    """A part's file and its file of superseded customers, with what these come to."""

    file: str
    customers: int
    events: int
    gone: str | None = None
    gone_customers: int = 0
    gone_events: int = 0


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One generation.

    `batch` is the newest batch that is in, `identity_version` the identity map it was built with. `to_zero` are persons
    whose erasure was begun: their bytes are still to be overwritten.
    """

    generation: int = 0
    stamp: str = ""  # random: tells apart two timelines that have the same generation
    batch: int = 0
    identity_version: int = 0
    dimensions: tuple[str, ...] = ()
    parts: tuple[PartEntry, ...] = ()
    dictionaries: dict[str, str] = field(default_factory=dict)
    to_zero: tuple[int, ...] = ()

    def files(self) -> set[str]:
        """Name every file that this generation needs."""
        named = {entry.file for entry in self.parts} | {entry.gone for entry in self.parts if entry.gone}
        return named | set(self.dictionaries.values())


def read(folder: Path) -> Manifest:
    """Read the current manifest; an empty folder has the empty timeline, generation 0."""
    try:
        raw: dict[str, Any] = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return Manifest()
    if raw.pop("format") != FORMAT:
        raise TimelineError("The timeline was written by another version of Sojourn; build it anew.")
    parts = tuple(PartEntry(**entry) for entry in raw.pop("parts"))
    return Manifest(**{**raw, "parts": parts, "dimensions": tuple(raw["dimensions"]), "to_zero": tuple(raw["to_zero"])})


def swap(folder: Path, manifest: Manifest) -> None:
    """Make a manifest the current one, durably: a reader finds the old one or the new one."""
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps({"format": FORMAT, **asdict(manifest)}))
    durable.reach("timeline.manifest_written")
    durable.sync_file(fresh)
    durable.reach("timeline.manifest_synced")
    fresh.replace(folder / FILE)
    durable.reach("timeline.manifest_named")
    durable.sync_folder(folder)


def sweep(folder: Path, manifest: Manifest) -> None:
    """Delete files that no generation needs any more; readers that mapped them keep them until they are done."""
    keep = manifest.files() | {FILE, "lock"}
    for path in folder.iterdir():
        if path.name not in keep:
            path.unlink(missing_ok=True)
