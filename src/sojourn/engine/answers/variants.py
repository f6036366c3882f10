"""The most frequent ways through."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.answers.door import C, Door, bounds, known_codes, shown_steps
from sojourn.engine.answers.words import MICROS, Share, share
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.kit.errors import InvalidError

TOP_MOST = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Variant:
    """One way through, with the customers who took it and their median time from first to last, in seconds."""

    steps: tuple[str, ...]
    customers: int
    share: Share
    median_s: float

    def __str__(self) -> str:
        return " > ".join(self.steps)


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantFigures:
    """The most frequent variants, most customers first; `distinct` counts them all, `covers` is of customers."""

    rows: tuple[Variant, ...]
    distinct: int
    covers: float


def variants(door: Door[C], *, top: int, steps_shown: int) -> tuple[VariantFigures, C]:
    """Give the `top` sequences of the steps that most customers had, most customers first; raise InvalidError."""
    if not 1 <= top <= TOP_MOST:
        raise InvalidError(f"top: choose 1 to {TOP_MOST:,} variants, not {top}.")
    shown, _ = shown_steps(door, steps_shown)
    answer = door.ask(
        lambda codes: VariantsFold(lens.only(known_codes(codes, shown)), top=top, **bounds(door.period)),
        period=door.period,
        key=("journeys.variants", shown, top),
        told={"steps kept": shown, "top": top},
    )
    found, total = answer.value, answer.value.total_customers
    figures = VariantFigures(
        rows=tuple(
            Variant(
                steps=tuple(answer.names[code] for code in each.events),
                customers=each.customers,
                share=share(each.customers, total),
                median_s=each.median_duration / MICROS,
            )
            for each in found.top
        ),
        distinct=found.distinct,
        covers=sum(each.customers for each in found.top) / total if total else 1.0,
    )
    return figures, answer.coverage
