"""Privacy's answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Held, Keep, TailBatch
from sojourn.domains.identity import hooks as identity
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.sealed import seals


@hooks.erase_persons.answer
def forget_consents(persons: tuple[int, ...]) -> None:
    """Forget what erased persons said about purposes."""
    actions.forget_consents(persons=persons)


@hooks.erase_persons.answer
def forget_restrictions(persons: tuple[int, ...]) -> None:
    """Forget that erased persons were read for a legal duty only."""
    actions.forget_restrictions(persons=persons)


def keep_restrictions(persons: tuple[int, ...], keep: Keep) -> None:
    """Leave persons locked of whom a legal duty keeps something."""


hooks.ERASED_IN_PART[forget_restrictions] = keep_restrictions
hooks.COMMANDS[actions.ERASE] = actions.remove_erased
hooks.COMMANDS[actions.RETAIN] = actions.run_retention


@hooks.about_persons.answer
def tell_consents(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what persons said about purposes."""
    return queries.about(persons)


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
seals("privacy.ErasureRow", "marks", use="erasure")
hooks.holds(
    "privacy.ErasureRow",
    erased_by="It says sealed whose erasure is on its way, and nothing of anybody once that is proven.",
    told_by="It is of customers who are being erased; a request for erasure is told as a request.",
)
hooks.holds("privacy.Restriction", erased_by=forget_restrictions, told_by=tell_consents)
seals("privacy.RequestRow", "contact", use="request")


@hooks.erase_persons.answer
def drop_extracts(persons: tuple[int, ...]) -> None:
    """Delete the files of extracts, in which erased persons may stand; they are made anew without them."""
    actions.drop_extracts()


hooks.holds(
    "privacy.ExtractRow",
    erased_by=drop_extracts,
    told_by="It counts the customers of an extract; the file names them by number, and is made of events told here.",
)


@hooks.erase_persons.answer
def forget_webhook_messages(persons: tuple[int, ...]) -> None:
    """Forget that webhooks were, or were to be, told of events of erased persons."""
    actions.forget_webhook_messages(persons)


seals("privacy.WebhookRow", "secret", use="webhook")
seals("privacy.WebhookRow", "old_secret", use="webhook")
hooks.holds(
    "privacy.WebhookRow",
    erased_by="It says where a webhook leads and holds its secret, and nothing of any customer.",
    told_by="It says where a webhook leads and holds its secret, and nothing of any customer.",
)
hooks.holds(
    "privacy.WebhookMessage",
    erased_by=forget_webhook_messages,
    told_by="It says that a receiver was told of an event, not what it says; the events themselves are told here.",
)


@hooks.tail.answer
def follow_webhooks(batch: TailBatch) -> Callable[[], None]:
    """Note new events for the webhooks that ask for them, in the consumer's transaction."""
    return actions.follow_webhooks(batch)


@hooks.erase_persons.answer
def forget_requests(persons: tuple[int, ...]) -> None:
    """Forget the packages of erased persons, and whose their requests and holds were."""
    actions.forget_requests(persons=persons)


hooks.ERASED_IN_PART[forget_requests] = actions.forget_packages


@hooks.about_persons.answer
def tell_requests(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell what persons have asked for."""
    return queries.about_requests(persons)


hooks.holds("privacy.RequestRow", erased_by=forget_requests, told_by=tell_requests)
hooks.holds(
    "privacy.PackageRow",
    erased_by=forget_requests,
    told_by="It is a package such as this one, whose link the customer has.",
)
hooks.holds("privacy.HoldRow", erased_by=forget_requests, told_by=tell_requests)


@hooks.tail.answer
def follow_consents(batch: TailBatch) -> Callable[[], None]:
    """Note what new events say about purposes, in the consumer's transaction."""
    return actions.follow_consents(batch)


@hooks.since_backup.answer
def erasures_since() -> bytes:
    """Write down erasures, to be kept beside the backups."""
    return actions.erasures_since_backup()


@hooks.replay.answer
def erase_again(raw: bytes) -> int:
    """Do erasures again that were made after the backup that was restored."""
    return actions.erase_again(raw)


@hooks.unstated_purposes.answer
def purposes_of_files() -> int:
    """Say for which purposes rows of a file may be used, which name none."""
    return queries.purposes_at_collection(None)


@identity.reach.answer
def whom_to_serve(customers: Int64s, viewer: Viewer) -> Flags:
    """Mask the customers whom a viewer may see to serve them, as identity's review asks."""
    return queries.reachable(customers, purpose=Purpose.SERVICE, viewer=viewer)
