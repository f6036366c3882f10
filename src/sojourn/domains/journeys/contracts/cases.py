"""A journey's cases."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.cases_asked import CasesAsked, Stage
from sojourn.engine.answers.cases_found import (
    CaseCount,
    CaseEnding,
    CasePart,
    CasesFigures,
    CaseSpan,
    Effort,
    FrictionRow,
    Handoff,
    ReworkStep,
    StageTimes,
    WayBack,
)

__all__ = [
    "CaseCount",
    "CaseEnding",
    "CasePart",
    "CaseSpan",
    "CasesAsked",
    "CasesTable",
    "Effort",
    "FrictionRow",
    "Handoff",
    "ReworkStep",
    "Stage",
    "StageTimes",
    "WayBack",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class CasesTable(CasesFigures):
    """The cases begun in a period; closed + open = started, and closed cases add up over `endings`.

    All but `started` and `open` is of closed cases, `customers` are those with one. `unseen` names events asked for
    that never happened. `sizes` counts cases by events. `withheld` rows are not shown to a viewer who may not see
    single customers.
    """

    coverage: Coverage
    withheld: int = 0
