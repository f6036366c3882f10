"""Which events and properties go with completing a journey."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sojourn.engine.answers import differences
from sojourn.engine.answers.completion import JourneyAsked, known_until_us, other_outcomes
from sojourn.engine.answers.differences import ShareDifference
from sojourn.engine.answers.door import Answered, C, Codes, Door, bounds
from sojourn.engine.answers.funnel import with_window
from sojourn.engine.answers.sides import looks_at
from sojourn.engine.answers.words import DAY_S, IDENTITY_EVENTS, MICROS, Share, share
from sojourn.engine.kernels.success import Success, SuccessFold
from sojourn.engine.kernels.words import NO_CODE
from sojourn.engine.stats.clusters import Clusters
from sojourn.engine.stats.differences import Sides, risk_ratio
from sojourn.kit.errors import InvalidError

HOUR_US = 3_600 * MICROS
MOST = 100  # of each kind; those that most customers had
NOT_SAID = "(none)"
SAME_PLACE = frozenset({"source"})  # says which software told, not what the customer did

Counted = tuple[str, tuple[str, ...], int, int]  # kind, names, customers who had it, those of them who succeeded


@dataclass(frozen=True, kw_only=True, slots=True)
class Companion:
    """What goes with success: side b had it, side a had not; `ratio` is how many times as likely success was.

    `kind` is `event` (on the way, before the end) or `property` (of the start event).
    """

    kind: str
    names: tuple[str, ...]
    share: ShareDifference
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SuccessFigures:
    """What goes with completing a journey, largest effect first; each customer once, with the first one closed.

    It says what goes together, not what causes what. `over` journeys ended before the landmark and are left out.
    """

    completed: Share
    companions: tuple[Companion, ...]
    tested: int
    landmark_hours: float | None
    over: int
    looks: str
    method: str


def success(
    door: Door[C], journey: JourneyAsked, *, landmark_hours: float | None = None, looks: str | None = None
) -> tuple[SuccessFigures, C]:
    """Say what goes with completing a journey: events on the way, and what the start event says.

    With `landmark_hours` only events so soon after the start count, of journeys still running then: without it slow
    events seem to go with failure, as failures are watched for longer. Raise InvalidError.
    """
    if landmark_hours is not None and not 0 < landmark_hours < journey.window_days * 24:
        raise InvalidError(f"landmark: choose more than 0 and less than the journey's {journey.window_days:g} days.")
    as_of_us = known_until_us(door)
    how = looks_at(looks, (door,), as_of_us)
    dimensions: dict[str, tuple[str, ...]] = {}
    there: list[str] = []

    def ask(by: str | None) -> Answered[Success, C]:
        def fold_for(codes: Codes) -> SuccessFold:
            if by is None:
                there.extend(sorted(codes.dimensions))
            else:
                dimensions[by] = codes.dimensions[by]
            return _fold(journey, codes, door, as_of_us, landmark_hours, by)

        return door.ask(
            fold_for,
            period=with_window(door.period, journey.window_days * DAY_S, since=False),
            told={"start": journey.start, "goals": journey.goals, "window in days": journey.window_days},
        )

    answers: dict[str | None, Answered[Success, C]] = {None: ask(None)}
    for each in there:
        if each not in door.filtered | SAME_PLACE:
            answers[each] = ask(each)
    whole = answers[None].value
    fewest = max(door.fewest, 1)
    counted = [row for by, answer in answers.items() for row in _counted(by, answer, dimensions, fewest)]
    family = [differences.shares(_without(n, k, whole), how) for _, _, n, k in counted]
    p = differences.corrected(family)
    companions = []
    for (kind, names, _, _), found, adjusted in zip(counted, family, p, strict=True):
        ratio = risk_ratio(found.sides, how)
        companions.append(
            Companion(
                kind=kind,
                names=names,
                share=differences.share_difference(found, adjusted),
                ratio=None if ratio is None else ratio.value,
                ratio_low=None if ratio is None else ratio.low,
                ratio_high=None if ratio is None else ratio.high,
            )
        )
    many = differences.tested(family)
    figures = SuccessFigures(
        completed=share(whole.total_k, whole.total_n),
        companions=tuple(sorted(companions, key=_rank)),
        tested=many,
        landmark_hours=landmark_hours,
        over=whole.over,
        looks=how.value,
        method=differences.spoken(how, many),
    )
    return figures, answers[None].coverage


def _fold(
    journey: JourneyAsked, codes: Codes, door: Door[C], as_of_us: int, landmark_hours: float | None, by: str | None
) -> SuccessFold:
    return SuccessFold(
        start=codes.code(journey.start),
        goals=[codes.code(name) for name in journey.goals],
        outcomes=[[codes.code(name) for name in names] for names in other_outcomes(journey).values()],
        window_us=round(journey.window_days * DAY_S * MICROS),
        as_of_us=as_of_us,
        landmark_us=None if landmark_hours is None else round(landmark_hours * HOUR_US),
        by=by,
        **bounds(door.period),
    )


def _counted(
    by: str | None, answer: Answered[Success, C], dimensions: dict[str, tuple[str, ...]], fewest: int
) -> Iterator[Counted]:
    found, everybody = answer.value, answer.value.total_n
    rows = sorted(zip(found.n.tolist(), found.code.tolist(), found.k.tolist(), strict=True), reverse=True)
    # what everybody had sets nobody apart; of those without it there must be enough, too
    enough = [(n, code, k) for n, code, k in rows if n >= fewest and everybody - n >= fewest][:MOST]
    for n, code, k in enough:
        if by is None:
            name = answer.names[code]
            if name and name not in IDENTITY_EVENTS:
                yield "event", (name,), n, k
        else:
            value = NOT_SAID if code == int(NO_CODE) else dimensions[by][code]
            if value:
                yield "property", (by, value), n, k


def _without(n: int, k: int, whole: Success) -> Sides:
    """Set those who had it (side b) against all others (side a)."""
    m, j = whole.total_n - n, whole.total_k - k
    return Sides(Clusters(m, m, j, m, j, j), Clusters(n, n, k, n, k, k))


def _rank(each: Companion) -> tuple[bool, float, tuple[str, ...]]:
    return each.share.verdict not in ("more", "less"), -each.share.effect, each.names
