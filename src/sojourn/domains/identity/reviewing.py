"""The review queue as a viewer sees it: pairs of whom both may be seen, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from django.db.models import F

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import hooks, records, statements
from sojourn.domains.identity.contracts import (
    ComparedField,
    Evidence,
    MatchFigures,
    MatchingRun,
    MatchingTerms,
    MatchState,
    Proposal,
    ProposalPage,
    ProposalSource,
    ProposalState,
    SideBySide,
)
from sojourn.domains.identity.models import MatchRun, MatchTerms, Proposed
from sojourn.domains.identity.opened import families, traits_of
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.errors import NotFoundError

QUEUE_MOST: Final = 50_000  # pairs that are looked through at once
START: Final = "start"  # the field of the evidence that holds the weight before any field is looked at
RUNS_SHOWN: Final = 10
STILL_TWO: Final = (ProposalState.OPEN, ProposalState.REJECTED)


def proposals(
    *,
    state: ProposalState | None = ProposalState.OPEN,
    source: ProposalSource | None = None,
    probability_from: float | None = None,
    after: int = 0,
    limit: int = 20,
    viewer: Viewer,
) -> ProposalPage:
    """List proposals, the most probable first, those without probability last; `after` is `next` of the page before.

    Raise ForbiddenError without the right to review.
    """
    seen = visible(state=state, source=source, probability_from=probability_from, viewer=viewer)
    rows = seen[after : after + limit]
    more = after + limit < len(seen)
    return ProposalPage(rows=told(rows), total=len(seen), next=after + limit if more else None)


def waiting(*, viewer: Viewer, most: int = 1_000) -> int:
    """Count the proposals that wait for this viewer's decision, among the `most` most probable.

    Raise ForbiddenError without the right to review.
    """
    return len(visible(state=ProposalState.OPEN, source=None, probability_from=None, viewer=viewer, most=most))


def visible(
    *,
    state: ProposalState | None,
    source: ProposalSource | None,
    probability_from: float | None,
    viewer: Viewer,
    most: int = QUEUE_MOST,
) -> list[Proposed]:
    """Give the rows of proposals of whom the viewer may see both customers, in order, among the first `most`."""
    viewer.require(Right.IDENTITY_REVIEW, looking=True)
    rows = Proposed.objects.order_by(F("probability").desc(nulls_last=True), "pk")
    if state is not None:
        rows = rows.filter(state=state.value)
    if source is not None:
        rows = rows.filter(source=source.value)
    if probability_from is not None:
        rows = rows.filter(probability__gte=probability_from)
    found = list(rows[:most])
    pairs = np.array([(row.first, row.second) for row in found], np.int64).reshape(-1, 2)
    both = reachable(pairs[:, 0], viewer) & reachable(pairs[:, 1], viewer)
    return [row for row, shown in zip(found, both.tolist(), strict=True) if shown]


def reachable(customers: Int64s, viewer: Viewer) -> Flags:
    """Mask the customers whom a viewer may see to review them; nobody where no room answers."""
    within = viewer.within(Right.IDENTITY_REVIEW)
    masks = [answer(customers, within) for answer in hooks.reach]
    found: Flags = np.logical_and.reduce(masks) if masks else np.zeros(len(customers), np.bool_)
    return found


def row_of(number: int, viewer: Viewer) -> Proposed:
    """Give a proposal's row; raise NotFoundError when it is not there or not for this viewer."""
    viewer.require(Right.IDENTITY_REVIEW, looking=True)
    row = Proposed.objects.filter(pk=number).first()
    if row is None or not reachable(np.array([row.first, row.second], np.int64), viewer).all():
        raise NotFoundError("There is no such proposal.")
    return row


def proposal(*, number: int, viewer: Viewer) -> SideBySide:
    """Give a proposal with its two customers side by side; raise NotFoundError, ForbiddenError."""
    return side_by_side((row_of(number, viewer),), viewer=viewer)[0]


def listed(*, page: ProposalPage, viewer: Viewer) -> tuple[SideBySide, ...]:
    """Give the proposals of a page side by side."""
    rows = Proposed.objects.in_bulk([each.id for each in page.rows])
    return side_by_side([rows[each.id] for each in page.rows if each.id in rows], viewer=viewer)


