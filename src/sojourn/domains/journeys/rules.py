"""Thought of journeys: which steps and paths make a graph that can be read, and what a journey must be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isnan
from typing import Final

import numpy as np

from sojourn.domains.journeys.contracts import AttributionAsked, GapBin, Journey, Share
from sojourn.domains.privacy import contracts as privacy
from sojourn.engine.kernels.attribution import TOUCHPOINTS_MOST
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.intervals import Interval, proportion, wilson
from sojourn.kit.errors import InvalidError

MICROS: Final = 1_000_000
DAY_S: Final = 86_400
STEPS_MOST: Final = 200
FUNNEL_STEPS_MOST: Final = 50
WINDOW_DAYS_MOST: Final = 3_650
BIN_EDGES_S: Final = (
    0, 1, 10, 60, 600, 3_600, 6 * 3_600, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S, 90 * DAY_S,
)  # fmt: skip
IDENTITY_EVENTS: Final = privacy.IDENTITY_EVENTS
NO_SHARE: Final = Share(value=0.0, low=0.0, high=1.0, n=0, too_few=True)


def share(successes: int, n: int) -> Share:
    """Give a share of independent customers with its 95 % interval."""
    return _share(wilson(successes, n), n) if n else NO_SHARE


def clustered_share(clusters: Clusters) -> Share:
    """Give a share whose customers may count several times; `n` is then the number of times."""
    return _share(proportion(clusters), int(clusters.n)) if clusters.n else NO_SHARE


def _share(found: Interval, n: int) -> Share:
    return Share(value=found.value, low=found.low, high=found.high, n=n, too_few=found.is_too_few())


def seconds(micros: float) -> float | None:
    """Turn microseconds into seconds, and a figure that means nothing (NaN) into None."""
    return None if isnan(micros) else float(micros) / MICROS


def gap_bins(gaps_us: Int64s) -> tuple[GapBin, ...]:
    """Count ascending gaps in spans that people name (a second, a minute, an hour, a day), without empty ends."""
    cuts = np.searchsorted(gaps_us, np.array(BIN_EDGES_S) * MICROS)
    return filled_bins(np.diff(cuts, append=len(gaps_us)).tolist())


def filled_bins(times: Sequence[int]) -> tuple[GapBin, ...]:
    """Name the spans between `BIN_EDGES_S` that times were counted in, without empty ends."""
    filled = [place for place, each in enumerate(times) if each]
    if not filled:
        return ()
    ends = [*BIN_EDGES_S[1:], None]
    return tuple(
        GapBin(since_s=BIN_EDGES_S[place], until_s=ends[place], times=times[place])
        for place in range(filled[0], filled[-1] + 1)
    )


def check_explorer(*, steps_shown: int, paths_shown: float) -> None:
    """Raise InvalidError when a slider stands where it cannot."""
    if not 1 <= steps_shown <= STEPS_MOST:
        raise InvalidError(f"steps: choose 1 to {STEPS_MOST} steps, not {steps_shown}.")
    if not 0 <= paths_shown <= 1:
        raise InvalidError(f"paths: choose a share from 0 to 1, not {paths_shown:g}.")


def check_funnel(*, steps: Sequence[Sequence[str]], window_days: float) -> None:
    """Raise InvalidError when steps or window cannot make a funnel."""
    if not 1 <= len(steps) <= FUNNEL_STEPS_MOST:
        raise InvalidError(f"steps: a funnel has 1 to {FUNNEL_STEPS_MOST} steps, not {len(steps)}.")
    if not all(steps) or not all(name.strip() for step in steps for name in step):
        raise InvalidError("steps: each step names at least one event.")
    _check_window(window_days)


def check_attribution(asked: AttributionAsked) -> None:
    """Raise InvalidError when an outcome cannot be attributed as asked."""
    if not asked.outcome or not all(name.strip() for name in asked.outcome):
        raise InvalidError("outcome: name at least one event.")
    if len(set(asked.touchpoints)) != len(asked.touchpoints) or not all(asked.touchpoints):
        raise InvalidError("touchpoints: name each touchpoint once.")
    if len(asked.touchpoints) > TOUCHPOINTS_MOST:
        raise InvalidError(f"touchpoints: name at most {TOUCHPOINTS_MOST}, not {len(asked.touchpoints)}.")
    if not asked.by and (both := sorted(set(asked.outcome) & set(asked.touchpoints))):
        raise InvalidError(f"touchpoints: {', '.join(both)} is the outcome; it cannot be a touchpoint, too.")
    _check_window(asked.window_days)
    if not 0 < asked.half_life_days <= WINDOW_DAYS_MOST:
        raise InvalidError(f"half-life: choose more than 0 and at most {WINDOW_DAYS_MOST} days.")


def check_journey(journey: Journey) -> None:
    """Raise InvalidError, naming the field, when a journey cannot be measured."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", journey.slug):
        raise InvalidError("slug: 1 to 63 small letters, digits, - and _, beginning with a letter or digit.")
    if not journey.name.strip() or len(journey.name) > 100:
        raise InvalidError("name: 1 to 100 characters.")
    if not journey.start.strip():
        raise InvalidError("start: name the event that begins the journey.")
    if not journey.goals:
        raise InvalidError("goals: name at least one event that completes the journey.")
    if not all(name.strip() and events for name, events in journey.outcomes.items()):
        raise InvalidError("outcomes: each outcome has a name and at least one event.")
    for reserved in {"completed", "abandoned", "open"} & set(journey.outcomes):
        raise InvalidError(f"outcomes: {reserved} is not a name for an outcome; it says how the others ended.")
    _check_roles(journey)
    if journey.steps:
        check_funnel(steps=[(step,) for step in journey.steps], window_days=journey.window_days)
    _check_window(journey.window_days)


def other_outcomes(journey: Journey) -> dict[str, tuple[str, ...]]:
    """Give the outcomes that are not completion: an outcome made of goals (approved) only names it."""
    return {name: events for name, events in journey.outcomes.items() if not set(events) <= set(journey.goals)}


def _check_roles(journey: Journey) -> None:
    roles: list[tuple[str, Iterable[str]]] = [
        ("start", [journey.start]),
        ("goals", journey.goals),
        *((f"outcome {name}", events) for name, events in other_outcomes(journey).items()),
    ]
    seen: dict[str, str] = {}
    for role, events in roles:
        for event in events:
            if not event.strip():
                raise InvalidError(f"{role}: an event's name is empty.")
            if seen.setdefault(event, role) != role:
                raise InvalidError(f"{role}: {event} is already an event of {seen[event]}; it can mean one thing only.")


def _check_window(window_days: float) -> None:
    if not 0 < window_days <= WINDOW_DAYS_MOST:
        raise InvalidError(f"window: choose more than 0 and at most {WINDOW_DAYS_MOST} days, not {window_days:g}.")
