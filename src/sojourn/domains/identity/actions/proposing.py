"""Proposing that two customers are one human; somebody else decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import router, transaction
from django.db.models import Q
from django.utils import timezone

from sojourn.domains.identity.contracts import ProposalSource, ProposalState, Suggestion
from sojourn.domains.identity.models import Proposed
from sojourn.domains.identity.queries import customers_of
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError

AT_ONCE: Final = 400
MARK: Final = "proposal"
CHANGED: Final = ("source", "state", "probability", "evidence", "mark", "proposed_at", "decided_at", "decided_by")


def propose(*, pairs: Sequence[Suggestion], source: ProposalSource, now: datetime | None = None) -> int:
    """Put pairs of customers into the review queue and give how many are new there, or there again.

    A pair that is one customer already is passed over, and so is one that somebody has decided about while the
    evidence (its `mark`) is the same. Nothing is merged. May stand in a transaction of the caller's.
    Raise InvalidError for a pair of one and the same number.
    """
    at = now or timezone.now()
    known = customers_of([each for pair in pairs for each in pair.customers])
    fresh: dict[tuple[int, int], Suggestion] = {}
    for pair in pairs:
        one, other = pair.customers
        if one == other:
            raise InvalidError("A proposal needs two customers.")
        if known[one] != known[other]:
            fresh.setdefault((min(one, other), max(one, other)), pair)
    with transaction.atomic(using=router.db_for_write(Proposed)):
        return sum(_stored(dict(some), source, at) for some in _chunks(sorted(fresh.items(), key=lambda item: item[0])))


def forget_proposals(*, persons: Sequence[int]) -> None:
    """Delete what was proposed about persons, inside the caller's transaction."""
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        Proposed.objects.filter(Q(first__in=some) | Q(second__in=some)).delete()


def _stored(pairs: dict[tuple[int, int], Suggestion], source: ProposalSource, at: datetime) -> int:
    before = _held(pairs)
    sealer = sealing.sealer(settings.SOJOURN)
    marks = [sealer.fixed(MARK, each.mark) for each in pairs.values()]  # what they were made of is not kept
    added, opened, renewed = [], [], []
    for (key, pair), mark in zip(pairs.items(), marks, strict=True):
        row = before.get(key)
        if row is None:
            added.append(_said(Proposed(first=key[0], second=key[1]), pair, mark, source, at))
        elif row.state != ProposalState.OPEN:
            if mark.hex() not in row.decided:
                opened.append(_said(row, pair, mark, source, at))
        elif source is not ProposalSource.RULE or row.source == source:  # a rule says less than the model
            renewed.append(_said(row, pair, mark, source, row.proposed_at))
    Proposed.objects.bulk_create(added)
    Proposed.objects.bulk_update([*opened, *renewed], CHANGED)
    return len(added) + len(opened)


def _said(row: Proposed, pair: Suggestion, mark: bytes, source: ProposalSource, at: datetime) -> Proposed:
    row.source, row.state, row.mark, row.proposed_at = source.value, ProposalState.OPEN.value, mark, at
    row.probability = pair.probability
    row.evidence = [[each.field, each.level, each.weight] for each in pair.evidence]
    row.decided_at, row.decided_by = None, ""
    return row


def _held(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Proposed]:
    wanted = set(pairs)
    rows = Proposed.objects.filter(first__in={first for first, _ in wanted})
    return {(row.first, row.second): row for row in rows if (row.first, row.second) in wanted}


def _chunks(
    items: Sequence[tuple[tuple[int, int], Suggestion]],
) -> Iterable[Sequence[tuple[tuple[int, int], Suggestion]]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))
