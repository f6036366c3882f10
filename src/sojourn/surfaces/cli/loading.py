"""Loads a demo company into the data folder: `python -m sojourn.surfaces.cli.loading COMPANY SIZE`.

Everything goes through the rooms' own actions, the events as deliveries of files. Doing it again adds nothing.
"""

from __future__ import annotations

import sys
import time

from rich.console import Console

from sojourn.kit import lock
from sojourn.kit.errors import SojournError
from sojourn.kit.settings import Settings, load
from sojourn.surfaces.cli.companies import BANK, COMPANIES, Company, DemoState, read_state, write_state
from sojourn.surfaces.cli.preparation import prepare

DAY_US = 86_400_000_000
SECOND_US = 1_000_000
YEAR_DAYS = 365


def run(settings: Settings, company: Company, size: int, *, now: int, console: Console) -> DemoState:
    """Load the company up to ``now`` (microseconds) where that is a day or more ahead; raise SojournError."""
    with lock.hold(settings.data):
        prepare(settings)
        from sojourn.surfaces.cli import furnishing, planted_surveys, planting  # after Django is set up
        from sojourn.surfaces.cli.shipping import ship

        state = read_state(settings.data) or _begun(company, size, now)
        if not state.is_furnished:  # once: what a visitor changed afterwards stays changed
            furnishing.invent_sign_ins(company, state)
            write_state(settings.data, state)
            furnishing.furnish(company, state)
            state.is_furnished = True
            write_state(settings.data, state)
        since, until = _span(company, state, now)
        if since < until:
            state.loading_since, state.loading_until = since, until
            write_state(settings.data, state)
            ship(settings, company, state, console)
            state.loaded_until = until
            write_state(settings.data, state)
        if company is BANK and not state.has_consents:
            furnishing.plant_consents(state)
            furnishing.plant_requests()
            planting.plant_customers()
            state.has_consents = True
            write_state(settings.data, state)
        if company is BANK and not state.has_accounts:
            furnishing.plant_accounts(state)
            state.has_accounts = True
            write_state(settings.data, state)
        if company is BANK and not state.has_surveys:
            planted_surveys.plant_surveys()
            state.has_surveys = True
            write_state(settings.data, state)
    return state


def _begun(company: Company, size: int, now: int) -> DemoState:
    return DemoState(company=company.slug, size=size, anchor=now // DAY_US * DAY_US)


def _span(company: Company, state: DemoState, now: int) -> tuple[int, int]:
    """Say which time is to be loaded: the first year, what was begun and not finished, or what is missing."""
    if state.loading_until > state.loaded_until:
        return state.loading_since, state.loading_until
    now = now // SECOND_US * SECOND_US
    if not state.loaded_until:
        return state.anchor - YEAR_DAYS * DAY_US, now
    if company is BANK and now - state.reaches > DAY_US:
        return state.reaches, now
    return now, now


def main(arguments: list[str]) -> int:
    """Load and give an exit code; a refusal is one line."""
    company, size = arguments
    try:
        run(load(), COMPANIES[company], int(size), now=time.time_ns() // 1_000, console=Console(stderr=True))
    except SojournError as refusal:
        Console(stderr=True).print(f"Error: {refusal.message}", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
