"""Whatever happens in whatever order: the map follows from the log, and what is undone leaves no trace in it.

Histories are made of sightings, aliases, mail addresses, changes of the rules, merges, edges taken out, and their
undoing. After each, three answers are equal: what was kept up to date step by step, what the obvious function of all
edges says, and what the kernels make of the whole log; and, once every decision is undone, what a second workspace
says in which no decision was ever made.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import router, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domains.identity.claiming import said
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.identity import actions, graph, queries, whole
from sojourn.domains.identity.models import Decision, Edge, Identifier, Link
from sojourn.domains.identity.neighbours import holders
from sojourn.domains.identity.rulebook import document, of_document, rules_in_force, write
from sojourn.domains.identity.ruleset import DEFAULT
from sojourn.engine.stream.claims import Alias
from sojourn.engine.stream.claims import Trait as ClaimedTrait
from sojourn.kit.errors import ConflictError, SojournError

pytestmark = pytest.mark.django_db(databases="__all__")

USERS, DEVICES = ["ana", "bob", "cem", "null"], ["d1", "d2", "d3", "d4"]
MAILS, PHONES = ["x@e.de", "y@e.de", "z@e.de"], ["+491511111111", "+491522222222"]
RULES: list[dict[str, Any]] = [
    {},
    {"devices": {"count": 1, "span": "weekly"}},
    {"holders_max": 2},
    {"verified_by": ["*"]},
    {"blocked": ["d1", "x@e.de", "ana"]},
    {"kinds": [{"name": "phone", "traits": ["phone"], "form": "phone"}]},
]
user, device = st.sampled_from([None, *USERS]), st.sampled_from([None, *DEVICES])
who = st.tuples(user, device).filter(any)
mails = st.tuples(st.just("email"), st.sampled_from(MAILS), st.booleans())
phones = st.tuples(st.just("phone"), st.sampled_from(PHONES), st.booleans())
sighting = st.tuples(st.just("see"), who, st.none() | mails | phones, st.integers(0, 20))
alias = st.tuples(st.just("alias"), who, st.sampled_from(USERS + DEVICES), st.integers(0, 20))
decision = st.one_of(
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("separate"), st.integers(0, 30)),
    st.tuples(st.just("undo"), st.integers(0, 9)),
    st.tuples(st.just("take out"), st.integers(0, 9)),
)
ruling = st.tuples(st.just("rule"), st.sampled_from(RULES))
DAY_US = 86_400_000_000


def _see(step: Any) -> None:
    """Let an event in."""
    verb, row, more, day = step
    extra: dict[str, Any] = {"at_us": [day * DAY_US]}
    if verb == "alias":
        extra["aliases"] = [Alias(0, more)]
    elif more is not None:
        name, value, proved = more
        extra["traits"] = [ClaimedTrait(0, name, f'"{value}"'.encode(), 1, None, "web")]
        if proved:
            extra["traits"].append(ClaimedTrait(0, f"{name}_verified", b"true", 1, None, "web"))
    write_ = actions.resolve(said(row, **extra)).write
    with transaction.atomic(using=router.db_for_write(Identifier)):
        write_()


def _decide(step: Any) -> None:
    """Decide something, where it can be decided."""
    persons = sorted(Identifier.objects.filter(kind__in=("user", "anonymous")).values_list("token", flat=True))
    edges, decided = list(Edge.objects.order_by("pk")), list(Decision.objects.order_by("pk"))
    with contextlib.suppress(SojournError, ZeroDivisionError):
        if step[0] == "merge":
            actions.merge(customers=[persons[each % len(persons)] for each in step[1:]], by="test", why="")
        elif step[0] == "separate":
            actions.unmerge(edges=[edges[step[1] % len(edges)].pk], by="test")
        elif step[0] == "undo":
            actions.unmerge(decision=decided[step[1] % len(decided)].pk, by="test")
        else:
            actions.unmerge(person=persons[step[1] % len(persons)], by="test")


def _rule(changed: dict[str, Any]) -> None:
    """Let other rules hold and apply them, unless they hold."""
    with contextlib.suppress(ConflictError):
        actions.save_rules(text=write(of_document(document(DEFAULT) | changed)), viewer=SYSTEM)


def _run(steps: Sequence[Any], *, decides: bool = True) -> None:
    for step in steps:
        if step[0] in ("see", "alias"):
            _see(step)
        elif step[0] == "rule":
            _rule(step[1])
        elif decides:
            _decide(step)


def _stored() -> dict[int, int]:
    return dict(Link.objects.values_list("person", "customer"))


def _obvious() -> dict[int, int]:
    """Say who is whom by the obvious function over every standing edge."""
    rules = rules_in_force()
    rows = Edge.objects.filter(is_standing=True).values_list("id", "person", "other", "kind", "at_us")
    edges = [graph.Seen(*row) for row in rows]
    kinds = dict(Identifier.objects.values_list("token", "kind"))
    blocked = set(Identifier.objects.filter(is_blocked=True).values_list("token", flat=True))
    held = {each.other for each in edges if each.kind in graph.HOLDING}
    crowded = {each for each in held if len(holders(each, 99)) > rules.holders_max}
    found = graph.assigned(edges, kinds, rules, blocked=blocked, crowded=crowded)
    return {person: customer for person, customer in found.customer.items() if person != customer}


def _by_kernels() -> dict[int, int]:
    found = whole.placed(whole.read(), rules_in_force())
    pairs = zip(found.person.tolist(), found.customer.tolist(), strict=True)
    return {person: customer for person, customer in pairs if person != customer}


def _named() -> set[frozenset[tuple[str, str]]]:
    """Say who is whom by the identifiers themselves: tokens are other ones in another workspace."""
    sealer = actions.resolver()._sealer
    names = {
        row.token: (row.kind, sealer.open(bytes(row.sealed), use="identifier").decode())
        for row in Identifier.objects.filter(kind__in=("user", "anonymous", "stay"))
    }
    customer = queries.customers_of(list(names))
    return {frozenset(names[person] for person in names if customer[person] == one) for one in set(customer.values())}


@contextlib.contextmanager
def _workspace() -> Iterator[None]:
    """Make what happens inside unhappened."""
    using = router.db_for_write(Identifier)
    with transaction.atomic(using="default"), transaction.atomic(using=using):
        actions.resolver().forget()
        try:
            yield
        finally:
            transaction.set_rollback(True, using=using)
            transaction.set_rollback(True, using="default")
    actions.resolver().forget()


def _undo_all() -> None:
    """Undo every decision in force, the newest first, so that none of them is left standing."""
    for row in Decision.objects.exclude(verb="undo").order_by("-pk"):
        row.refresh_from_db()
        if row.is_in_force:
            actions.unmerge(decision=row.pk, by="test")


def check(steps: Sequence[Any]) -> None:
    """Hold the three answers equal after a history, and all decisions undone equal to none made."""
    with _workspace():
        _run(steps)
        stored = _stored()
        assert stored == _obvious() == _by_kernels()
        Link.objects.all().delete()
        actions.rebuild()
        assert _stored() == stored, "a rebuild from nothing gives the same"
        _undo_all()
        assert _stored() == _obvious(), "kept up to date while everything is undone"
        undone = _named()
    with _workspace():
        _run(steps, decides=False)
        assert _named() == undone, "as if nothing had ever been decided"


events = st.lists(st.one_of(sighting, sighting, sighting, alias), min_size=2, max_size=8)
turns = st.tuples(events, st.lists(st.one_of(decision, decision, ruling), min_size=1, max_size=3))
histories = st.lists(turns, min_size=1, max_size=4).map(
    lambda some: [step for turn in some for part in turn for step in part]
)
SETTINGS = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], database=None
)


@settings(SETTINGS, max_examples=25)
@given(histories)
def test_merge_and_unmerge_are_exact_inverses_over_any_history(steps: list[Any]) -> None:
    check(steps)


@pytest.mark.soak
@settings(SETTINGS, max_examples=2_000, phases=(Phase.explicit, Phase.generate))
@given(histories)
def test_merge_and_unmerge_are_exact_inverses_over_thousands_of_histories(steps: list[Any]) -> None:
    check(steps)
