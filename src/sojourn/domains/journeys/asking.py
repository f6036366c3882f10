"""What a saved question asks for: its answers, in the words of the API and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from sojourn.domains.journeys.contracts import AnswerAsked, Journey, Parameters, QuestionPage, SavedQuestion
from sojourn.domains.journeys.rules import other_outcomes
from sojourn.domains.journeys.saved import OWN, SHARED, plain
from sojourn.domains.privacy.contracts import Vocabulary
from sojourn.kit.errors import InvalidError

Said = dict[str, tuple[str, ...]]
BEGINNING: Final = "1970-01-01T00:00:00Z"  # no event is older
VARIANTS: Final = "12"  # as many as the page shows
KINDS: Final = "25"
VALUES_SHOWN: Final = 50


class Asking:
    """A saved question's parameters, read for its answers."""

    def __init__(self, question: SavedQuestion, journeys: Mapping[str, Journey], known: Vocabulary, zone: str) -> None:
        self.page = question.page
        self.said = _by_name(question.parameters)
        self.journeys = journeys
        self.journey = journeys.get(self.one("journey"))
        self.known = known
        self.zone = zone

    def one(self, name: str, usual: str = "") -> str:
        """Give a parameter's first value."""
        return self.said.get(name, (usual,))[0]

    def many(self, name: str) -> tuple[str, ...]:
        """Give a parameter's values."""
        return self.said.get(name, ())

    def yes(self, name: str, answer: str = "true") -> tuple[str, ...]:
        """Give an answer where a parameter is switched on."""
        return (answer,) if self.one(name) == "1" else ()

    def span(self) -> Said:
        """Give the period: the last days of the data stay relative."""
        period = self.one("period", "90")
        if period.isdigit():
            return {"days": (period,)}
        since, until = (self.one("since"), self.one("until")) if period == "custom" else ("", "")
        found: Said = {"since": (_midnight(since),)} if since else {}
        if until:
            found["until"] = (_midnight(until, 1),)
        return found or {"since": (BEGINNING,)}

    def where(self) -> tuple[str, ...]:
        """Give the filters by dimension."""
        names = {plain(name): name for name in self.known.dimensions}
        own = {**SHARED, **OWN[self.page]}
        return tuple(
            f"{names.get(name, name)}:{value}"
            for name, values in sorted(self.said.items())
            if name not in own
            for value in values
        )

    def events(self) -> Said:
        """Give the period and which events of whom, a named journey's own ones where one is chosen."""
        having = self.many("having")
        names: tuple[str, ...] = ()
        if self.journey:
            outcomes = (event for events in self.journey.outcomes.values() for event in events)
            names = tuple(dict.fromkeys((self.journey.start, *self.journey.steps, *self.journey.goals, *outcomes)))
            having = having or (self.journey.start,)
        return self.all_events() | {"name": names, "having": having}

    def all_events(self) -> Said:
        """Give the same without a journey's narrowing: what a funnel or an ending counts is named already."""
        seen = {"level": self.many("level"), "once": self.yes("once"), "expand": self.many("expand")}
        return self.span() | seen | {"where": self.where(), "having_pattern": self.many("having_pattern")}

    def shown(self) -> Said:
        """Give what the sliders say."""
        return {
            "steps_shown": self.many("steps"),
            "paths_shown": tuple(f"{int(each) / 100:g}" for each in self.many("paths")[:1]),
            "identity_steps": self.yes("identity"),
        }

    def steps(self) -> tuple[str, ...]:
        """Give the funnel's steps, those of the journey where none are chosen."""
        return self.many("f") or (self.journey.steps if self.journey else ())

    def window(self) -> str:
        """Give the funnel's window in days."""
        if self.journey and not self.many("f"):
            return str(self.journey.window_days)
        return self.one("window", "14")


def answers(
    question: SavedQuestion, *, journeys: Mapping[str, Journey], known: Vocabulary, zone: str
) -> tuple[AnswerAsked, ...]:
    """List what a saved question asks for, in the order of its page; raise InvalidError for what cannot be asked."""
    asking = Asking(question, journeys, known, zone)
    if asking.one("journey") and asking.journey is None:
        raise InvalidError(f"journey: {asking.one('journey')} is not there any more.")
    return BY_PAGE[question.page](asking)


