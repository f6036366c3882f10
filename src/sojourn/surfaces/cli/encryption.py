"""The master keys that seal personal values."""

from __future__ import annotations

import click

from sojourn.surfaces.cli.options import connected
from sojourn.surfaces.cli.server import Server
from sojourn.surfaces.cli.tables import Columns, Shown

COLUMNS: Columns = [
    ("what is sealed", "name"),
    ("values", lambda row: f"{row['values']:,}"),
    ("wait for the newest key", lambda row: f"{row['waiting']:,}"),
]


@click.group()
def encryption() -> None:
    """Rotate the master keys that seal personal data."""


@encryption.command("status")
@connected
def status(server: Server) -> Shown:
    """Show which keys there are and how far a rotation has come."""
    found = server.get("/encryption")
    where = "the environment" if found["is_in_environment"] else "the key file"
    before = [f"Key {found['newest']} seals, from {where}. Older keys: {', '.join(found['older']) or 'none'}."]
    after = []
    if found["older"]:
        waits = found["waits_for"]
        after = [f"Older keys still seal {waits}." if waits else "Nothing needs them: sojourn encryption retire."]
    return Shown(data=found, columns=COLUMNS, rows=found["columns"], before=before, after=after)


@encryption.command("rotate")
@connected
def rotate(server: Server) -> Shown:
    """Make a new master key; the old ones go on opening until they are retired."""
    made = server.post("/encryption/keys")
    after = ["Old values are sealed anew in the background: sojourn encryption status.", "Keep a copy of the key file."]
    return Shown(data=made, before=[f"Key {made['newest']} seals from now on."], after=after)


@encryption.command("retire")
@connected
def retire(server: Server) -> Shown:
    """Forget the older keys; refused while one of them still seals something."""
    done = server.delete("/encryption/keys")
    return Shown(data=done, before=[f"{done['keys']} older keys are forgotten."])
