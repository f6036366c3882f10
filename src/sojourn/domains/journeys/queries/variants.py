"""The most frequent ways through."""

from __future__ import annotations

from dataclasses import replace

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys.contracts import Question, VariantTable
from sojourn.domains.journeys.queries.through import Through
from sojourn.domains.privacy.contracts import Purpose
from sojourn.engine.answers import variants as answers
from sojourn.engine.answers.floors import shown
from sojourn.engine.answers.words import resting


def variants(
    *, question: Question, viewer: Viewer, top: int = 20, purpose: Purpose = Purpose.ANALYTICS
) -> VariantTable:
    """Give the `top` sequences of the steps that the graph of the same question shows; raise InvalidError.

    A viewer who may not list customers is not shown those of fewer customers than the k floor, nor what would tell
    them by subtraction.
    """
    door = Through(question, viewer, purpose)
    found, coverage = answers.variants(door, top=top, steps_shown=question.steps_shown)
    table = resting(VariantTable, found, coverage=coverage)
    return table if viewer.can(Right.CUSTOMERS_LIST) else _above_floor(table, door.fewest)


def _above_floor(table: VariantTable, fewest: int) -> VariantTable:
    listed = sum(row.customers for row in table.rows)
    total = round(listed / table.covers) if table.covers else listed
    kept = shown([row.customers for row in table.rows], fewest=fewest, outside=total - listed)
    rows = tuple(row for row, is_kept in zip(table.rows, kept, strict=True) if is_kept)
    covers = sum(row.customers for row in rows) / total if total else table.covers
    return replace(table, rows=rows, covers=covers, withheld=len(table.rows) - len(rows))
