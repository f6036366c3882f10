"""Retention: of those who started, how many came back, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import Question, RetentionAsked, RetentionTable
from sojourn.domains.journeys.queries.floored import retention_above
from sojourn.domains.journeys.queries.through import Through, known_span
from sojourn.domains.privacy.contracts import Codes, Purpose
from sojourn.engine.answers import retention as answers
from sojourn.engine.answers.door import counted_codes
from sojourn.engine.answers.words import resting

__all__ = ["codes_of", "known_span", "retention"]


def retention(
    *,
    asked: RetentionAsked,
    question: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> RetentionTable:
    """Give who came back, by cohort and distance, for the days, weeks or months that the question's period touches.

    Returns may come after the period. A cell is counted once its time has passed for the whole cohort. A
    viewer who may not list customers is not shown cells of fewer than the k floor, nor what would tell them. Raise
    InvalidError for what cannot be asked, or an event that was never seen.
    """
    door = Through(question, viewer, purpose, now)
    found, coverage = answers.retention(door, asked)
    coverage = replace(coverage, period=found.shown)
    table = resting(RetentionTable, found.figures, columns=found.columns, coverage=coverage)
    return table if viewer.can(Right.CUSTOMERS_LIST) else retention_above(table, door.fewest)


def codes_of(codes: Codes, names: tuple[str, ...], question: Question) -> list[int]:
    """Give the codes of the events named; of all when none are, but for what only says who somebody is."""
    return counted_codes(codes, names, identity_steps=question.identity_steps)
