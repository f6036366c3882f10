"""What identity holds about persons, opened for them to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from django.conf import settings

from sojourn.domains.collection.contracts import Held
from sojourn.domains.identity.models import Identifier, Text, Trait
from sojourn.domains.identity.reasons import decisions
from sojourn.kit import sealing
from sojourn.kit.period import instant

AT_ONCE = 500


def about(persons: Sequence[int]) -> Iterable[Held]:
    """Tell identifiers, traits and free texts of persons, decrypted."""
    return (
        Held(
            heading="Identifiers",
            explanation="The numbers and names under which systems that send us events know you.",
            records=_identifiers(persons),
        ),
        Held(
            heading="Attributes",
            explanation="What is known about you, each with the time at which we were told.",
            records=_traits(persons),
        ),
        Held(
            heading="Texts and personal values",
            explanation="What you wrote and personal values of single events; an event in the list of events names "
            "its text by `text`.",
            records=_texts(persons),
        ),
        Held(
            heading="Decisions about who you are",
            explanation="When somebody here decided that what we know belongs to one person, or does not.",
            records=_decisions(persons),
        ),
    )


def _identifiers(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    sealer = sealing.sealer(settings.SOJOURN)
    for some in _some(persons):
        for row in Identifier.objects.filter(token__in=some).order_by("kind", "token"):
            yield {"kind": row.kind, "value": sealer.open(bytes(row.sealed), use="identifier").decode()}


def _traits(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    sealer = sealing.sealer(settings.SOJOURN)
    for some in _some(persons):
        for row in Trait.objects.filter(person__in=some).order_by("name", "person"):
            value = msgspec.json.decode(sealer.open(bytes(row.sealed), use="trait"))
            yield {"name": row.name, "value": value, "known_since": instant(row.occurred_us).isoformat()}


def _texts(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    sealer = sealing.sealer(settings.SOJOURN)
    for some in _some(persons):
        for row in Text.objects.filter(person__in=some).order_by("pk"):
            value = msgspec.json.decode(sealer.open(bytes(row.sealed), use="text"))
            yield {"text": str(row.pk), "name": row.name, "value": value}


def _decisions(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for each in reversed(decisions(customers=list(persons), most=10_000)):
        yield {"decided_at": each.decided_at.isoformat(), "decision": each.verb, "reason": each.why}


def _some(persons: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(persons), AT_ONCE):
        yield persons[at : at + AT_ONCE]
