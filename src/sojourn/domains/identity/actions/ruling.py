"""Changing the rules of identity: try them on the stored data, let them hold, take them back."""

from __future__ import annotations

import dataclasses
import time
from typing import Final

import numpy as np
from django.db import router, transaction
from django.db.models import Max
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import rulebook, whole
from sojourn.domains.identity.actions.forget import next_epoch
from sojourn.domains.identity.actions.rebuilding import blocked_changes, mark_blocked, rebuild
from sojourn.domains.identity.contracts import Effect, Regrouping, RuleState, RuleVersion
from sojourn.domains.identity.models import RuleSet
from sojourn.domains.identity.ruleset import DEFAULT, Rules
from sojourn.domains.identity.whole import Placed
from sojourn.engine.kernels.words import Int64s
from sojourn.kit import jobs
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

EXAMPLES: Final = 10
NUMBERS_SHOWN: Final = 6
WHY_CHARACTERS: Final = 300
APPLY: Final = "identity.apply_rules"


def try_rules(*, text: str, viewer: Viewer) -> Effect:
    """Say what rules would do to the stored data; nothing is changed. Raise ForbiddenError, RulesError."""
    viewer.require(Right.IDENTITY_RULES)
    began = time.perf_counter()
    rules = rulebook.read(text)
    now = rulebook.rules_in_force()
    graph = whole.read()
    before = whole.placed(graph, now)
    if rules.blocked != now.blocked:
        graph = _blocked_by(graph, rules)
    after = whole.placed(graph, rules)
    return _effect(before, after, len(graph.person), time.perf_counter() - began)


def save_rules(*, text: str, viewer: Viewer, why: str = "", base: int | None = None) -> RuleVersion:
    """Let rules hold from the next event on, and have the work process apply them to the stored data.

    `base` is the version that was edited: raise ConflictError when a newer one is there or these are the rules in
    force already. Raise ForbiddenError, RulesError.
    """
    viewer.require(Right.IDENTITY_RULES)
    if len(why) > WHY_CHARACTERS:
        raise InvalidError(f"why: at most {WHY_CHARACTERS} characters.")
    rules = rulebook.read(text)
    with transaction.atomic(using=router.db_for_write(RuleSet)):
        newest = RuleSet.objects.aggregate(newest=Max("version"))["newest"] or 0
        if base is not None and base != newest:
            raise ConflictError(f"The rules have moved on to version {newest}; yours began at {base}. Look at both.")
        if dataclasses.replace(rulebook.rules_in_force(), version=0) == rules:
            raise ConflictError("These are the rules in force.")
        row = RuleSet.objects.create(
            version=newest + 1,
            text=rulebook.write(rules),
            saved_at=timezone.now(),
            saved_by=viewer.name[:64],
            why=why.strip(),
        )
        next_epoch()
        access.audit(viewer=viewer, what="identity.rules", on=f"identity_rules:{row.version}")
    jobs.defer(APPLY, version=row.version)
    return rulebook.version_of(RuleSet.objects.get(pk=row.pk))


def undo_rules(*, viewer: Viewer) -> RuleVersion:
    """Let the rules before the newest hold again, as a new version; raise NotFoundError when there are none."""
    viewer.require(Right.IDENTITY_RULES)
    newest = list(RuleSet.objects.order_by("-version")[:2])
    if not newest:
        raise NotFoundError("The rules were never changed.")
    text = newest[1].text if len(newest) > 1 else rulebook.write(DEFAULT)
    return save_rules(text=text, viewer=viewer, why=f"Takes version {newest[0].version} back.")


def apply_rules(*, version: int) -> None:
    """Assign everybody by the rules in force; for the work process. An older version than the newest is passed over."""
    row = RuleSet.objects.order_by("-version").first()
    if row is None or row.version != version:
        RuleSet.objects.filter(version=version).exclude(state=RuleState.DONE).update(state=RuleState.DONE, progress=1.0)
        return
    rules = rulebook.rules_in_force()

    def reach(done: float) -> None:
        RuleSet.objects.filter(pk=row.pk).update(state=RuleState.APPLYING, progress=done)

    reach(0.0)
    try:
        before = RuleSet.objects.filter(version=version - 1).first()
        if rules.blocked != (DEFAULT if before is None else rulebook.read(before.text)).blocked:
            mark_blocked(rules, progress=lambda done: reach(done / 2))
        moved = rebuild(rules=rules, progress=lambda done: reach(0.5 + done / 2))
    except BaseException:
        RuleSet.objects.filter(pk=row.pk).update(state=RuleState.FAILED)
        raise
    RuleSet.objects.filter(pk=row.pk).update(state=RuleState.DONE, progress=1.0, moved=moved)


def _blocked_by(graph: whole.Whole, rules: Rules) -> whole.Whole:
    blocked = graph.blocked.copy()
    for token, is_blocked in blocked_changes(rules).items():
        blocked[np.searchsorted(graph.tokens, token)] = is_blocked
    return dataclasses.replace(graph, blocked=blocked)


def _effect(before: Placed, after: Placed, edges: int, seconds: float) -> Effect:
    """Compare two placings of the same persons."""
    splits, split = _regrouped(before.customer, after.customer)
    joins, joined = _regrouped(after.customer, before.customer)
    return Effect(
        edges=edges,
        customers_before=len(np.unique(before.customer)),
        customers_after=len(np.unique(after.customer)),
        split=split,
        joined=joined,
        moved=int((before.customer != after.customer).sum()),
        shared=after.shared,
        crowded=after.crowded,
        splits=tuple(Regrouping(before=(one,), after=several, persons=count) for one, several, count in splits),
        joins=tuple(Regrouping(before=several, after=(one,), persons=count) for one, several, count in joins),
        seconds=round(seconds, 3),
    )


def _regrouped(one: Int64s, other: Int64s) -> tuple[list[tuple[int, tuple[int, ...], int]], int]:
    """Find customers of `one` whose persons are of several of `other`: the largest as examples, and how many."""
    pairs = np.unique(np.stack((one, other), axis=1), axis=0)
    customers, counts = np.unique(pairs[:, 0], return_counts=True)
    several = counts > 1
    found = customers[several][np.argsort(-counts[several], kind="stable")][:EXAMPLES]
    examples = [
        (
            int(customer),
            tuple(pairs[pairs[:, 0] == customer, 1][:NUMBERS_SHOWN].tolist()),
            int((one == customer).sum()),
        )
        for customer in found
    ]
    return examples, int(several.sum())
