"""Deciding about proposals: accept, reject, undo either, and many at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection.actions import writing
from sojourn.domains.identity import reviewing
from sojourn.domains.identity.actions.deciding import merge, unmerge
from sojourn.domains.identity.contracts import Proposal, ProposalSource, ProposalState
from sojourn.domains.identity.models import Proposed
from sojourn.domains.identity.queries import customers_of
from sojourn.kit.errors import ConflictError

AT_ONCE_MOST: Final = 1_000


class Verdict(StrEnum):
    """What somebody says of many proposals at once."""

    ACCEPT = "accept"
    REJECT = "reject"


class DecidedError(ConflictError):
    """Somebody has decided about this proposal already, or there is nothing to undo."""

    code = "proposal_decided"


class OtherCountError(ConflictError):
    """There are more or fewer proposals than the viewer was told."""

    code = "other_count"


def accept(*, proposal: int, viewer: Viewer, now: datetime | None = None) -> Proposal:
    """Make the two customers one; raise NotFoundError, DecidedError, ForbiddenError."""

    def follow(row: Proposed) -> None:
        if len(set(customers_of([row.first, row.second]).values())) == 1:
            row.state = ProposalState.GONE.value
            return
        row.state, row.decision = ProposalState.ACCEPTED.value, merged(row, by=viewer.name)

    return _decided(proposal, viewer, follow, "accept", now)


def merged(row: Proposed, *, by: str) -> int:
    """Merge a proposal's customers and give the decision's number, inside the caller's transaction."""
    evidence = {"proposal": row.pk, "source": row.source, "probability": row.probability, "fields": row.evidence}
    return merge(customers=(row.first, row.second), by=by, why=f"Proposal {row.pk} was accepted.", evidence=evidence)


def reject(*, proposal: int, viewer: Viewer, now: datetime | None = None) -> Proposal:
    """Keep the two customers apart; the pair does not come back with the same evidence. Raise as `accept` does."""

    def follow(row: Proposed) -> None:
        row.state = ProposalState.REJECTED.value

    return _decided(proposal, viewer, follow, "reject", now)


def reopen(*, proposal: int, viewer: Viewer) -> Proposal:
    """Undo a decision: take the customers apart again, or let the pair be proposed again; raise as `accept` does."""
    viewer.require(Right.IDENTITY_REVIEW)
    with writing(), transaction.atomic(using=router.db_for_write(Proposed)):
        row = reviewing.row_of(proposal, viewer)
        if row.state not in (ProposalState.ACCEPTED, ProposalState.REJECTED):
            raise DecidedError("There is no decision to undo.")
        if row.decision is not None:
            with contextlib.suppress(ConflictError):  # somebody has taken them apart already
                unmerge(decision=row.decision, by=viewer.name, why=f"Proposal {row.pk} was opened again.")
        row.state, row.decision, row.decided_at, row.decided_by = ProposalState.OPEN.value, None, None, ""
        row.decided = [each for each in row.decided if each != bytes(row.mark).hex()]
        row.save()
        access.audit(viewer=viewer, what="identity.reopen", on=f"proposal:{row.pk}")
    return reviewing.told([row])[0]


def decide_many(
    *,
    verdict: Verdict,
    probability_from: float,
    expected: int,
    source: ProposalSource | None = None,
    viewer: Viewer,
    now: datetime | None = None,
) -> int:
    """Accept or reject all open proposals from a probability on, and give how many those were.

    `expected` is how many the viewer was told; where it is another number by now, OtherCountError is raised and nothing
    done. Two customers who both have a customer number are never accepted in bulk: a wrong merge shows one
    person another's account. At most `AT_ONCE_MOST`.
    """
    viewer.require(Right.IDENTITY_REVIEW)
    numbers = meant(verdict=verdict, probability_from=probability_from, source=source, viewer=viewer)
    if len(numbers) != expected:
        raise OtherCountError(f"There are {len(numbers)} now, not {expected}. Nothing was done; look again.")
    decide = accept if verdict is Verdict.ACCEPT else reject
    for number in numbers:
        decide(proposal=number, viewer=viewer, now=now)
    return len(numbers)


def meant(
    *, verdict: Verdict, probability_from: float, source: ProposalSource | None = None, viewer: Viewer
) -> list[int]:
    """List the proposals that `decide_many` would decide about, the most probable first."""
    rows = reviewing.visible(state=ProposalState.OPEN, source=source, probability_from=probability_from, viewer=viewer)
    told = reviewing.told(rows)
    some = [each.id for each in told if verdict is Verdict.REJECT or not all(each.are_numbered)]
    return some[:AT_ONCE_MOST]


def _decided(
    number: int, viewer: Viewer, follow: Callable[[Proposed], None], verb: str, now: datetime | None
) -> Proposal:
    viewer.require(Right.IDENTITY_REVIEW)
    with writing(), transaction.atomic(using=router.db_for_write(Proposed)):
        row = reviewing.row_of(number, viewer)
        if row.state != ProposalState.OPEN:
            raise DecidedError("Somebody has decided about this proposal already.")
        follow(row)
        row.decided_at, row.decided_by = now or timezone.now(), viewer.name
        row.decided = sorted({*row.decided, bytes(row.mark).hex()})
        row.save()
        access.audit(viewer=viewer, what=f"identity.{verb}", on=f"proposal:{number}")
    return reviewing.told([row])[0]
