"""Privacy's answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Held
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.about import about
from sojourn.kit.sealed import seals


@hooks.erase_persons.answer
def forget_consents(persons: tuple[int, ...]) -> None:
    """Forget what erased persons said about purposes."""
    actions.forget_consents(persons=persons)


@hooks.about_persons.answer
def tell_consents(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what persons said about purposes."""
    return about(persons)


seals("privacy.ConsentWord", "evidence", use="consent")
hooks.holds("privacy.ConsentWord", erased_by=forget_consents, told_by=tell_consents)
hooks.holds(
    "privacy.ConsentState",
    erased_by=forget_consents,
    told_by="It is what the words on purposes come to, and those are told one by one.",
)
hooks.holds(
    "privacy.PreferenceLinkRow",
    erased_by=forget_consents,
    told_by="It is the digest of a link that was sent to the customer, and nothing else but when it runs out.",
)


@hooks.unstated_purposes.answer
def purposes_of_files() -> int:
    """Say for which purposes rows of a file may be used, which name none."""
    return queries.purposes_at_collection(None)
