"""Comparisons of the ways through: which variants are more frequent on one side."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.answers import differences
from sojourn.engine.answers.comparison import Compared, is_enough, rested_on
from sojourn.engine.answers.differences import ShareDifference
from sojourn.engine.answers.door import C, known_codes
from sojourn.engine.answers.sides import Sides, shown_on_either
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.sides.variants import VariantSidesFold
from sojourn.engine.kernels.sides.words import K_A, K_B
from sojourn.engine.stats.looking import Looks
from sojourn.kit.errors import InvalidError

TOP_MOST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantDifference:
    """A way through: the share of the side's customers who went it."""

    steps: tuple[str, ...]
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantsDifference:
    """The variants that most customers of both sides have, largest effect first; `distinct` counts all.

    `covers_a` and `covers_b` are the shares of each side's customers who have one of those compared.
    """

    variants: tuple[VariantDifference, ...]
    distinct: int
    covers_a: float
    covers_b: float


def compare_variants(sides: Sides[C], *, top: int, steps_shown: int, looks: Looks) -> Compared[VariantsDifference, C]:
    """Compare how many customers of two sides went each of the `top` ways through the steps shown.

    All are one family for the correction. Raise InvalidError for more than can be asked for.
    """
    if not 1 <= top <= TOP_MOST:
        raise InvalidError(f"top: choose 1 to {TOP_MOST} variants, not {top}.")
    shown, _ = shown_on_either(sides, steps_shown)
    answer = sides.ask(
        lambda codes: VariantSidesFold(lens.only(known_codes(codes, shown)), top=top),
        periods=(sides.a.period, sides.b.period),
        key=("journeys.compare.variants", shown, top),
        told={"steps kept": shown, "top": top},
    )
    found = answer.value
    rows = [(each, row) for each, row in zip(found.variants, found.row, strict=True) if is_enough(row, sides)]
    family = [differences.shares(differences.sides_of(row), looks) for _, row in rows]
    p = differences.corrected(family)
    compared = [
        VariantDifference(
            steps=tuple(answer.names[code] for code in each), share=differences.share_difference(tested, adjusted)
        )
        for (each, _), tested, adjusted in zip(rows, family, p, strict=True)
    ]
    figures = VariantsDifference(
        variants=tuple(sorted(compared, key=lambda each: (-each.share.effect, each.steps))),
        distinct=found.distinct,
        covers_a=sum(int(row[K_A]) for _, row in rows) / max(found.customers_a, 1),
        covers_b=sum(int(row[K_B]) for _, row in rows) / max(found.customers_b, 1),
    )
    rested = rested_on(sides, found.both, differences.tested(family), looks)
    return Compared(figures=figures, rested=rested, a=answer.a, b=answer.b)
