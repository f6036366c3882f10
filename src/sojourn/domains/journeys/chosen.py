"""What was chosen, as a chooser of customers under the question that counted them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from itertools import pairwise
from typing import Final

import numpy as np

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules, ways
from sojourn.domains.journeys.contracts import (
    BranchChosen,
    CellChosen,
    Chosen,
    FunnelChosen,
    PathChosen,
    PathNodeKind,
    PathTree,
    PatternChosen,
    Question,
    StepChosen,
    VariantChosen,
)
from sojourn.domains.journeys.queries.door import bounds, known_codes, shown_steps
from sojourn.domains.journeys.queries.funnel import detail_fold, with_own, with_window
from sojourn.domains.journeys.queries.paths import paths
from sojourn.domains.journeys.queries.retention import codes_of, known_span, retention
from sojourn.domains.privacy.contracts import Codes, EventFilter, Purpose
from sojourn.engine.answers import funnel_asked
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.choosing import CellChooser, FunnelChooser, PatternChooser
from sojourn.engine.kernels.customers import Chooser
from sojourn.engine.kernels.patterns import PatternError, bind, compile_pattern, read
from sojourn.engine.kernels.words import NO_CODE
from sojourn.kit.calendar import zone_called
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.period import Period, instant

STEPS_MOST: Final = 62  # of a variant, with its start and its end 64


@dataclass(frozen=True, kw_only=True)
class Behind:
    """How to find the customers behind a number; `says` names the number, `pattern` finds them where one does."""

    chooser_for: Callable[[Codes], Chooser]
    period: Period
    events: EventFilter
    key: Hashable
    says: str
    told: Mapping[str, object]
    pattern: str | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Whose number it was."""

    question: Question
    viewer: Viewer
    purpose: Purpose
    now: datetime | None = None


def behind(chosen: Chosen, asking: Asking) -> Behind:
    """Find out how to find the customers; raise InvalidError or NotFoundError for a number that is not there."""
    if isinstance(chosen, StepChosen):
        return _shown(ways.step(chosen.name, chosen.place), (chosen.name,), asking, f"step {chosen.name}")
    if isinstance(chosen, PathChosen):
        ends = (chosen.source, chosen.target)
        return _shown(ways.path(*ends), ends, asking, " -> ".join(ends))
    if isinstance(chosen, VariantChosen):
        return _variant(chosen, asking)
    if isinstance(chosen, PatternChosen):
        return _pattern(chosen.pattern, None, asking, "pattern")
    if isinstance(chosen, BranchChosen):
        return _branch(chosen, asking)
    return _funnel(chosen, asking) if isinstance(chosen, FunnelChosen) else _cell(chosen, asking)


def _shown(pattern: str, names: tuple[str, ...], asking: Asking, says: str) -> Behind:
    """Look for a pattern among the steps that the question's graph shows."""
    shown, _ = shown_steps(asking.question, asking.viewer, asking.purpose)
    if missing := sorted(set(names) - set(shown)):
        raise NotFoundError(f"{', '.join(missing)} is not among the steps shown; show more steps.")
    return _pattern(pattern, frozenset(shown), asking, says)


def _variant(chosen: VariantChosen, asking: Asking) -> Behind:
    if not 1 <= len(chosen.steps) <= STEPS_MOST:
        raise InvalidError(f"steps: customers are listed for ways of 1 to {STEPS_MOST} steps, not {len(chosen.steps)}.")
    return _shown(ways.variant(chosen.steps), chosen.steps, asking, "variant")


def _pattern(pattern: str, shown: frozenset[str] | None, asking: Asking, says: str) -> Behind:
    automaton = compile_pattern(read(pattern))
    period = asking.question.period

    def chooser_for(codes: Codes) -> Chooser:
        over = rules.IDENTITY_EVENTS if shown is None else [name for name in codes.names if name and name not in shown]
        return PatternChooser(bind(automaton, codes.names, codes.dimensions, passed_over=over), **bounds(period))

    return Behind(
        chooser_for=chooser_for,
        period=period,
        events=asking.question.events,
        key=("pattern", pattern, shown),
        says=f"{says}: {pattern}",
        told={"customers who match": pattern} | ({} if shown is None else {"steps kept": tuple(sorted(shown))}),
        pattern=pattern,
    )


def _branch(chosen: BranchChosen, asking: Asking) -> Behind:
    asked = chosen.asked
    if asked.window_days is not None or asked.pause_minutes is not None:
        raise InvalidError("window: the customers behind a path are listed without window and pause only.")
    shown, _ = shown_steps(asking.question, asking.viewer, asking.purpose)
    asked = replace(asked, root=asked.root or next(iter(shown), ""))
    chosen = replace(chosen, asked=asked)
    tree = paths(question=asking.question, viewer=asking.viewer, asked=asked, purpose=asking.purpose)
    siblings = _children(tree, chosen.way) if chosen.kind is PathNodeKind.OTHERS else ()
    try:
        return _pattern(ways.branch(chosen, siblings), frozenset({*shown, asked.root}), asking, "path")
    except PatternError:
        raise InvalidError("way: this way is too long to list its customers.") from None


