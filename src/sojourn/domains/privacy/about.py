"""What privacy holds about persons, for them to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings

from sojourn.domains.collection.contracts import Held
from sojourn.domains.privacy.models import ConsentWord, Restriction
from sojourn.domains.privacy.standing.noting import SEALED_FOR
from sojourn.kit import sealing
from sojourn.kit.period import instant

AT_ONCE = 500


def about(persons: Sequence[int]) -> Iterable[Held]:
    """Tell what persons said about purposes, oldest first."""
    yield Held(
        heading="Consents and objections",
        explanation="What you allowed or refused us to use your data for. The latest word on a purpose counts.",
        records=_words(persons),
    )
    yield Held(
        heading="Restrictions",
        explanation="Since when your data are read for legal duties only, because you asked for it or because the law "
        "has us keep them.",
        records=_restrictions(persons),
    )


def _restrictions(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for at in range(0, len(persons), AT_ONCE):
        for row in Restriction.objects.filter(person__in=persons[at : at + AT_ONCE]).order_by("since"):
            yield {
                "since": row.since.isoformat(),
                "because": row.reason,
                "until": None if row.until is None else row.until.isoformat(),
            }


def _words(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    sealer = sealing.sealer(settings.SOJOURN)
    for at in range(0, len(persons), AT_ONCE):
        for row in ConsentWord.objects.filter(person__in=persons[at : at + AT_ONCE]).order_by("said_us", "pk"):
            yield {
                "purpose": row.purpose,
                "allowed": row.allowed,
                "at": instant(row.said_us).isoformat(),
                "how": row.how,
                "source": row.source,
                "notice": row.notice,
                "language": row.language,
                "expires_at": None if row.expires_us is None else instant(row.expires_us).isoformat(),
                "evidence": None if row.evidence is None else sealer.open(bytes(row.evidence), use=SEALED_FOR).decode(),
            }
