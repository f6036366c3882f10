"""Who comes back, and how customers come and go."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.lifecycle import LifecycleFigures, LifecyclePeriod
from sojourn.engine.answers.retention import Cohort, RetentionAsked, RetentionCell, RetentionColumn, RetentionFigures

__all__ = [
    "Cohort",
    "LifecyclePeriod",
    "LifecycleTable",
    "RetentionAsked",
    "RetentionCell",
    "RetentionColumn",
    "RetentionTable",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionTable(RetentionFigures):
    """Who came back, by cohort and distance; `distance_unit` is that of the columns."""

    columns: tuple[RetentionColumn, ...]
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class LifecycleTable(LifecycleFigures):
    """The lifecycle by day, week or month; periods that have not passed are left out.

    `withheld` ones are not shown to a viewer who may not see single customers.
    """

    coverage: Coverage
    withheld: int = 0
