"""`sojourn serve`: one command, three processes (intake, web, work), one lock."""

from __future__ import annotations

import dataclasses
import json
import os
import secrets
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import click

from sojourn.kit import lock
from sojourn.kit.errors import SojournError
from sojourn.kit.settings import Settings, load
from sojourn.surfaces.cli.supervision import Child, Supervisor, to_stderr

ANSWER_SECONDS: Final = 2
# Intake sleeps most of the time, so going first costs the others little, and it keeps the time of an answer short.
# The loader must keep up with it; pages may wait a little, and what runs beside the loader steps back by itself.
WEB_NICE, WORK_NICE = 5, 1


class PortError(SojournError):
    """A port cannot be listened on."""

    code = "port"
    status = 409


@dataclass(frozen=True, kw_only=True)
class Server:
    """Where the running server is reached from this machine, and the token of its own command line."""

    pid: int
    url: str
    intake_url: str
    token: str


@click.command("serve")
@click.option("--host", help="Address to listen on; 0.0.0.0 opens it to the network.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port of pages and API.")
@click.option("--intake-port", type=click.IntRange(1, 65_535), help="Port of the event intake.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of everything that Sojourn stores.")
def command(**given: Any) -> None:
    """Serve pages, API and event intake until Ctrl+C."""
    chosen = {name: value for name, value in given.items() if value is not None}
    serve(dataclasses.replace(load(), **chosen))


def serve(
    settings: Settings, *, on_ready: Callable[[Server], None] | None = None, beside: Sequence[Child] = ()
) -> None:
    """Run the server, and the processes `beside` it, until SIGTERM or SIGINT.

    ``on_ready`` is called once pages and intake answer; without it the addresses are printed. Raise LockedError,
    PortError, StartError.
    """
    settings = dataclasses.replace(settings, data=settings.data.absolute())
    os.umask(0o077)  # for everything that the processes write
    with lock.hold(settings.data):
        for name, port in (("--port", settings.port), ("--intake-port", settings.intake_port)):
            _require_free(settings.host, port, name)
        environ = environment(settings)
        server = _described(settings)
        write_server_file(settings.server_file, server)
        try:
            _supervise(server, environ, on_ready or _print_addresses, beside)
        finally:
            settings.server_file.unlink(missing_ok=True)


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment in which every process reads the same settings."""
    chosen = {f"SOJOURN_{each.name.upper()}": str(getattr(settings, each.name)) for each in fields(settings)}
    return {
        **os.environ,
        **chosen,
        "DJANGO_SETTINGS_MODULE": "sojourn.settings",
        # kernels compiled elsewhere are used where somebody says so; else the data folder keeps its own
        "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR", str(settings.cache / "kernels")),
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }


def write_server_file(path: Path, server: Server) -> None:
    """Say where the server is, readable by its owner alone because it holds the token."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(dataclasses.asdict(server), file)
    fresh.rename(path)


def _described(settings: Settings) -> Server:
    host = _local(settings.host)
    return Server(
        pid=os.getpid(),
        url=f"http://{host}:{settings.port}",
        intake_url=f"http://{host}:{settings.intake_port}",
        token=secrets.token_urlsafe(32),
    )


def _local(host: str) -> str:
    """Give the address under which this machine reaches what listens on ``host``."""
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


def _require_free(host: str, port: int, option: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortError(
                f"Cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}. Nothing was started. "
                f"Choose another with {option}."
            ) from None


def _processes() -> tuple[list[Child], Child]:
    """Give the server's processes, in the order in which they stop, and what runs once before two of them."""
    children = [
        Child("intake", "sojourn.surfaces.intake", waits=False),  # events come in while the databases migrate
        Child("web", "sojourn.surfaces.web", nice=WEB_NICE),
        Child("work", "sojourn.surfaces.worker", nice=WORK_NICE),
    ]
    return children, Child("serve", "sojourn.surfaces.cli.preparation")


def _supervise(
    server: Server, environ: dict[str, str], on_ready: Callable[[Server], None], beside: Sequence[Child]
) -> None:
    children, preparation = _processes()
    supervisor = Supervisor([*beside, *children], environ, to_stderr, preparation=preparation)
    before = {number: signal.signal(number, lambda *_: supervisor.stop()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        supervisor.run(lambda: _answers(server), lambda: on_ready(server))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    to_stderr("serve  | stopped")


def _answers(server: Server) -> bool:
    """Say whether pages and intake answer; a refusal for want of room is an answer too."""
    for url in (f"{server.url}/api/v1/health", f"{server.intake_url}/healthz"):
        try:
            urllib.request.urlopen(url, timeout=ANSWER_SECONDS).close()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 500:  # a bug; the process's own lines say which
                return False
        except OSError:
            return False
    return True


def _print_addresses(server: Server) -> None:
    click.echo(f"Sojourn is ready at {server.url}/ and takes events at {server.intake_url}. Ctrl+C stops it.")
