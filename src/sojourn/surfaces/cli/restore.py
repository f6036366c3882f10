"""`sojourn restore`: a backup into an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import click

from sojourn.kit import lock
from sojourn.kit.errors import InvalidError
from sojourn.kit.settings import load
from sojourn.kit.unpacking import DATABASE, finish, is_whole, unpack
from sojourn.kit.vault import Manifest, Vault, backups


@click.command("restore")
@click.argument("vault", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="An empty folder.")
@click.option("--backup", "name", help="Which one, as `sojourn backup list` names it; the newest by default.")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="File of the passphrase of the backups.")  # fmt: skip
def command(vault: Path, into: Path, name: str | None, passphrase_file: Path) -> None:
    """Bring a backup back into an empty folder.

    A state in PostgreSQL comes back into the database of SOJOURN_DATABASE_URL, which must be empty.

    Every file is compared with its digest, and erasures since the backup are done again, before the folder can be
    served. A restore that was stopped goes on when it is called again.
    """
    began = time.monotonic()
    names = backups(vault)
    if not names:
        raise InvalidError(f"There are no backups in {vault}.")
    passphrase = passphrase_file.read_text()
    opened = Vault(vault, passphrase)
    manifest = opened.read(name or names[0])
    _refuse_other_state(manifest)
    with lock.hold(into, restoring=True):
        written = 0 if is_whole(into, manifest.name) else unpack(opened, manifest, into)
        erased = _made_fit(vault, manifest.name, into, passphrase)
        finish(into)
    events, seconds = manifest.said["events"], time.monotonic() - began
    click.echo(f"{manifest.name}: {written:,} files written, {events:,} events, in {seconds:.0f} s.")
    if erased:
        click.echo(f"{erased:,} persons were erased since this backup, and are erased again.")
    click.echo(f"Serve it with: SOJOURN_DATA={into} sojourn serve")


def _refuse_other_state(manifest: Manifest) -> None:
    """Refuse what would leave tables where nobody looks for them."""
    url = load().database_url
    if DATABASE in manifest.said and not url:
        raise InvalidError("This backup is of a state in PostgreSQL: name an empty database in SOJOURN_DATABASE_URL.")
    if DATABASE not in manifest.said and url:
        raise InvalidError("This backup is of a state in SQLite: call again without SOJOURN_DATABASE_URL.")


def _made_fit(vault: Path, name: str, into: Path, passphrase: str) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "sojourn.surfaces.cli.restoring", str(vault.absolute()), name],
        env={**os.environ, "SOJOURN_DATA": str(into.absolute()), "DJANGO_SETTINGS_MODULE": "sojourn.settings"},
        input=passphrase,  # not among the arguments, which others on the machine can read
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InvalidError(
            "What was restored could not be made fit to be seen; the lines above say why. Call it again."
        )
    return int(done.stdout.split()[-1])
