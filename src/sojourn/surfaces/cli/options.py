"""What every command has in common: where to ask, and how to show the answer."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sojourn.surfaces.cli.main import leave_quietly
from sojourn.surfaces.cli.server import connect
from sojourn.surfaces.cli.tables import Shown

Command = Callable[..., Shown]


def connected(command: Command) -> Callable[..., int]:
    """Give a command its server, and the options --json, --data, --url and --key; show what it returns."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
    @click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Data folder (or SOJOURN_DATA).")
    @click.option("--url", envvar="SOJOURN_URL", help="A remote server, such as https://cx.example.com.")
    @click.option("--key", envvar="SOJOURN_API_KEY", help="API key for --url; better given as SOJOURN_API_KEY.")
    @functools.wraps(command)
    def called(*, as_json: bool, data: Path | None, url: str | None, key: str | None, **given: Any) -> int:
        if url and not url.startswith(("http://", "https://")):
            raise click.BadParameter("an address begins with http:// or https://.", param_hint="--url")
        with connect(data=data, url=url, key=key) as server:
            shown = command(server, **given)
        try:
            if as_json:
                click.echo(json.dumps(shown.data, indent=2, ensure_ascii=False))
            else:
                shown.write()
        except BrokenPipeError:
            leave_quietly()
        return shown.exit_code

    return called


def read_text(path: str) -> str:
    """Read a text file, or standard input for `-`; raise click's errors for what cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.BadParameter(f"{path}: is not UTF-8 text.") from None


def read_password() -> str:
    """Ask for a password twice without showing it; when no terminal is there, read one line of standard input."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise click.UsageError("Give the password on standard input; it is never an argument.")
    return password
