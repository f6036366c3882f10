"""Customers' answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Held
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers import hooks as invitations
from sojourn.domains.customers.contracts import Panel, PanelAsked
from sojourn.kit.sealed import seals

seals("customers.NoteRow", "sealed", use="note")


@hooks.erase_persons.answer
def forget_notes(persons: tuple[int, ...]) -> None:
    """Delete what was noted about erased persons."""
    actions.forget_notes(persons=persons)


@hooks.about_persons.answer
def tell_notes(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what is noted about persons."""
    return queries.told(persons)


hooks.holds("customers.NoteRow", erased_by=forget_notes, told_by=tell_notes)


@invitations.panels.answer
def tell_who_is_whom(asked: PanelAsked) -> Panel | None:
    """Tell on the customer's page how many identifiers are one person here."""
    return queries.who_is_whom(asked)


@invitations.panels.answer
def consents_panel(asked: PanelAsked) -> Panel | None:
    """Tell what a customer allows and refuses."""
    return queries.consents_panel(asked)
