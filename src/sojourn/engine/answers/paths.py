"""The tree of paths: what came after an event, or before it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from sojourn.engine.answers.door import Answered, C, Codes, Door, bounds, known_codes, shown_steps
from sojourn.engine.answers.words import DAY_S, MICROS, Share, seconds, share
from sojourn.engine.kernels import lens
from sojourn.engine.kernels import paths as kernel
from sojourn.engine.kernels.lens import LAST_INSTANT
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

DEPTH_MOST = 10
BREADTH_MOST = 20
DAYS_MOST = 3_650
MINUTES_MOST = DAYS_MOST * 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class PathsAsked:
    """Which tree of paths: from an event or to it, how far and how wide.

    `root` "" means the step that most customers had. Without `every` a customer's first `root` in the period counts.
    `collapse` passes over a step that repeats the one before it. A path ends where nothing more was seen, or where the
    next step lies outside `window_days` from the root or after a pause of more than `pause_minutes` (another session).
    """

    root: str = ""
    forward: bool = True
    depth: int = 4
    breadth: int = 4
    every: bool = False
    collapse: bool = True
    window_days: float | None = None
    pause_minutes: float | None = None
    least: float = 0.01  # share of the root's customers below which a step counts with the others


class PathNodeKind(StrEnum):
    """What stands at a node of a tree of paths."""

    STEP = "step"
    END = "end"  # nothing more was seen within the limits
    OTHERS = "others"  # the steps that are not shown, together


KINDS = {
    kernel.STEP: PathNodeKind.STEP, kernel.ENDED: PathNodeKind.END, kernel.OTHERS: PathNodeKind.OTHERS,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class PathNode:
    """A node of a tree of paths; shares are of customers: of those at the root, and of those at the node before."""

    before: int | None  # place of the node before
    depth: int
    kind: PathNodeKind
    name: str  # "" but for steps
    gathered: int  # different steps in others
    customers: int
    times: int
    share: Share
    share_before: Share
    median_s: float | None  # from the root, or to it


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeFigures:
    """What came after an event, or before it; nodes in order of reading, each before its children."""

    asked: PathsAsked  # with the root that was chosen
    nodes: tuple[PathNode, ...]
    steps_in_all: int


def paths(door: Door[C], asked: PathsAsked, *, steps_shown: int) -> tuple[TreeFigures, C]:
    """Give the tree of paths from an event, or to it, of the steps that most customers had.

    The period bounds the root; with a window or a pause the paths may lead out of it. Steps of too few customers
    count with the others. Raise InvalidError for limits that cannot be, or an event that was never seen.
    """
    _check(asked)
    read = _wider(door.period, asked)
    shown, steps_in_all = shown_steps(door, steps_shown, read)
    asked = replace(asked, root=asked.root or next(iter(shown), ""))
    shown = tuple(sorted({*shown, asked.root} - {""}))  # the same steps are the same question
    answer = door.ask(
        lambda codes: _fold(codes, shown, asked, door),
        period=read,
        key=("journeys.paths", shown, asked, door.period, door.fewest),
        told=_told(asked, shown, door.period),
    )
    return TreeFigures(asked=asked, nodes=_nodes(answer), steps_in_all=steps_in_all), answer.coverage


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


def _fold(codes: Codes, shown: tuple[str, ...], asked: PathsAsked, door: Door[C]) -> kernel.PathsFold:
    window, pause = _window_s(asked), _pause_s(asked)
    return kernel.PathsFold(
        lens.only(known_codes(codes, shown)),
        root=codes.code(asked.root),
        forward=asked.forward,
        depth=asked.depth,
        breadth=asked.breadth,
        fewest=door.fewest,
        least_share=asked.least,
        every=asked.every,
        collapse=asked.collapse,
        window_us=LAST_INSTANT if window is None else window * MICROS,
        gap_us=LAST_INSTANT if pause is None else pause * MICROS,
        **bounds(door.period),
    )


def _window_s(asked: PathsAsked) -> int | None:
    return None if asked.window_days is None else round(asked.window_days * DAY_S)


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


def _nodes(answer: Answered[kernel.PathTree, C]) -> tuple[PathNode, ...]:
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
            share=share(customers[place], customers[0]),
            share_before=share(customers[place], customers[max(before, 0)]),
            median_s=seconds(median),
        )
        for place, (before, depth, kind, code, gathered, times, median) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        )
    )
