"""Journeys' answers to the hooks of rooms below."""

from __future__ import annotations

from sojourn.domains.customers import hooks
from sojourn.domains.customers.contracts import Panel, PanelAsked
from sojourn.domains.journeys import queries


@hooks.panels.answer
def journeys_of(asked: PanelAsked) -> Panel:
    """Say in which named journeys a customer is, and how far."""
    return queries.panel(asked)
