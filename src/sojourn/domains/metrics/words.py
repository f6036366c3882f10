"""Words of what stands behind a score: facts, drivers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.domains.privacy.contracts import Coverage

Floats = npt.NDArray[np.float64]
Int64s = npt.NDArray[np.int64]


class FactKind(StrEnum):
    """What is looked up of the time before an answer."""

    MINUTES = "minutes"  # from the last event `event` to the event `until` after it
    TIMES = "times"  # how often `event` happened
    NUMBER = "number"  # the property `event` of the answer itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """An operational fact that may drive a score, looked up in the `days` before each answer."""

    slug: str
    name: str
    kind: FactKind
    event: str
    until: str = ""
    days: int = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """Answers to surveys on one scale as parallel arrays, in the order (customer, time); never to be shown one by one.

    `fields` are texts of the answer's channel, unit, product, survey and what else was asked for.
    """

    customer: Int64s
    at_us: Int64s
    event_id: Int64s
    score: Floats
    fields: dict[str, npt.NDArray[np.object_]]
    scale: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverColumn:
    """What may drive a score, with a value for each answer: numbers (NaN where there is none) or texts (None)."""

    slug: str
    name: str
    values: npt.NDArray[Any]
    unit: str = ""  # of numbers, in words: minutes, times


@dataclass(frozen=True, kw_only=True, slots=True)
class DriverLevel:
    """One value of a driver that is a category: how its answers differ from the first, others alike."""

    name: str
    n: int
    mean: float
    effect: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Driver:
    """What a driver explains of how answers differ, in percent of their variance, with 95 % bounds.

    `performance` says where customers stand on it, from 0 (all as the worst-off 5 %) to 100 (all as the best-off 5 %);
    `gain` is what the mean answer would gain at 100 if the fitted relation were cause and effect. `slope` is how much
    the answer changes with one unit of a number; `levels` are the values of a category.
    """

    slug: str
    name: str
    share: float
    low: float
    high: float
    first: float  # share of draws in which it was the strongest
    is_chance: bool  # no more than what a driver without any relation would be given
    n: int  # answers of which it is known
    performance: float | None
    gain: float | None
    mean: float | None = None
    slope: float | None = None
    unit: str = ""
    levels: tuple[DriverLevel, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Drivers:
    """What goes with how customers answered, the strongest first; no rows and a `note` where too little is known."""

    kpi: str
    scale: str
    survey: str
    n: int
    customers: int
    mean: float | None
    explained: float | None  # percent of the variance of answers
    rows: tuple[Driver, ...]
    left_out: tuple[tuple[str, str], ...]  # drivers that could not be weighed, and why
    hidden: int | None  # answers of customers with hidden events among the facts; None below the k floor
    method: str
    note: str
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class MixPart:
    """One part of a score's change: its shares and values in both periods, and what rate and mix it brings.

    `rate` is the change of its own value, at its mean share; `mix` the change of its share. Half widths are of 95 %.
    """

    part: str
    n_before: int
    n: int
    before: float | None
    value: float | None
    share_before: float
    share: float
    rate: float
    rate_half: float
    mix: float
    mix_half: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Mix:
    """A score's change against the period before, taken apart exactly; no rows and a `note` where too little is known.

    `rate` and `mix` add up to `change`.
    """

    kpi: str
    by: str
    scale: str
    unit: str
    n_before: int
    n: int
    change: float | None
    rate: float | None
    rate_half: float | None
    mix: float | None
    mix_half: float | None
    rows: tuple[MixPart, ...]
    method: str
    note: str
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class Population:
    """A known population: shares by value, for channel, unit, product, survey or a property of the answers."""

    slug: str
    name: str
    margins: dict[str, dict[str, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightedScore:
    """A score raked to a population beside the plain one, with what the weighting costs.

    `value` is None where too little is known or no weights fit; then `note` says so. `design_effect` is Kish's;
    `effective` answers with equal weights would say as much. `worst` is the largest distance of a weighted share from
    the population's, in percent: not 0 where weights over five times their mean were cut. `left_out` answers have a
    value that the population does not have; None below the k floor.
    """

    kpi: str
    population: str
    scale: str
    unit: str
    n: int
    left_out: int | None
    plain: float | None
    value: float | None
    low: float | None
    high: float | None
    design_effect: float | None
    effective: float | None
    worst: float | None
    is_trimmed: bool
    method: str
    note: str
    coverage: Coverage
