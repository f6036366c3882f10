"""Attribution models: from sums by group of customers to each touchpoint's credit with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from sojourn.engine.stats import jackknife, removal, shapley
from sojourn.engine.stats.intervals import Interval

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

AttributionModel = Literal[
    "first", "last", "linear", "decay", "position", "markov", "markov2", "shapley", "shapley_rates"
]  # fmt: skip
MODELS: Final[tuple[str, ...]] = get_args(AttributionModel)
RULES: Final = MODELS[:5]  # what people set; the others are estimated from all paths


class Sums(Protocol):
    """What models need; see `kernels.attribution.AttributionSums`. Rules need no `step`, `members` or `taken`."""

    @property
    def credit(self) -> Array: ...
    @property
    def worth(self) -> Array: ...
    @property
    def step(self) -> Array: ...
    @property
    def members(self) -> Array: ...
    @property
    def taken(self) -> Array: ...
    @property
    def credited(self) -> Array: ...
    @property
    def value(self) -> Array: ...
    @property
    def converted(self) -> Array: ...


@dataclass(frozen=True, slots=True)
class Credit:
    """A touchpoint's credit by one model: its share of all credit, the conversions and the money that come to it.

    `value` is in the unit of `Sums.value`. Rules and `shapley` share out each conversion's own money; the other models
    share out all of it as they share out conversions.
    """

    share: Interval
    conversions: float
    value: float


def credited(sums: Sums, models: Collection[str] = ()) -> dict[str, tuple[Credit, ...]]:
    """Give every touchpoint's credit by these models, or all that the sums are for; none where nothing was credited.

    Conversions of a model add up to those credited, shares to 1. Intervals are of the shares, for a population of
    customers of whom these are a sample, by leaving out each group of customers in turn.
    """
    n, conversions, value = (int(each.sum()) for each in (sums.converted, sums.credited, sums.value))
    if not conversions:
        return {}
    found = {}
    for model in models or (MODELS if len(sums.step) else RULES):
        share, error = _estimated(_SHARES[model], sums)
        money = _WORTHS[model](sums) if model in _WORTHS else share * value
        found[model] = tuple(
            Credit(
                share=_interval(model, float(share[t]), float(error[t]), len(sums.credited), n),
                conversions=float(share[t] * conversions),
                value=float(money[t]),
            )
            for t in range(len(share))
        )
    return found


def _interval(model: str, share: float, error: float, groups: int, n: int) -> Interval:
    if model == "shapley_rates":  # may lie outside 0 to 1
        return jackknife.interval(share, error, groups, n)
    return jackknife.proportion(share, error, groups, n)


def _estimated(shares: Callable[[Sums], tuple[Floats, Floats]], sums: Sums) -> tuple[Floats, Floats]:
    """Give shares and their standard errors."""
    share, left_out = shares(sums)
    return share, jackknife.errors(left_out)


def _without_each(groups: Array) -> Array:
    """Give the sum of all groups (first axis) and, after it, the sums without each."""
    whole = groups.sum(axis=0)
    return np.concatenate([whole[None], whole[None] - groups])


def _over(credit: Floats) -> tuple[Floats, Floats]:
    """Turn credits (1 + G, T) into shares of all and shares without each group; equal parts where nothing is left."""
    total = credit.sum(axis=1, keepdims=True)
    share = np.divide(credit, total, out=np.full(credit.shape, 1 / credit.shape[1]), where=total > 0)
    return share[0], share[1:]


def _worth(place: int) -> Callable[[Sums], Floats]:
    return lambda sums: np.asarray(sums.worth[:, :, place].sum(axis=0), float)


def _rule(place: int) -> Callable[[Sums], tuple[Floats, Floats]]:
    return lambda sums: _over(_without_each(sums.credit[:, :, place]))


def _markov(effects: Callable[[Array], Floats]) -> Callable[[Sums], tuple[Floats, Floats]]:
    return lambda sums: _over(np.array([effects(step) for step in _without_each(sums.step)]))


def _shapley(sums: Sums) -> tuple[Floats, Floats]:
    conversions = _without_each(np.swapaxes(sums.taken[:, :, 0], 0, 1))  # (1 + G, S)
    return _over(shapley.of_conversions(sums.members, conversions.T).T)


def _shapley_rates(sums: Sums) -> tuple[Floats, Floats]:
    taken = _without_each(np.swapaxes(sums.taken, 0, 1)).astype(float)  # (1 + G, S, 3)
    conversions, paths = taken[:, :, 0].T, (taken[:, :, 0] + taken[:, :, 1]).T
    return _over(shapley.of_rates(sums.members, conversions, paths).T)


_SHARES: Final = {
    **{rule: _rule(place) for place, rule in enumerate(RULES)},
    "markov": _markov(removal.first_order),
    "markov2": _markov(removal.second_order),
    "shapley": _shapley,
    "shapley_rates": _shapley_rates,
}
_WORTHS: Final[dict[str, Callable[[Sums], Floats]]] = {  # of models that share out each conversion's own money
    **{rule: _worth(place) for place, rule in enumerate(RULES)},
    "shapley": lambda sums: shapley.of_conversions(sums.members, sums.taken[:, :, 2].sum(axis=1)),
}