def _explorer(asked: Asking) -> tuple[AnswerAsked, ...]:
    common = asked.events() | asked.shown()
    found = [_asked("graph", common), _asked("variants", common | {"top": (VARIANTS,)})]
    if asked.steps():
        own: Said = {
            "step": asked.steps(),
            "window_days": (asked.window(),),
            "order": asked.many("forder"),
            "count": asked.many("fcount"),
            "per": asked.many("fper"),
            "by": asked.many("fby"),
            "trend": asked.many("ftrend"),
            "exclude": asked.many("fx"),
        }
        found.append(_asked("funnel", common | own))
    return tuple(found)


def _paths(asked: Asking) -> tuple[AnswerAsked, ...]:
    common = asked.events() | asked.shown()
    tree: Said = {
        "root": asked.many("root"),
        "direction": ("to",) if asked.one("way") == "to" else (),
        "depth": asked.many("depth"),
        "breadth": asked.many("breadth"),
        "every": asked.yes("every"),
        "collapse": asked.yes("repeats", "false"),
        "window_days": _more_than_none(asked.many("within")),
        "pause_minutes": _more_than_none(asked.many("pause")),
    }
    cut = {"timeout_minutes": asked.many("timeout"), "begun_by": asked.many("begun")}
    return _asked("paths", common | tree), _asked("sessions", common | cut)


def _retention(asked: Asking) -> tuple[AnswerAsked, ...]:
    common = asked.events() | {
        "unit": (asked.one("by", "week"),), "zone": (asked.zone,), "identity_steps": asked.shown()["identity_steps"],
    }  # fmt: skip
    starts, returns = asked.many("starts"), asked.many("returns")
    own: Said = {
        "start": starts,
        "returns": returns,
        "bracket": tuple(each.strip() for each in asked.one("brackets").split(",") if each.strip()),
        "recurring": ("true",) if asked.one("cohorts") == "each" else (),
        "or_after": ("true",) if asked.one("counted") == "after" else (),
    }
    active = tuple(dict.fromkeys((*starts, *returns))) if starts and returns else ()
    return _asked("retention", common | own), _asked("lifecycle", common | {"active": active})


def _process(asked: Asking) -> tuple[AnswerAsked, ...]:
    covers = {"covers": (f"{int(asked.one('covers', '80')) / 100:g}",)}
    return (_asked("process", asked.events() | asked.shown() | covers),)


def _attribution(asked: Asking) -> tuple[AnswerAsked, ...]:
    if not asked.many("outcome"):
        raise InvalidError("outcome: this question names none; open it and choose one.")
    own: Said = {
        "outcome": asked.many("outcome"),
        "touchpoint": asked.many("touch"),
        "by": asked.many("by"),
        "window_days": asked.many("lookback"),
        "half_life_days": asked.many("half"),
        "collapse": asked.yes("collapse"),
        "currency": asked.many("currency"),
        "model": asked.many("model"),
        "identity_steps": asked.shown()["identity_steps"],
    }
    return (_asked("attribution", asked.events() | own),)


def _cases(asked: Asking) -> tuple[AnswerAsked, ...]:
    named = asked.journey or asked.journeys.get(asked.one("of")) or next(iter(asked.journeys.values()), None)
    is_filled = named is None or asked.one("of", named.slug) == named.slug
    if asked.one("start") and is_filled:
        said = _said_cases(asked, named)
    elif named:
        counted = asked.many("counted") if is_filled else ()
        said = {"journey": (named.slug,), "only_named": ("false",) if counted == ("all",) else ()}
    else:
        raise InvalidError("start: this question names none; open it and choose one.")
    days = int(said.get("window_days", (str(named.window_days if named else 30),))[0])
    soon = asked.one("soon", "24")
    own: Said = {
        "idle_days": _more_than_none(asked.many("idle")),
        "landmark_hours": (soon,) if 0 < int(soon) < days * 24 else (),
        "across": asked.many("across"),
        "by": asked.many("by"),
        "trend": asked.many("trend"),
        "zone": (asked.zone,),
        "identity_steps": asked.shown()["identity_steps"],
        "having": asked.many("having"),
    }
    return (_asked("cases", asked.all_events() | said | own),)


def _patterns(asked: Asking) -> tuple[AnswerAsked, ...]:
    if not asked.one("match"):
        raise InvalidError("match: this question names no pattern; open it and write one.")
    return (_asked("patterns", asked.events() | asked.shown() | {"pattern": (asked.one("match"),)}),)


