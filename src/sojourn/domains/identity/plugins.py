"""Identity's answers to the hooks of rooms below."""

from __future__ import annotations

from sojourn.domains.collection import hooks
from sojourn.domains.identity import actions


@hooks.erase_persons.answer
def forget_persons(persons: tuple[int, ...]) -> None:
    """Forget who the persons were, in the transaction that takes out their rows."""
    actions.forget(persons)


@hooks.registry.answer
def file_registry() -> actions.Resolver:
    """Say whose the rows of a delivered file are."""
    return actions.resolver()
