"""Rules by which comments open cases: kept as data, tried on the comments of the last weeks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Right, Viewer
from sojourn.domains.desk import rules as thought
from sojourn.domains.desk.contracts import CaseRule, RulePreview
from sojourn.domains.desk.models import RuleRow, StepRow
from sojourn.domains.desk.reading import PURPOSE
from sojourn.domains.desk.working import can_work, opened, owner_of
from sojourn.domains.feedback import queries as feedback
from sojourn.domains.feedback.contracts import Comment, Understood
from sojourn.domains.identity import queries as identity
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import InvalidError, NotFoundError

PREVIEW_DAYS: Final = 30
RECENT: Final = timedelta(days=14)  # older comments come from imports: nobody waits for an answer to them
RULES_MOST: Final = 100


def rules(*, viewer: Viewer) -> tuple[CaseRule, ...]:
    """List the rules by name, which is the order in which they are tried; raise ForbiddenError."""
    viewer.require(Right.CASES_RULES, looking=True)
    return _rules()


def save_rule(*, rule: CaseRule, viewer: Viewer) -> CaseRule:
    """Save a rule in place of one of its name; `owner` is a mail address, "me" or empty. Audited.

    It counts for comments that are read from now on. Raise ForbiddenError, InvalidError.
    """
    viewer.require(Right.CASES_RULES)
    owner = owner_of(rule.owner, rule.unit, viewer)
    kept = _checked(replace(rule, owner=""))
    with transaction.atomic(using=router.db_for_write(RuleRow)):
        if RuleRow.objects.exclude(name=rule.name).count() >= RULES_MOST:
            raise InvalidError(f"There are {RULES_MOST} rules; delete one first.")
        row, _ = RuleRow.objects.update_or_create(name=rule.name, defaults={"owner": owner, "document": asdict(kept)})
        access.audit(viewer=viewer, what="case_rule.save", on=f"case_rule:{rule.name}")
    return _rule(row)


def delete_rule(*, name: str, viewer: Viewer) -> None:
    """Delete a rule; its cases stay. Raise ForbiddenError, NotFoundError."""
    viewer.require(Right.CASES_RULES)
    with transaction.atomic(using=router.db_for_write(RuleRow)):
        if not RuleRow.objects.filter(name=name).delete()[0]:
            raise NotFoundError("There is no such rule.")
        access.audit(viewer=viewer, what="case_rule.delete", on=f"case_rule:{name}")


def rule_preview(*, rule: CaseRule, viewer: Viewer, now: datetime | None = None) -> RulePreview:
    """Count which comments of the last 30 days a rule would have opened cases for, saved or not.

    Counted are the comments of customers who allow analytics. Raise ForbiddenError, InvalidError.
    """
    viewer.require(Right.CASES_RULES, looking=True)
    checked, at = _checked(rule), now or timezone.now()
    met = [(each.comment.person, thought.is_met(checked, each)) for each in
           feedback.comments_read(since=at - timedelta(days=PREVIEW_DAYS), until=at)]  # fmt: skip
    of = identity.customers_of(list({person for person, _ in met}))
    known = privacy.found(set(of.values()), purpose=Purpose.ANALYTICS, viewer=viewer)
    seen = [(known[of[person]], is_met) for person, is_met in met if of[person] in known]
    whose = {customer for customer, is_met in seen if is_met}
    matches = sum(is_met for _, is_met in seen)
    return RulePreview(days=PREVIEW_DAYS, comments=len(seen), matches=matches, cases=len(whose))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """A case that a rule wants opened for a comment, with all that is looked up for it."""

    comment: Comment
    rule: CaseRule
    persons: tuple[int, ...]  # all of the customer
    unit: str
    owner: int | None


def cases_wanted(found: Sequence[Understood], *, now: datetime | None = None) -> Callable[[Collection[int]], int]:
    """Look up which comments open a case, by the first rule that each meets; give the write that opens them.

    The write takes the ids of the comments that are still there, in the caller's transaction, and gives for how many
    it opened cases. None for a comment that is in a case, is older than two weeks, or is of a customer who may not be
    seen for service.
    """
    known, at = [each for each in _rules() if each.is_active], now or timezone.now()
    recent = [each for each in found if each.comment.occurred_at > at - RECENT]
    met = [(each.comment, rule) for each in recent if (rule := _first(known, each)) is not None]
    of = identity.customers_of([comment.person for comment, _ in met])
    seen = privacy.found(set(of.values()), purpose=PURPOSE, viewer=SYSTEM) if met else {}
    wanted = [_wanted(comment, rule, seen[of[comment.person]]) for comment, rule in met if of[comment.person] in seen]
    return partial(_open, wanted, at)


def _wanted(comment: Comment, rule: CaseRule, customer: int) -> _Wanted:
    unit = rule.unit or comment.unit
    owner = int(rule.owner.removeprefix("person:")) if rule.owner else None
    return _Wanted(
        comment=comment,
        rule=rule,
        persons=tuple(identity.persons_of(customer=customer)),
        unit=unit,
        owner=owner if owner is not None and can_work(owner, unit) else None,
    )


def _open(wanted: Sequence[_Wanted], at: datetime, there: Collection[int]) -> int:
    numbers = [each.comment.id for each in wanted]
    taken = set(StepRow.objects.filter(comment__in=numbers).values_list("comment", flat=True))
    new = [each for each in wanted if each.comment.id in there and each.comment.id not in taken]
    for each in new:
        opened(
            persons=each.persons,
            person=each.comment.person,
            reason=each.rule.reason,
            unit=each.unit,
            owner=each.owner,
            due_hours=each.rule.due_hours,
            by=f"rule:{each.rule.name}",
            at=at,
            comment=each.comment.id,
        )
    return len(new)


def _first(known: Sequence[CaseRule], found: Understood) -> CaseRule | None:
    return next((rule for rule in known if thought.is_met(rule, found)), None)


def _rules() -> tuple[CaseRule, ...]:
    return tuple(_rule(row) for row in RuleRow.objects.order_by("name"))


def _rule(row: RuleRow) -> CaseRule:
    return CaseRule(**{**row.document, "owner": f"person:{row.owner}" if row.owner is not None else ""})


def _checked(rule: CaseRule) -> CaseRule:
    if refused := thought.refusal(rule):
        raise InvalidError(refused)
    if rule.unit and rule.unit not in {each.code for each in organisation.units()}:
        raise InvalidError("unit: there is no such unit.")
    return rule