def _said_cases(asked: Asking, named: Journey | None) -> Said:
    """Give what the controls say of where cases begin and end, outcomes by the names that the journey gives them."""
    names = {event: name for name, events in other_outcomes(named).items() for event in events} if named else {}
    usual = ("named" if named else "all", str(named.window_days if named else 30))
    return {
        "start": (asked.one("start"),),
        "goal": asked.many("goal"),
        "outcome": tuple(f"{names.get(event, event)}={event}" for event in asked.many("ending")),
        "stage": asked.many("stage"),
        "window_days": (asked.one("within", usual[1]),),
        "only_named": ("true",) if asked.one("counted", usual[0]) == "named" else (),
    }


def _compare(asked: Asking) -> tuple[AnswerAsked, ...]:
    slug, show = asked.journey.slug if asked.journey else "", asked.one("show", "graph")
    looks: Said = {"looks": asked.many("looks")}
    if show in ("endings", "success") and not slug:
        raise InvalidError("journey: this question names none; open it and choose one.")
    if show == "success":
        soon = {"landmark_hours": _more_than_none(asked.many("soon"))}
        return (_asked("success", asked.all_events() | looks | soon, slug),)
    shown = asked.shown() | {"steps_shown": (asked.one("kinds", KINDS),)}
    common = shown | looks | _sides(asked)
    if show == "funnel":
        if not asked.steps():
            raise InvalidError("f: this question names no funnel; open it and choose steps.")
        own: Said = {
            "step": asked.steps(),
            "window_days": (asked.window(),),
            "order": asked.many("forder"),
            "exclude": asked.many("fx"),
        }
        return (_asked("compare/funnel", asked.all_events() | common | own),)
    if show == "endings":
        return (_asked("compare/journeys", asked.all_events() | common, slug),)
    answer = "compare/variants" if show == "variants" else "compare/graph"
    return (_asked(answer, asked.events() | common),)


def _sides(asked: Asking) -> Said:
    against = asked.one("against", "before")
    if against == "dates":
        since, until = asked.one("a_since"), asked.one("a_until")
        if not since or not until:
            raise InvalidError("a_since: this question names no days of side A; open it and choose them.")
        return {"a_since": (_midnight(since),), "a_until": (_midnight(until, 1),)}
    if against == "patterns":
        patterns = asked.many("a_pattern"), asked.many("b_pattern")
        if not all(patterns):
            raise InvalidError("a_pattern: this question names no pattern for each side; open it and write them.")
        return {"a_having_pattern": patterns[0], "b_having_pattern": patterns[1]}
    dimension = next((name for name in asked.known.dimensions if plain(name) == plain(against)), None)
    if dimension is None:
        return {"before": ("true",)}
    present = [term.name for term in asked.known.dimensions[dimension] if term.name][:VALUES_SHOWN]
    b = asked.one("b") or next(iter(present[1:] or present), "")
    a = asked.one("a") or next((name for name in present if name != b), b)
    return {"a_where": (f"{dimension}:{a}",), "b_where": (f"{dimension}:{b}",)}


BY_PAGE: Final[Mapping[QuestionPage, Callable[[Asking], tuple[AnswerAsked, ...]]]] = {
    QuestionPage.EXPLORER: _explorer,
    QuestionPage.PATHS: _paths,
    QuestionPage.RETENTION: _retention,
    QuestionPage.PROCESS: _process,
    QuestionPage.ATTRIBUTION: _attribution,
    QuestionPage.COMPARE: _compare,
    QuestionPage.CASES: _cases,
    QuestionPage.PATTERNS: _patterns,
}


def _asked(answer: str, parameters: Said, journey: str = "") -> AnswerAsked:
    filled = {name: values for name, values in parameters.items() if values}
    return AnswerAsked(answer=answer, parameters=filled, journey=journey)


def _by_name(parameters: Parameters) -> Said:
    found: Said = {}
    for name, value in parameters:
        found[name] = (*found.get(name, ()), value)
    return found


def _midnight(day: str, later_days: int = 0) -> str:
    try:
        return f"{(date.fromisoformat(day) + timedelta(days=later_days)).isoformat()}T00:00:00Z"
    except OverflowError:
        raise InvalidError("until: the calendar ends there.") from None


def _more_than_none(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in values if int(each) > 0)
