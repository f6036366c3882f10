"""Why persons are one customer: the edges between them, each with what made it and whether it joins."""

from __future__ import annotations

from typing import Final

from django.db.models import Q

from sojourn.domains.identity.contracts import (
    Decided,
    EdgeKind,
    GraphEdge,
    Refusal,
    Why,
)
from sojourn.domains.identity.models import Decision, Edge, Identifier, Link, Retraction
from sojourn.domains.identity.neighbours import around
from sojourn.domains.identity.rulebook import rules_in_force
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import instant

EDGES_MAX: Final = 500
PERSONS_MAX: Final = 500


def why(*, customer: int) -> Why:
    """Say why the persons of a customer are one: each edge that touches them, joining or not, oldest first.

    `customer` may be the number of any of its persons. Raise NotFoundError for a number that nobody bears.
    """
    current = Link.objects.filter(person=customer).values_list("customer", flat=True).first() or customer
    members = sorted({current, *Link.objects.filter(customer=current).values_list("person", flat=True)[:PERSONS_MAX]})
    rows = list(Edge.objects.filter(Q(person__in=members) | Q(other__in=members)).order_by("pk")[: EDGES_MAX + 1])
    tokens = {*members, *(each.person for each in rows), *(each.other for each in rows)}
    kinds = dict(Identifier.objects.filter(token__in=tokens).values_list("token", "kind"))
    if not rows and not kinds.get(current):
        raise NotFoundError("There is no such customer.")
    result = around(members, rules_in_force()).assigned(rules_in_force())
    edges = tuple(_edge(each, kinds, result.refused) for each in rows[:EDGES_MAX])
    return Why(
        customer=current,
        persons=tuple((each, kinds.get(each, "")) for each in members),
        edges=edges,
        decisions=decisions(customers=members),
        shared=tuple(sorted(result.shared & {each.other for each in edges})),
        is_cut=len(rows) > EDGES_MAX or len(members) > PERSONS_MAX,
    )


def decisions(*, customers: list[int] | None = None, most: int = 200) -> tuple[Decided, ...]:
    """List decisions, newest first: all of them, or those whose edges or customers are among some persons."""
    rows = Decision.objects.order_by("-pk")
    if customers is not None:
        mine = Edge.objects.filter(Q(person__in=customers) | Q(other__in=customers))
        numbers = set(mine.exclude(decision=0).values_list("decision", flat=True))
        numbers |= set(_taken_by(list(mine.filter(is_standing=False).values_list("pk", flat=True))))
        numbers |= set(Decision.objects.filter(undoes__in=numbers).values_list("pk", flat=True))
        rows = rows.filter(pk__in=numbers)
    return tuple(_decided(each) for each in rows[:most])


def decision(*, number: int) -> Decided:
    """Give a decision; raise NotFoundError."""
    row = Decision.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError("There is no such decision.")
    return _decided(row)


def _taken_by(edges: list[int]) -> list[int]:
    return list(Retraction.objects.filter(edge__in=edges).values_list("decision", flat=True))


def _edge(row: Edge, kinds: dict[int, str], refused: dict[int, Refusal]) -> GraphEdge:
    return GraphEdge(
        id=row.pk,
        person=row.person,
        person_kind=kinds.get(row.person, ""),
        other=row.other,
        other_kind=kinds.get(row.other, ""),
        kind=EdgeKind(row.kind),
        at=instant(row.at_us),
        event_id=row.event_id or 0,
        decision=row.decision,
        refusal=refused.get(row.pk) if row.is_standing else Refusal.RETRACTED,
    )


def _decided(row: Decision) -> Decided:
    return Decided(
        id=row.pk,
        verb=row.verb,
        customers=tuple(row.customers),
        undoes=row.undoes or 0,
        by=row.by,
        why=row.why,
        evidence=row.evidence,
        decided_at=row.decided_at,
        is_in_force=row.is_in_force,
    )