def _children(tree: PathTree, way: tuple[str, ...]) -> tuple[str, ...]:
    """Name the steps shown behind a node; raise NotFoundError when the tree does not show it."""
    at = 0
    for name in way:
        steps = [k for k, node in enumerate(tree.nodes) if node.before == at and node.name == name]
        if not steps:
            raise NotFoundError(f"The tree of paths does not show {name} there.")
        at = steps[0]
    return tuple(node.name for node in tree.nodes if node.before == at and node.kind is PathNodeKind.STEP)


def _funnel(chosen: FunnelChosen, asking: Asking) -> Behind:
    options = replace(chosen.options, trend=None)
    funnel_asked.check(chosen.steps, chosen.window_days, options)
    if not 1 <= chosen.step <= len(chosen.steps):
        raise InvalidError(f"of: choose a step from 1 to {len(chosen.steps)}, not {chosen.step}.")
    if chosen.part is not None and options.by is None:
        raise InvalidError("part: say by which dimension.")
    window_s = round(chosen.window_days * rules.DAY_S)

    def chooser_for(codes: Codes) -> Chooser:
        named = [known_codes(codes, names) for names in chosen.steps]
        fold = detail_fold(named, codes, options, asking.question, (), window_s)
        texts = codes.dimensions[options.by] if options.by is not None else ()
        every = [code for each in named for code in each]
        return FunnelChooser(
            fold, step=chosen.step - 1, lost=chosen.lost, codes=every, value=_value(texts, chosen.part)
        )

    reached = "came to this step and no further" if chosen.lost else "reached this step"
    return Behind(
        chooser_for=chooser_for,
        period=with_window(asking.question.period, window_s),
        events=with_own(asking.question.events, chosen.steps, options),
        key=("funnel", chosen, asking.question.period, asking.question.identity_steps),
        says=f"funnel: {reached}, {chosen.step} of {', '.join('|'.join(each) for each in chosen.steps)}",
        told={
            "customers of the funnel": chosen.steps,
            "window in days": chosen.window_days,
            reached: chosen.step,
            **({} if chosen.part is None else {f"at the first step, {options.by}": chosen.part}),
        },
    )


def _value(texts: tuple[str, ...], part: str | None) -> int | None:
    if not part:
        return None if part is None else int(NO_CODE)
    if part not in texts:
        raise NotFoundError(f"No event has the value {part}.")
    return texts.index(part)


def _cell(chosen: CellChosen, asking: Asking) -> Behind:
    asked, question = chosen.asked, asking.question
    zone = zone_called(asked.zone)
    plan = cohorts.plan(asked, question.period, known_span(asking.now, asking.viewer, asking.purpose), zone)
    day = datetime.combine(chosen.cohort, time(), zone)
    found = [at for at, (since, until) in enumerate(pairwise(plan.cohort_edges)) if since <= day < until]
    if not found:
        raise NotFoundError(f"No cohort holds {chosen.cohort.isoformat()}.")
    if chosen.column is not None:
        table = retention(asked=asked, question=question, viewer=asking.viewer, purpose=asking.purpose, now=asking.now)
        if not 0 <= chosen.column < len(plan.brackets) or table.cohorts[found[0]].cells[chosen.column].returned is None:
            raise NotFoundError("There is no such column, or its time has not passed for the whole cohort.")
    bracket = None if chosen.column is None else plan.brackets[chosen.column]

    def chooser_for(codes: Codes) -> Chooser:
        return CellChooser(
            start=codes_of(codes, asked.start, question),
            returns=codes_of(codes, asked.returns, question),
            edges=plan.edges_us,
            cohorts=plan.cohorts,
            cohort=found[0],
            bracket=bracket,
            as_of_us=plan.as_of_us,
            recurring=asked.recurring,
            or_after=asked.or_after,
        )

    since = plan.cohort_edges[0] if asked.recurring else None
    came = "started" if bracket is None else f"came back {bracket[0]} to {bracket[1]} {plan.distance_unit}s later"
    return Behind(
        chooser_for=chooser_for,
        period=Period(since=since, until=instant(plan.edges_us[-1])),
        events=question.events,
        key=("cell", chosen, plan),
        says=f"retention: {asked.unit} of {chosen.cohort.isoformat()}, {came}",
        told={"cohort by": asked.unit.value, "with the day": chosen.cohort.isoformat(), "of them those who": came},
    )


def hidden(codes: Codes, question: Question) -> np.ndarray[tuple[int], np.dtype[np.uint8]] | None:
    """Give the table of events that strips leave out: those that only say who somebody is."""
    if question.identity_steps:
        return None
    table = np.zeros(int(NO_CODE) + 1, np.uint8)
    table[[codes.code(name) for name in rules.IDENTITY_EVENTS if codes.code(name) != NO_CODE]] = 1
    return table
