"""Thought of the desk: when a case is due, and which comments open one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sojourn.domains.desk.contracts import CaseRule
from sojourn.domains.feedback.contracts import Understood
from sojourn.kit.errors import InvalidError

DAYS_MOST: Final = 3_700
HOURS_MOST: Final = 2_000.0
SLUG: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """When the desk works: days of the week (Monday is 0), from and until which time of the day."""

    days: frozenset[int] = frozenset(range(5))
    begins: time = time(9)
    ends: time = time(17)


def due_at(
    since: datetime, *, hours: float, week: Week, zone: ZoneInfo, is_holiday: Callable[[date], bool]
) -> datetime:
    """Give the instant at which so many hours of the desk's work have passed since another, in UTC.

    Time outside the week's hours and on holidays does not count; a change of the clock does, as it passes. Raise
    InvalidError where that lies ten years off.

    >>> friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    >>> due_at(friday, hours=2, week=Week(), zone=ZoneInfo("UTC"), is_holiday=lambda day: False).isoformat()
    '2026-03-09T10:00:00+00:00'
    """
    left, at = timedelta(hours=hours), since.astimezone(UTC)
    first = since.astimezone(zone).date()
    for day in (first + timedelta(days=ahead) for ahead in range(DAYS_MOST)):
        if day.weekday() not in week.days or is_holiday(day):
            continue
        begins = max(at, datetime.combine(day, week.begins, zone).astimezone(UTC))
        ends = datetime.combine(day, week.ends, zone).astimezone(UTC)
        if begins >= ends:
            continue
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise InvalidError("hours: that is more than ten years of the desk's hours.")


def is_met(rule: CaseRule, found: Understood) -> bool:
    """Say whether all that a rule asks for holds of a comment that was read; what is not known does not hold."""
    said, read = found.comment, found.understanding
    if rule.survey and said.survey != rule.survey:
        return False
    if rule.score_most is not None and not (
        said.measure == rule.measure
        and said.direction == "high"
        and said.score is not None
        and said.score <= rule.score_most
    ):
        return False
    if rule.sentiment_most is not None and (read.sentiment is None or read.sentiment > rule.sentiment_most):
        return False
    levels = (
        (rule.urgency_least, read.urgency),
        (rule.churn_least, read.churn),
        (rule.complaint_least, read.complaint),
    )
    return all(least is None or (level is not None and level >= least) for least, level in levels)


def refusal(rule: CaseRule) -> str:
    """Say what is wrong with a rule, empty when nothing is."""
    if not SLUG.fullmatch(rule.name):
        return "name: small letters, digits and hyphens, at most 63."
    if not SLUG.fullmatch(rule.reason):
        return "reason: small letters, digits and hyphens, at most 63, such as low-score."
    if not 0 < rule.due_hours <= HOURS_MOST:
        return f"due_hours: more than 0, at most {HOURS_MOST:.0f} of the desk's hours."
    if rule.score_most is not None and not rule.measure:
        return "measure: say of which score, such as nps; scales differ."
    if rule.sentiment_most is not None and not -1 <= rule.sentiment_most <= 1:
        return "sentiment_most: between -1 and 1."
    for name in ("urgency_least", "churn_least", "complaint_least"):
        level = getattr(rule, name)
        if level is not None and not 0 < level <= 1:
            return f"{name}: more than 0, at most 1."
    asked = (rule.score_most, rule.sentiment_most, rule.urgency_least, rule.churn_least, rule.complaint_least)
    return "" if any(each is not None for each in asked) else "Ask for something: every comment would open a case."
