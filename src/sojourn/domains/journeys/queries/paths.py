"""The tree of paths: what came after an event, or before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import PathNode, PathNodeKind, PathsAsked, PathTree, Question
from sojourn.domains.journeys.queries.door import bounds, known_codes, shown_steps
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Answer, Codes, Purpose
from sojourn.engine.kernels import lens
from sojourn.engine.kernels import paths as kernel
from sojourn.engine.kernels.lens import LAST_INSTANT
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

DEPTH_MOST = 10
BREADTH_MOST = 20
DAYS_MOST = 3_650
MINUTES_MOST = DAYS_MOST * 24 * 60
KINDS = {
    kernel.STEP: PathNodeKind.STEP, kernel.ENDED: PathNodeKind.END, kernel.OTHERS: PathNodeKind.OTHERS,
}  # fmt: skip


def paths(
    *,
    question: Question,
    viewer: Viewer,
    asked: PathsAsked = PathsAsked(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
) -> PathTree:
    """Give the tree of paths from an event, or to it, of the steps that most customers had.

    The period bounds the root; with a window or a pause the paths may lead out of it. Steps of fewer customers than
    the k floor count with the others. Raise InvalidError for limits that cannot be, or an event that was never seen.
    """
    _check(asked)
    read = _wider(question.period, asked)
    shown, steps_in_all = shown_steps(replace(question, period=read), viewer, purpose)
    asked = replace(asked, root=asked.root or next(iter(shown), ""))
    shown = tuple(sorted({*shown, asked.root} - {""}))  # the same steps are the same question
    answer = privacy.ask(
        fold_for=lambda codes: _fold(codes, shown, asked, question.period),
        period=read,
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.paths", shown, asked, question.period, settings.SOJOURN.k_floor),
        told=_told(asked, shown, question.period),
    )
    return PathTree(
        asked=asked,
        nodes=_nodes(answer),
        steps_in_all=steps_in_all,
        coverage=replace(answer.coverage, period=question.period),
    )


def _check(asked: PathsAsked) -> None:
    if not 1 <= asked.depth <= DEPTH_MOST:
        raise InvalidError(f"depth: choose 1 to {DEPTH_MOST} steps, not {asked.depth}.")
    if not 1 <= asked.breadth <= BREADTH_MOST:
        raise InvalidError(f"breadth: choose 1 to {BREADTH_MOST} steps, not {asked.breadth}.")
    if asked.window_days is not None and not 0 < asked.window_days <= DAYS_MOST:
        raise InvalidError(f"window: choose more than 0 and at most {DAYS_MOST} days, not {asked.window_days:g}.")
    if asked.pause_minutes is not None and not 0 < asked.pause_minutes <= MINUTES_MOST:
        raise InvalidError(
            f"pause: choose more than 0 and at most {MINUTES_MOST} minutes, not {asked.pause_minutes:g}."
        )
    if not 0 <= asked.least <= 1:
        raise InvalidError(f"least: choose a share from 0 to 1, not {asked.least:g}.")


def _fold(codes: Codes, shown: tuple[str, ...], asked: PathsAsked, period: Period) -> kernel.PathsFold:
    window, pause = _window_s(asked), _pause_s(asked)
    return kernel.PathsFold(
        lens.only(known_codes(codes, shown)),
        root=codes.code(asked.root),
        forward=asked.forward,
        depth=asked.depth,
        breadth=asked.breadth,
        fewest=settings.SOJOURN.k_floor,
        least_share=asked.least,
        every=asked.every,
        collapse=asked.collapse,
        window_us=LAST_INSTANT if window is None else window * rules.MICROS,
        gap_us=LAST_INSTANT if pause is None else pause * rules.MICROS,
        **bounds(period),
    )


def _window_s(asked: PathsAsked) -> int | None:
    return None if asked.window_days is None else round(asked.window_days * rules.DAY_S)


def _pause_s(asked: PathsAsked) -> int | None:
    return None if asked.pause_minutes is None else round(asked.pause_minutes * 60)


def _wider(period: Period, asked: PathsAsked) -> Period:
    """Give the period in which the events of paths may lie, whose roots lie in the period asked about."""
    window, pause = _window_s(asked), _pause_s(asked)
    reaches = [reach for reach in (window, None if pause is None else pause * asked.depth) if reach is not None]
    further = timedelta(seconds=min(reaches, default=0))
    if asked.forward:
        return Period(since=period.since, until=None if period.until is None else period.until + further)
    return Period(since=None if period.since is None else period.since - further, until=period.until)


def _told(asked: PathsAsked, shown: tuple[str, ...], period: Period) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    return {
        "from" if asked.forward else "to": asked.root,
        "happened": period,
        "of a customer's": "every one" if asked.every else "the first",
        "steps kept": shown,
        "at most": f"{asked.depth} steps on, {asked.breadth} a step, each of {asked.least:.1%} of customers",
        **({"repeats at once": "passed over"} if asked.collapse else {}),
        **({} if asked.window_days is None else {"window in days": asked.window_days}),
        **({} if asked.pause_minutes is None else {"longest pause in minutes": asked.pause_minutes}),
    }


def _nodes(answer: Answer[kernel.PathTree]) -> tuple[PathNode, ...]:
    found = answer.value
    customers = found.customers.tolist()
    columns = (found.before, found.depth, found.kind, found.code, found.gathered, found.times, found.median_time)
    return tuple(
        PathNode(
            before=None if before < 0 else before,
            depth=depth,
            kind=KINDS[kind],
            name=answer.names[code] if kind == kernel.STEP and code < len(answer.names) else "",
            gathered=gathered,
            customers=customers[place],
            times=times,
            share=rules.share(customers[place], customers[0]),
            share_before=rules.share(customers[place], customers[max(before, 0)]),
            median_s=rules.seconds(median),
        )
        for place, (before, depth, kind, code, gathered, times, median) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    )
