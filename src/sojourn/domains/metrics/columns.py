"""Thought of drivers: facts looked up before each answer, and columns that a linear model can weigh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.domains.metrics.words import Answers, Driver, DriverColumn, DriverLevel, Fact, FactKind, Floats, Int64s
from sojourn.engine.stats.distributions import normal_quantile
from sojourn.engine.stats.drivers import Importance, importance

SECOND_US = 1_000_000
DAY_SECONDS = 86_400
LEVELS_MOST = 7  # of a category, the most frequent; the others are one level
FEWEST_OF_A_LEVEL = 30
KNOWN_LEAST = 0.05  # share of answers of which a driver must be known
BASE, PER_COLUMN = 50, 8  # answers needed: Green (1991), Multivariate Behavioral Research 26, 50 + 8 m
TAIL = 5  # percent of customers who are best or worst off
OTHERS = "others"


@dataclass(frozen=True)
class Happened:
    """Events of one name as parallel arrays, in the order (customer, time)."""

    customer: Int64s
    at_us: Int64s


@dataclass(frozen=True)
class Weighed:
    """A driver ready for the model: its columns, and for a category the names of its levels, the first left out."""

    of: DriverColumn
    columns: Floats
    known: npt.NDArray[np.bool_]
    levels: tuple[str, ...] = ()


def fact_column(fact: Fact, answers: Answers, happened: dict[str, Happened]) -> DriverColumn:
    """Look a fact up for each answer; NaN where it is not known."""
    if fact.kind is FactKind.NUMBER:
        texts = answers.fields[f"properties.{fact.event}"]
        return DriverColumn(slug=fact.slug, name=fact.name, values=np.array([_number(each) for each in texts]))
    places = _places(answers, *happened.values())
    at = places[0]
    since = at - fact.days * DAY_SECONDS
    starts = places[1 + list(happened).index(fact.event)]
    if fact.kind is FactKind.TIMES:
        times = np.searchsorted(starts, at) - np.searchsorted(starts, since)
        return DriverColumn(slug=fact.slug, name=fact.name, values=times.astype(float), unit="times")
    ends = places[1 + list(happened).index(fact.until)]
    end = _last(ends, at)
    start = _last(starts, np.nan_to_num(end, nan=-1.0))
    minutes = np.where(start >= since, (end - start) / 60, np.nan)
    return DriverColumn(slug=fact.slug, name=fact.name, values=minutes, unit="minutes")


def _places(answers: Answers, *happened: Happened) -> list[Floats]:
    """Put all instants on one line, each customer on a stretch of their own, far from the next."""
    told = [(answers.customer, answers.at_us), *((each.customer, each.at_us) for each in happened)]
    every = np.unique(np.concatenate([customer for customer, _ in told]))
    low = min((int(at_us.min()) for _, at_us in told if len(at_us)), default=0)
    high = max((int(at_us.max()) for _, at_us in told if len(at_us)), default=0)
    stretch = 2 * ((high - low) / SECOND_US + 4_000 * DAY_SECONDS)
    return [
        np.searchsorted(every, customer) * stretch + (at_us - low) / SECOND_US + stretch / 2 for customer, at_us in told
    ]


def _last(events: Floats, before: Floats) -> Floats:
    """Give the last of the ordered events strictly before each instant; NaN where there is none."""
    place = np.searchsorted(events, before) - 1
    return np.where(place >= 0, events[np.maximum(place, 0)], np.nan) if len(events) else np.full(len(before), np.nan)


def _number(text: object) -> float:
    try:
        found = float(str(text))
    except ValueError:
        return np.nan
    return found if np.isfinite(found) else np.nan


def weighed(column: DriverColumn, customers: Int64s, fewest: int) -> Weighed | str:
    """Turn a driver into columns of a model, or say why it cannot be weighed."""
    if column.values.dtype == object:
        return _category(column, customers, max(fewest, FEWEST_OF_A_LEVEL))
    known = np.isfinite(column.values)
    if known.mean() < KNOWN_LEAST or len(np.unique(customers[known])) < FEWEST_OF_A_LEVEL:
        return f"known of {known.sum():,} of {len(known):,} answers only"
    values = column.values[known]
    if np.ptp(values) == 0:
        return "the same for all"
    filled = np.where(known, column.values - values.mean(), 0.0)
    return Weighed(column, filled[:, None] if known.all() else np.column_stack([filled, known.astype(float)]), known)


def _category(column: DriverColumn, customers: Int64s, fewest: int) -> Weighed | str:
    texts = np.array(["" if each is None else str(each) for each in column.values])
    known = texts != ""
    names, which = np.unique(texts, return_inverse=True)
    pairs = np.unique(np.column_stack([which, customers]), axis=0)[:, 0]
    many = np.bincount(pairs, minlength=len(names))
    order = sorted(range(len(names)), key=lambda place: (-many[place], names[place]))
    kept = [place for place in order if names[place] and many[place] >= fewest][: LEVELS_MOST + 1]
    rest = ~np.isin(which, kept)
    if rest.any() and len(np.unique(customers[rest])) < fewest:
        kept = kept[:-1]  # too few to be a level of their own: the rarest joins them
        rest = ~np.isin(which, kept)
    columns = [which == place for place in kept] + ([rest] if rest.any() else [])
    levels = tuple(str(names[place]) for place in kept) + ((OTHERS,) if rest.any() else ())
    if len(levels) < 2 or known.mean() < KNOWN_LEAST:
        return "the same for all, or known of too few"
    return Weighed(column, np.column_stack(columns[1:]).astype(float), known, levels)


def needed(columns: int) -> int:
    """Say how many customers a model of so many columns needs."""
    return BASE + PER_COLUMN * columns


def drivers(score: Floats, customers: Int64s, found: Sequence[Weighed], better: str) -> tuple[list[Driver], Importance]:
    """Weigh drivers against each other, the strongest first; raise ValueError when the score does not vary."""
    groups = [place for place, each in enumerate(found) for _ in range(each.columns.shape[1])]
    model = importance(np.column_stack([each.columns for each in found]), score, groups, customers)
    people = len(np.unique(customers))
    made = [
        _driver(each, place, model, groups, score, better, _chance(each.columns.shape[1], people, len(found)))
        for place, each in enumerate(found)
    ]
    return sorted(made, key=lambda each: -each.share), model


def _chance(columns: int, customers: int, drivers: int) -> float:
    """Give the share that one of so many unrelated drivers gets in 5 of 100 samples at most (Wilson and Hilferty)."""
    spread = 2 / (9 * columns)
    return float(columns * (1 - spread + normal_quantile(1 - 0.05 / drivers) * spread**0.5) ** 3 / customers)


def _driver(
    each: Weighed, place: int, model: Importance, groups: Sequence[int], score: Floats, better: str, chance: float
) -> Driver:
    slopes = model.slopes[np.asarray(groups) == place]
    values = each.of.values
    is_number = not each.levels
    part = (each.columns[:, :1] if is_number else each.columns) @ (slopes[:1] if is_number else slopes)
    part = part[each.known] if is_number else part
    sign = -1.0 if better == "low" else 1.0
    worst, best = np.percentile(sign * part, (TAIL, 100 - TAIL))
    mean = float((sign * part).mean())
    return Driver(
        slug=each.of.slug,
        name=each.of.name,
        share=100 * float(model.share[place]),
        low=100 * float(model.low[place]),
        high=100 * float(model.high[place]),
        first=float(model.first[place]),
        is_chance=bool(model.share[place] <= chance),
        n=int(each.known.sum()),
        performance=None if best <= worst else float(np.clip(100 * (mean - worst) / (best - worst), 0, 100)),
        gain=None if best <= worst else max(float(best) - mean, 0.0),
        mean=float(values[each.known].mean()) if is_number else None,
        slope=float(slopes[0]) if is_number else None,
        unit=each.of.unit,
        levels=() if is_number else _levels(each, slopes, score),
    )


def _levels(each: Weighed, slopes: Floats, score: Floats) -> tuple[DriverLevel, ...]:
    masks = [each.columns.sum(axis=1) == 0, *(each.columns.T > 0)]
    effects = [0.0, *slopes.tolist()]
    return tuple(
        DriverLevel(name=name, n=int(mask.sum()), mean=float(score[mask].mean()), effect=effect)
        for name, mask, effect in zip(each.levels, masks, effects, strict=True)
    )