def side_by_side(rows: Sequence[Proposed], *, viewer: Viewer) -> tuple[SideBySide, ...]:
    """Open what is known of the customers of proposals that are two still, for a viewer who may read customers."""
    sides: dict[int, dict[str, str]] = {}
    if viewer.can(Right.CUSTOMERS_READ):
        sides = records_of([each for row in rows if row.state in STILL_TWO for each in (row.first, row.second)])
    return tuple(
        SideBySide(
            proposal=each,
            fields=_compared(each, sides.get(row.first, {}), sides.get(row.second, {})),
            start=next((said.weight for said in each.evidence if said.field == START), None),
        )
        for row, each in zip(rows, told(rows), strict=True)
    )


def records_of(persons: Sequence[int]) -> dict[int, dict[str, str]]:
    """Give what can be compared of the customers of some persons: of each trait the newest among all their persons."""
    customer_of = families(persons)
    newest: dict[int, dict[str, tuple[Any, Any]]] = {}
    for trait in traits_of(list(customer_of)):
        held = newest.setdefault(customer_of[trait.person], {})
        if trait.name not in held or trait.occurred_at >= held[trait.name][0]:
            held[trait.name] = trait.occurred_at, trait.value
    made = {
        customer: records.record({name: value for name, (_, value) in held.items()})
        for customer, held in newest.items()
    }
    return {person: made.get(customer_of.get(person, person), {}) for person in persons}


def told(rows: Sequence[Proposed]) -> tuple[Proposal, ...]:
    """Give proposals as the room's words."""
    persons = [each for row in rows for each in (row.first, row.second)]
    customer_of = {person: customer for person, customer in families(persons).items() if person in set(persons)}
    numbered = are_numbered(persons)
    return tuple(_told(row, customer_of, numbered) for row in rows)


def are_numbered(persons: Sequence[int]) -> frozenset[int]:
    """Give those persons whose customer has a customer number of the company's own."""
    customer_of = families(persons)
    sql = "SELECT token, kind FROM identity_identifier WHERE token IN {}"
    with_number = {customer_of[token] for token, kind in statements.read_in(sql, list(customer_of)) if kind == "user"}
    return frozenset(person for person in persons if customer_of.get(person, person) in with_number)


def matching_terms() -> MatchingTerms:
    """Say how matching runs by itself."""
    row = MatchTerms.objects.first()
    return MatchingTerms() if row is None else MatchingTerms(every_days=row.every_days, merge_above=row.merge_above)


def matching_runs(*, viewer: Viewer) -> tuple[MatchingRun, ...]:
    """List the last runs of matching, newest first; raise ForbiddenError without the right to review.

    Their figures are of the whole company: who reviews a part of it gets none.
    """
    viewer.require(Right.IDENTITY_REVIEW, looking=True)
    is_whole = viewer.units_for(Right.IDENTITY_REVIEW) is None
    runs = (run_told(row) for row in MatchRun.objects.order_by("-pk")[:RUNS_SHOWN])
    return tuple(run if is_whole else replace(run, figures=None) for run in runs)


def run_told(row: MatchRun) -> MatchingRun:
    """Give a run as the room's words."""
    return MatchingRun(
        id=row.pk,
        state=MatchState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        figures=MatchFigures(**row.figures) if row.figures else None,
        problem=row.problem,
    )


def _told(row: Proposed, customer_of: Mapping[int, int], numbered: frozenset[int]) -> Proposal:
    first, second = (customer_of.get(each, each) for each in (row.first, row.second))
    return Proposal(
        id=row.pk,
        customers=(first, second) if first != second else (row.first, row.second),
        source=ProposalSource(row.source),
        state=ProposalState(row.state),
        probability=row.probability,
        evidence=tuple(Evidence(field=name, level=level, weight=weight) for name, level, weight in row.evidence),
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        are_numbered=(row.first in numbered, row.second in numbered),
    )


def _compared(proposal: Proposal, one: Mapping[str, str], other: Mapping[str, str]) -> tuple[ComparedField, ...]:
    said = {each.field: each for each in proposal.evidence if each.field != START}
    fields = [name for name in records.FIELDS if name in said or name in one or name in other]
    fields += [name for name in said if name not in fields]
    return tuple(
        ComparedField(
            field=name,
            values=(one.get(name, ""), other.get(name, "")),
            level=said[name].level if name in said else "",
            weight=said[name].weight if name in said else None,
        )
        for name in fields
    )
