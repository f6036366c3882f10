"""`sojourn demo`: a company with a year of events, ready to be looked at."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from sojourn.kit import lock
from sojourn.kit.errors import InvalidError
from sojourn.kit.settings import Settings, load
from sojourn.surfaces.cli.companies import BANK, COMPANIES, Company, DemoState, data_folder, read_state
from sojourn.surfaces.cli.invitation import OPEN_HOSTS, lan_address, print_invitation
from sojourn.surfaces.cli.serve import Server, environment, serve
from sojourn.surfaces.cli.supervision import Child

CUSTOMERS = 60_000
LIVING_NICE = 10  # the demo's own events wait for whoever is looking


@click.command("demo")
@click.option("--company", type=click.Choice(sorted(COMPANIES)), default=BANK.slug, show_default=True,
              help="bank: Harbour Bank, simulated; retail: the real Online Retail log.")  # fmt: skip
@click.option("--size", type=click.IntRange(2, 10_000_000), help=f"Customers of the bank, {CUSTOMERS:,} by default.")
@click.option("--host", help="Address to listen on; 0.0.0.0 opens it to the network.")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port of pages and API.")
@click.option("--intake-port", type=click.IntRange(1, 65_535), help="Port of the event intake.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder for this company's data.")
@click.option("--no-serve", is_flag=True, help="Load only.")
@click.option("--truths", is_flag=True, help="List what is planted in the bank, with its dates, and stop.")
def demo(company: str, size: int | None, no_serve: bool, truths: bool, **given: Any) -> None:
    """Load a demo company and serve it.

    The first start makes and loads a year of events; later ones add what has happened since.
    """
    chosen = COMPANIES[company]
    settings = _settings(chosen, given)
    console = Console()
    if truths:
        _print_truths(console, settings)
        return
    if _is_running(console, chosen, settings):
        return
    _load(chosen, settings, size)
    state = read_state(settings.data)
    assert state is not None  # the loading wrote it
    if no_serve:
        console.print(f"{chosen.name} is loaded in {settings.data}. Serve it with: sojourn demo --company {company}")
        return
    _serve(console, chosen, settings, state)


def _settings(company: Company, given: dict[str, Any]) -> Settings:
    given = {name: value for name, value in given.items() if value is not None}
    given["data"] = Path(given.get("data") or data_folder(company)).absolute()
    settings = dataclasses.replace(load(), workspace=company.name, **given)
    address = lan_address() if settings.host in OPEN_HOSTS else None
    if address is None:
        return settings
    return dataclasses.replace(
        settings,
        public_url=settings.public_url or f"http://{address}:{settings.port}",
        public_intake_url=settings.public_intake_url or f"http://{address}:{settings.intake_port}",
    )


def _is_running(console: Console, company: Company, settings: Settings) -> bool:
    """Print the invitation again when a server has this folder already."""
    known = read_state(settings.data)
    if known is None or not settings.server_file.exists():
        return False
    try:
        with lock.hold(settings.data):
            return False  # the file was left behind by a server that was killed
    except lock.LockedError:
        url = json.loads(settings.server_file.read_text())["url"]
        print_invitation(console, company=company.name, url=url, sign_ins=known.sign_ins, public=None)
        console.print("It is running already.")
        return True


def _load(company: Company, settings: Settings, size: int | None) -> None:
    """Load in a process of its own, so that the one that stays to watch the server remains small."""
    known = read_state(settings.data)
    if known is None and (settings.data / "state.sqlite3").exists():
        raise InvalidError(
            f"{settings.data} holds a company of its own; choose another folder for the demo with --data."
        )
    if known is not None and known.company != company.slug:
        raise InvalidError(
            f"{settings.data} holds the company {known.company}; two companies never share a stream. Choose another "
            "folder with --data."
        )
    if known is not None and size not in (None, known.size) and company is BANK:
        raise InvalidError(
            f"{settings.data} holds a bank of {known.size:,} customers already. Choose another folder with --data, "
            "delete this one, or leave --size out."
        )
    module = "sojourn.surfaces.cli.loading"
    command = [sys.executable, "-m", module, company.slug, str(size or (known.size if known else CUSTOMERS))]
    done = subprocess.run(command, env=environment(settings), check=False)
    if done.returncode:
        raise InvalidError("The demo company could not be loaded; the lines above say why. Run the command again.")


def _serve(console: Console, company: Company, settings: Settings, state: DemoState) -> None:
    public = settings.public_url if settings.host in OPEN_HOSTS else None

    def invite(server: Server) -> None:
        print_invitation(console, company=company.name, url=server.url, sign_ins=state.sign_ins, public=public)

    living = [Child("demo", "sojourn.surfaces.cli.trickling", nice=LIVING_NICE)] if company.is_alive else []
    serve(settings, on_ready=invite, beside=living)


def _print_truths(console: Console, settings: Settings) -> None:
    from sojourn.engine.simulation.truths import truths

    state = read_state(settings.data)
    if state is None or state.company != BANK.slug:
        raise InvalidError(f"There is no Harbour Bank in {settings.data} yet; run sojourn demo first.")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column("when (UTC)", no_wrap=True)
    for heading in ("what", "figure"):
        table.add_column(heading, ratio=1)
    for heading in ("usually", "then"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in truths(state.anchor):
        since, until = each.period.since, each.period.until
        when = "\n".join(f"{at:%Y-%m-%d %H:%M}" for at in (since, until) if at)
        where = ", ".join(f"{name} {value}" for name, value in each.where.items())
        what = "\n".join(filter(None, [each.title, where]))
        table.add_row(when, what, each.figure, f"{each.usual:,g}", f"{each.expected:,g}")
    console.print(table)


command = demo
