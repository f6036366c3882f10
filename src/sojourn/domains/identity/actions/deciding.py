"""Deciding who is whom: merge, take apart, and undo either; nothing is overwritten, so each is an exact inverse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.collection.actions import writing
from sojourn.domains.identity import statements
from sojourn.domains.identity.actions.linking import refresh
from sojourn.domains.identity.contracts import EdgeKind
from sojourn.domains.identity.graph import Seen
from sojourn.domains.identity.models import Decision, Edge, Retraction
from sojourn.domains.identity.neighbours import touched_by
from sojourn.domains.identity.queries import customers_of, is_known
from sojourn.domains.identity.rulebook import rules_in_force
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError
from sojourn.kit.period import micros

MERGE: Final = "merge"
SEPARATE: Final = "separate"
UNDO: Final = "undo"
MERGED_MAX: Final = 50
WHY_CHARACTERS: Final = 300


def merge(*, customers: Sequence[int], by: str, why: str, evidence: Any = None, now: datetime | None = None) -> int:
    """Make customers one and give the decision's number; `unmerge` undoes it exactly.

    No event, trait or consent is touched: persons are joined by edges. `by` is the viewer's name, `evidence` what may
    stand in the log: no personal values. Raise InvalidError, NotFoundError for a number that nobody bears,
    ConflictError when they are one already.
    """
    wanted = list(dict.fromkeys(customers))
    if not 2 <= len(wanted) <= MERGED_MAX:
        raise InvalidError(f"customers: give from 2 to {MERGED_MAX} different customers.")
    with writing(), transaction.atomic(using=router.db_for_write(Edge)):
        for each in wanted:
            if not is_known(persons=(each,)):
                raise NotFoundError("There is no such customer.")
        if len(set(customers_of(wanted).values())) == 1:
            raise ConflictError("They are one customer already.")
        decision = _decided(MERGE, wanted, by=by, why=why, evidence=evidence, at=now)
        at_us = micros(decision.decided_at)
        rows = [(wanted[0], each, int(EdgeKind.DECISION), None, at_us, decision.pk, True) for each in wanted[1:]]
        statements.write(statements.ADD_EDGES, rows)
        refresh(wanted)
    return decision.pk


def unmerge(
    *,
    by: str,
    why: str = "",
    decision: int | None = None,
    edges: Sequence[int] = (),
    person: int | None = None,
    now: datetime | None = None,
) -> int:
    """Take apart what is one customer and give the number of the new decision; it can be undone by `decision`.

    `decision` undoes a decision, a merge or one that took apart; `edges` takes single edges out of the graph, seen
    again or not; `person` takes out every edge of a person and undoes the merges that named it. Everything is then as
    if it had never been joined, and what came since is where it belongs. Raise InvalidError unless exactly
    one is given, NotFoundError, ConflictError for a decision that is undone already.
    """
    if sum((decision is not None, bool(edges), person is not None)) != 1:
        raise InvalidError("Give one of decision, edges and person.")
    with writing(), transaction.atomic(using=router.db_for_write(Edge)):
        if decision is not None:
            return _undo(decision, by=by, why=why, at=now)
        if person is not None:
            return _take_out(person, by=by, why=why, at=now)
        return _separate(sorted(set(edges)), by=by, why=why, at=now)


def _undo(number: int, *, by: str, why: str, at: datetime | None) -> int:
    target = Decision.objects.filter(pk=number).first()
    if target is None:
        raise NotFoundError("There is no such decision.")
    if not target.is_in_force:
        raise ConflictError("This decision is undone already.")
    made = _decided(UNDO, target.customers, by=by, why=why, at=at, undoes=number)
    _switch(target, on=False)
    return made.pk


def _switch(decision: Decision, *, on: bool) -> None:
    """Bring a decision into force or out of it, and with it what it undoes, and move whom that concerns."""
    Decision.objects.filter(pk=decision.pk).update(is_in_force=on)
    if decision.verb == UNDO:
        _switch(Decision.objects.get(pk=decision.undoes or 0), on=not on)
        return
    own = Edge.objects.filter(decision=decision.pk)
    taken = Edge.objects.filter(
        pk__in=list(Retraction.objects.filter(decision=decision.pk).values_list("edge", flat=True))
    )
    _change(
        (own if decision.verb == MERGE else taken).values_list("pk", flat=True),
        is_standing=on is (decision.verb == MERGE),
    )


def _separate(numbers: Sequence[int], *, by: str, why: str, at: datetime | None) -> int:
    edges = list(Edge.objects.filter(pk__in=numbers))
    if len(edges) != len(numbers):
        raise NotFoundError("There is no such edge.")
    if any(each.decision for each in edges):
        raise InvalidError("edges: somebody decided this one; undo the decision.")
    if any(not each.is_standing for each in edges):
        raise ConflictError("This edge is taken out already.")
    persons = [each.person for each in edges] + [each.other for each in edges if each.kind < EdgeKind.HOLDS]
    customers = sorted(set(customers_of(persons).values()))
    made = _decided(SEPARATE, customers, by=by, why=why, at=at)
    Retraction.objects.bulk_create(Retraction(edge=each.pk, decision=made.pk) for each in edges)
    _change(numbers, is_standing=False)
    return made.pk


def _take_out(person: int, *, by: str, why: str, at: datetime | None) -> int:
    standing = Edge.objects.filter(is_standing=True)
    mine = [*standing.filter(person=person), *standing.filter(other=person)]
    if not mine:
        raise NotFoundError("Nothing joins this person to anybody.")
    done = [_undo(number, by=by, why=why, at=at) for number in sorted({each.decision for each in mine} - {0})]
    seen = sorted({each.pk for each in mine if not each.decision})
    return _separate(seen, by=by, why=why, at=at) if seen else done[-1]


def _change(numbers: Iterable[int], *, is_standing: bool) -> None:
    """Let edges stand or not, and move whom it concerns; an edge that another decision keeps out stays out."""
    some = list(numbers)
    if is_standing:
        kept_out = Retraction.objects.filter(
            edge__in=some, decision__in=Decision.objects.filter(verb=SEPARATE, is_in_force=True).values("pk")
        )
        some = sorted(set(some) - set(kept_out.values_list("edge", flat=True)))
    edges = [Seen(e.pk, e.person, e.other, e.kind, e.at_us) for e in Edge.objects.filter(pk__in=some)]
    rules = rules_in_force()
    before = touched_by(edges, rules)
    Edge.objects.filter(pk__in=some).update(is_standing=is_standing)
    refresh(before | touched_by(edges, rules), rules=rules)


def _decided(
    verb: str,
    customers: Sequence[int],
    *,
    by: str,
    why: str,
    at: datetime | None,
    evidence: Any = None,
    undoes: int | None = None,
) -> Decision:
    if len(why) > WHY_CHARACTERS:
        raise InvalidError(f"why: at most {WHY_CHARACTERS} characters.")
    made = Decision.objects.create(
        verb=verb,
        customers=list(customers),
        undoes=undoes,
        by=by[:64],
        why=why.strip(),
        evidence=evidence,
        decided_at=at or timezone.now(),
    )
    access.audit_by(
        who=by,
        what=f"identity.{verb}",
        on=f"decision:{made.pk}",
        customers=" ".join(map(str, customers)),
        undoes=str(undoes or ""),
    )
    return made
