"""A journey's cases: how they end, what they take, and where they turn back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from sojourn.engine.answers import cases_figures as figures
from sojourn.engine.answers.cases_asked import CHANNEL, CasesAsked, check, named, stages_of
from sojourn.engine.answers.cases_found import CasesFigures
from sojourn.engine.answers.door import AnyDoor, C, Codes, Door, bounds, dimension_values, known_codes, visitors_of
from sojourn.engine.answers.funnel import with_window
from sojourn.engine.answers.words import BIN_EDGES_S, DAY_S, MICROS
from sojourn.engine.kernels import cohorts
from sojourn.engine.kernels.cases.fold import CasesFold
from sojourn.engine.kernels.cases.found import Cases
from sojourn.engine.kernels.thinning import top_steps
from sojourn.kit.calendar import zone_called
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, micros

STEPS_MOST = 800  # kinds of events that count in a case, beside those named
CHANNELS_SHOWN = 12


def cases(door: Door[C], asked: CasesAsked) -> tuple[CasesFigures, C]:
    """Say how the cases begun in a period went.

    An event named that never happened counts for nothing and is told as `unseen`. Steps, ways back, hand-offs and
    stages of too few customers are left out. Raise InvalidError for what cannot be asked, a start event that never
    happened, or a dimension that there is not.
    """
    check(asked)
    window, known = timedelta(days=asked.window_days), door.known()
    # a case that runs since before the period keeps later starts from being cases of their own
    read = with_window(door.period, asked.window_days * DAY_S, since=False)
    edges = () if asked.trend is None else cohorts.spans(asked.trend, door.period, known, zone_called(asked.zone))
    shown, channels = _counted(asked, door, read), _channels(asked.across, door, read)
    if channels is None:
        asked, channels = replace(asked, across=""), ()

    def fold_for(codes: Codes) -> CasesFold:
        known_codes(codes, (asked.start,))
        return CasesFold(
            [codes.code(name) for name in shown],
            as_of_us=0 if known.until is None else micros(known.until),
            marks=[micros(edge) for edge in edges[1:-1]] or ([micros(edges[-1])] if edges else []),
            least=door.fewest,
            **bounds(door.period),
            **_journey(asked, codes),
            **_dimensions(asked, codes, channels),
        )

    answer = door.ask(
        fold_for,
        period=read,
        key=("journeys.cases", _frozen(asked), door.period, shown, channels, edges, known.until),
        told=_told(asked, door.period),
        keeping=named(asked),  # what is not read can neither begin nor end a case
    )
    found = _figures(asked, answer.value, answer.names, max(door.fewest, 1))
    return replace(found, trend=figures.trend(answer.value.spans, edges, window, known)), answer.coverage


def _journey(asked: CasesAsked, codes: Codes) -> dict[str, Any]:
    """Give what says where cases begin, end and stay, by code."""

    def coded(names: Sequence[str]) -> list[int]:
        seen_otherwise = tuple(name for name in names if codes.shown_as.get(name, name) != name)
        known_codes(codes, seen_otherwise)  # refuses them, saying what they are seen as
        return [codes.code(name) for name in names]

    return {
        "start": codes.code(asked.start),
        "goals": coded(asked.goals),
        "outcomes": [coded(events) for events in asked.outcomes.values()],
        "stages": [coded(stage.events) for stage in stages_of(asked)],
        "window_us": asked.window_days * DAY_S * MICROS,
        "idle_us": None if asked.idle_days is None else round(asked.idle_days * DAY_S * MICROS),
        "landmark_us": None if asked.landmark_hours is None else round(asked.landmark_hours * 3_600 * MICROS),
        "edges_us": [edge * MICROS for edge in BIN_EDGES_S],
        "top": asked.top,
    }


def _dimensions(asked: CasesAsked, codes: Codes, channels: Sequence[str]) -> dict[str, Any]:
    """Give the dimensions of hand-offs and of the breakdown; raise InvalidError for one that there is not."""
    given: dict[str, Any] = {}
    if asked.across:
        texts = dimension_values(codes, asked.across)
        given |= {"across": asked.across, "channels": texts}
        given["channels_shown"] = [code for code, text in enumerate(texts) if text in channels]
    if asked.by:
        given |= {"by": asked.by, "texts": dimension_values(codes, asked.by)}
    return given


def _counted(asked: CasesAsked, door: AnyDoor, period: Period) -> tuple[str, ...]:
    """Name the events that count in a case: those asked for, and unless only they do, the most frequent others."""
    others = () if asked.only_named else top_steps(visitors_of(door, period), STEPS_MOST)
    return tuple(dict.fromkeys((*named(asked), *others)))


def _channels(across: str, door: AnyDoor, period: Period) -> tuple[str, ...] | None:
    """Choose the values that hand-offs are shown between: those of most customers. None: no event has a channel."""
    if not across:
        return ()
    try:
        visitors = door.visitors_by(across, period)
    except InvalidError:
        if across == CHANNEL:
            return None
        raise
    return top_steps({name: customers for name, customers in visitors.items() if name}, CHANNELS_SHOWN)


def _frozen(asked: CasesAsked) -> tuple[object, ...]:
    """Give the question as something that can be looked up by."""
    fixed = (getattr(asked, each.name) for each in fields(asked) if each.name != "outcomes")
    return (*fixed, tuple(asked.outcomes.items()))


def _told(asked: CasesAsked, period: Period) -> dict[str, object]:
    """Give the question's parameters as people read them."""
    told: dict[str, object] = {"start": asked.start, "started": period, "goals": asked.goals}
    told |= {f"outcome {name}": events for name, events in asked.outcomes.items()}
    told |= {f"stage {stage.name}": stage.events for stage in stages_of(asked)}
    told["window in days"] = asked.window_days
    if asked.idle_days is not None:
        told["abandoned after days without an event"] = asked.idle_days
    if asked.landmark_hours is not None:
        told["friction up to hours after the start"] = asked.landmark_hours
    told["events counted"] = "those named" if asked.only_named else "all meanwhile"
    if asked.across:
        told["hand-offs between values of"] = asked.across
    if asked.by is not None:
        told["by, at the start event"] = asked.by
    if asked.trend is not None:
        told[f"by {asked.trend} of the start event, in"] = asked.zone
    return told


def _figures(asked: CasesAsked, found: Cases, names: Sequence[str], fewest: int) -> CasesFigures:
    whole = found.whole
    return CasesFigures(
        asked=asked,
        unseen=tuple(name for name in named(asked) if name not in names),
        customers=whole.endings[0].customers,
        started=whole.open + whole.closed,
        open=whole.open,
        closed=whole.closed,
        endings=figures.endings(found, tuple(asked.outcomes)),
        events=figures.effort(whole.events),
        sizes=figures.sizes(found),
        repeats=figures.effort(whole.repeats),
        with_repeats=figures.share(found.with_repeats),
        over=found.over,
        by_repeats=figures.friction(found.by_repeats),
        handoffs=figures.effort(whole.handoffs) if asked.across else figures.UNKNOWN,
        with_handoffs=figures.share(found.with_handoffs) if asked.across else None,
        by_handoffs=figures.friction(found.by_handoffs) if asked.across else (),
        passes=figures.passes(found, fewest),
        rework=figures.rework(found, names, fewest),
        ways_back=figures.ways_back(found.ways_back, names, fewest),
        stages=figures.stages(found.stages, stages_of(asked), fewest),
        parts=figures.parts(found, fewest, crossing=bool(asked.across)),
        trend=(),
    )
