"""Privacy's answers to the hooks of rooms below."""

from __future__ import annotations

from sojourn.domains.collection import hooks
from sojourn.domains.privacy import actions, queries


@hooks.erase_persons.answer
def forget_consents(persons: tuple[int, ...]) -> None:
    """Forget what erased persons said about purposes."""
    actions.forget_consents(persons=persons)


@hooks.unstated_purposes.answer
def purposes_of_files() -> int:
    """Say for which purposes rows of a file may be used, which name none."""
    return queries.purposes_at_collection(None)
