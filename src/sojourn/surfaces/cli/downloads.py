"""Files that the server writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.server import Server


def downloaded(server: Server, path: str, file: Path, **params: Any) -> dict[str, str]:
    """Write what an address gives to a file, whole or not at all, and give the answer's headers."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("wb") as out:
            headers = server.download(path, out.write, **params)
        part.replace(file)
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return headers
