"""`sojourn restore`: a backup into an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from sojourn.kit import lock
from sojourn.kit.errors import InvalidError
from sojourn.kit.unpacking import finish, unpack
from sojourn.kit.vault import Vault, backups

TOMBSTONES = "tombstones"


@click.command("restore")
@click.argument("vault", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), required=True, help="An empty folder.")
@click.option("--backup", "name", help="Which one, as `sojourn backup list` names it; the newest by default.")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="File of the passphrase of the backups.")  # fmt: skip
def command(vault: Path, into: Path, name: str | None, passphrase_file: Path) -> None:
    """Bring a backup back into an empty folder.

    Every file is compared with its digest, and erasures since the backup are done again, before the folder can be
    served. A restore that was stopped goes on when it is called again.
    """
    began = time.monotonic()
    names = backups(vault)
    if not names:
        raise InvalidError(f"There are no backups in {vault}.")
    opened = Vault(vault, passphrase_file.read_text())
    manifest = opened.read(name or names[0])
    with lock.hold(into, restoring=True):
        written = unpack(opened, manifest, into)
        erased = _made_fit(opened, into)
        finish(into)
    events, seconds = manifest.said["events"], time.monotonic() - began
    click.echo(f"{manifest.name}: {written:,} files written, {events:,} events, in {seconds:.0f} s.")
    if erased:
        click.echo(f"{erased:,} persons were erased since this backup, and are erased again.")
    click.echo(f"Serve it with: SOJOURN_DATA={into} sojourn serve")


def _made_fit(opened: Vault, into: Path) -> int:
    with TemporaryDirectory() as scratch:
        kept = Path(scratch) / TOMBSTONES
        kept.write_bytes(opened.beside(TOMBSTONES))
        done = subprocess.run(
            [sys.executable, "-m", "sojourn.surfaces.cli.restoring", str(kept)],
            env={**os.environ, "SOJOURN_DATA": str(into.absolute()), "DJANGO_SETTINGS_MODULE": "sojourn.settings"},
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        raise InvalidError(
            "What was restored could not be made fit to be seen; the lines above say why. Call it again."
        )
    return int(done.stdout.split()[-1])
