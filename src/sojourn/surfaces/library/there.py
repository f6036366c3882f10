"""Questions answered by a running server, under a purpose: filtered there, figures come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sojourn.engine.answers.attribution import AttributionAsked
from sojourn.engine.answers.cases_asked import CasesAsked
from sojourn.engine.answers.completion import CompletionFigures
from sojourn.engine.answers.funnel_asked import FunnelOptions, exclusion_said
from sojourn.engine.answers.paths import PathsAsked
from sojourn.engine.answers.retention import RetentionAsked, bracket_said
from sojourn.kit.calendar import CalendarUnit
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.answering import RefusedError, Server, read
from sojourn.surfaces.library.asked import Filter, Journey, Steps
from sojourn.surfaces.library.log import Log
from sojourn.surfaces.library.results import (
    Attribution,
    Cases,
    Completions,
    CompletionsCompared,
    Coverage,
    Funnel,
    FunnelsCompared,
    Graph,
    GraphsCompared,
    Lifecycle,
    Paths,
    Patterns,
    Retention,
    Sessions,
    Success,
    Variants,
)

if TYPE_CHECKING:
    from sojourn.surfaces.library.recorded import Recorded

T = TypeVar("T")
BEGINNING = "1900-01-01T00:00:00Z"  # no event is earlier; without a period the server would answer for 90 days


def connect(url: str, key: str, *, purpose: str = "analytics") -> Log:
    """Give the log of a running server, as far as the key's role may see it under a purpose.

    The purpose is one of the server's, by its name: analytics, marketing, or one that the company made. Customers whose
    basis does not allow it are left out, and each answer says how many. Nothing is sent before a question is asked;
    then UnreachableError or RefusedError is raised when there is no answer, such as for a purpose that is not there.
    """
    return Log(There(Server(url.rstrip("/"), key), purpose))


class There:
    """A server, reached anew by each question."""

    def __init__(self, server: Server, purpose: str) -> None:
        self._server, self._purpose = server, purpose

    def label(self) -> str:
        """Say where, and why it is read."""
        return f"{self._server.url}, purpose {self._purpose}"

    def events(self, asked: Filter) -> tuple[Recorded, Filter]:
        """Fetch the events as the server filters them; for keys that may export, and audited there."""
        from sojourn.surfaces.library.reading import recorded_of

        table = self._server.table("/export", self._said(asked) | {"format": "arrow", "identity_steps": True})
        return recorded_of(table), Filter()

    def values(self, dimension: str) -> tuple[str, ...]:
        """Name the values of a dimension."""
        known = self._server.json("/vocabulary", {"since": BEGINNING})["dimensions"]
        if dimension not in known:
            raise InvalidError(f"There is no dimension {dimension!r}; there are: {', '.join(sorted(known)) or 'none'}.")
        return tuple(sorted(term["name"] for term in known[dimension] if term["name"]))

    def graph(self, asked: Filter, *, steps: int, paths: float, identity_steps: bool) -> Graph:
        """Ask for the graph."""
        said = {"steps_shown": steps, "paths_shown": paths, "identity_steps": identity_steps}
        return self._asked("/graph", asked, Graph, said)

    def variants(self, asked: Filter, *, top: int, steps: int, identity_steps: bool) -> Variants:
        """Ask for the most frequent ways through."""
        said = {"top": top, "steps_shown": steps, "identity_steps": identity_steps}
        found = self._asked("/variants", asked, Variants, said)
        return replace(found, rows=tuple(sorted(found.rows, key=lambda each: (-each.customers, each.steps))))

    def funnel(
        self, asked: Filter, *, steps: Steps, window_days: float, options: FunnelOptions, identity_steps: bool
    ) -> Funnel:
        """Ask who gets from step to step."""
        said = {
            "step": _written(steps),
            "window_days": window_days,
            "order": options.order.value,
            "count": options.count.value,
            "exclude": [exclusion_said(each) for each in options.exclusions],
            "by": options.by,
            "top": options.top,
            "trend": options.trend,
            "zone": options.zone,
            "identity_steps": identity_steps,
        }
        return self._asked("/funnel", asked, Funnel, said)

    def completion(self, asked: Filter, *, journey: Journey | str, by: str | None) -> Completions:
        """Ask how a named journey ends; raise InvalidError for one that nobody saved there."""
        answer = self._answer(f"/journeys/{self._slug(journey)}/completion", asked, {"by": by})
        items = answer["items"]
        coverage = read(items[0]["coverage"], Coverage) if items else Coverage(customers=0, events=0)
        self._check(coverage.purpose or self._purpose)
        rows = tuple(read(each, CompletionFigures) for each in items)
        return Completions(rows=tuple(sorted(rows, key=lambda each: each.part)), coverage=coverage)

    def cases(
        self,
        asked: Filter,
        *,
        journey: Journey | str,
        wanted: CasesAsked,
        only_named: bool | None,
        identity_steps: bool,
    ) -> Cases:
        """Ask how a journey's cases went."""
        said: dict[str, Any] = {
            "idle_days": wanted.idle_days,
            "landmark_hours": wanted.landmark_hours,
            "stage": [f"{stage.name}={'|'.join(stage.events)}" for stage in wanted.stages],
            "only_named": only_named,
            "across": wanted.across,
            "by": wanted.by,
            "top": wanted.top,
            "trend": wanted.trend,
            "zone": wanted.zone,
            "identity_steps": identity_steps,
        }
        if isinstance(journey, str):
            return self._asked("/cases", asked, Cases, said | {"journey": journey})
        others = {name: events for name, events in journey.outcomes.items() if not set(events) <= set(journey.goals)}
        own = {
            "start": journey.start,
            "goal": list(journey.goals),
            "outcome": [f"{name}={'|'.join(events)}" for name, events in others.items()],
            "window_days": journey.window_days,
        }
        return self._asked("/cases", asked, Cases, said | own)

    def sessions(
        self, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
    ) -> Sessions:
        """Ask for sessions."""
        said = {"timeout_minutes": timeout_minutes, "begun_by": list(starts), "identity_steps": identity_steps}
        return self._asked("/sessions", asked, Sessions, said)

    def retention(self, asked: Filter, *, wanted: RetentionAsked) -> Retention:
        """Ask who came back."""
        said = {
            "start": list(wanted.start),
            "returns": list(wanted.returns),
            "unit": wanted.unit.value,
            "columns": wanted.columns,
            "bracket": [bracket_said(*each) for each in wanted.brackets],
            "recurring": wanted.recurring,
            "or_after": wanted.or_after,
            "zone": wanted.zone,
        }
        answer = self._answer("/retention", asked, said)
        return self._read(answer | {"distances": answer["columns"]}, Retention)

    def lifecycle(self, asked: Filter, *, active: tuple[str, ...], unit: CalendarUnit, zone: str) -> Lifecycle:
        """Ask who is new, stays, comes back and goes quiet."""
        said = {"active": list(active), "unit": unit.value, "zone": zone}
        return self._asked("/lifecycle", asked, Lifecycle, said)

    def paths(self, asked: Filter, *, wanted: PathsAsked, steps: int, identity_steps: bool) -> Paths:
        """Ask for the tree of paths."""
        said = {
            "root": wanted.root,
            "direction": "from" if wanted.forward else "to",
            "depth": wanted.depth,
            "breadth": wanted.breadth,
            "least": wanted.least,
            "every": wanted.every,
            "collapse": wanted.collapse,
            "window_days": wanted.window_days,
            "pause_minutes": wanted.pause_minutes,
            "steps_shown": steps,
            "identity_steps": identity_steps,
        }
        return self._asked("/paths", asked, Paths, said)

    def patterns(self, asked: Filter, *, pattern: str) -> Patterns:
        """Ask who matches a path pattern."""
        return self._asked("/patterns", asked, Patterns, {"pattern": pattern})

    def attribution(self, asked: Filter, *, wanted: AttributionAsked, identity_steps: bool) -> Attribution:
        """Ask which touchpoints an outcome is credited to."""
        said = {
            "outcome": list(wanted.outcome),
            "touchpoint": list(wanted.touchpoints),
            "by": wanted.by,
            "window_days": wanted.window_days,
            "half_life_days": wanted.half_life_days,
            "collapse": wanted.collapse,
            "currency": wanted.currency,
            "model": list(wanted.models),
            "identity_steps": identity_steps,
        }
        return self._asked("/attribution", asked, Attribution, said)

    def success(
        self, asked: Filter, *, journey: Journey | str, landmark_hours: float | None, looks: str | None
    ) -> Success:
        """Ask what goes with completing a named journey."""
        said = {"landmark_hours": landmark_hours, "looks": looks}
        return self._asked(f"/journeys/{self._slug(journey)}/success", asked, Success, said)

    def compare_graphs(
        self, a: Filter, b: Filter, *, steps: int, looks: str | None, identity_steps: bool
    ) -> GraphsCompared:
        """Ask how what customers do differs."""
        said = {"steps_shown": steps, "identity_steps": identity_steps}
        return self._compared("/compare/graph", a, b, looks, GraphsCompared, said)

    def compare_funnels(
        self, a: Filter, b: Filter, *, steps: Steps, window_days: float, looks: str | None
    ) -> FunnelsCompared:
        """Ask how far customers of two sides get."""
        said = {"step": _written(steps), "window_days": window_days}
        return self._compared("/compare/funnel", a, b, looks, FunnelsCompared, said)

    def compare_completions(
        self, a: Filter, b: Filter, *, journey: Journey | str, looks: str | None
    ) -> CompletionsCompared:
        """Ask how a named journey ends on two sides."""
        return self._compared(f"/compare/journeys/{self._slug(journey)}", a, b, looks, CompletionsCompared, {})

    def _compared(
        self, path: str, a: Filter, b: Filter, looks: str | None, kind: type[T], more: Mapping[str, Any]
    ) -> T:
        if (a.names, a.having, a.patterns) != (b.names, b.having, b.patterns):
            raise InvalidError(
                "compare: a server's sides differ in their period or dimensions, not in names and having."
            )
        common = {name: values for name, values in a.dimensions.items() if b.dimensions.get(name) == values}
        own = {
            "a_where": _where(a, common),
            "b_where": _where(b, common),
            "looks": looks,
        }
        if a.period != b.period:
            period = self._said(a)
            own |= {"a_since": period["since"], "a_until": period["until"]}
        answer = self._answer(path, replace(b, dimensions=common), own | dict(more))
        self._check(answer["comparison"]["a"]["purpose"])
        return read(answer, kind)

    def _slug(self, journey: Journey | str) -> str:
        return journey if isinstance(journey, str) else self._saved_as(journey)

    def _saved_as(self, journey: Journey) -> str:
        known = self._server.json("/journeys", {"limit": 1_000})["items"]
        for each in known:
            if read(each, Journey) == journey:
                return str(each["slug"])
        names = ", ".join(each["slug"] for each in known) or "none"
        raise InvalidError(
            "A server measures the journeys that are saved there, and this one is not: save it under Journeys > Named "
            f"journeys, or name one of: {names}."
        )

    def _asked(self, path: str, asked: Filter, kind: type[T], more: Mapping[str, Any]) -> T:
        return self._read(self._answer(path, asked, more), kind)

    def _answer(self, path: str, asked: Filter, more: Mapping[str, Any]) -> dict[str, Any]:
        return self._server.answer(path, self._said(asked) | dict(more))

    def _read(self, answer: dict[str, Any], kind: type[T]) -> T:
        self._check(answer["coverage"]["purpose"])
        return read(answer, kind)

    def _check(self, purpose: str) -> None:
        if purpose != self._purpose:
            raise RefusedError(f"The server answered for the purpose {purpose}, not {self._purpose}.")

    def _said(self, asked: Filter) -> dict[str, Any]:
        if len(asked.having) > 1:
            raise InvalidError("having: a server keeps customers by one such choice, not by several at once.")
        if len(asked.patterns) > 1:
            raise InvalidError("where: a server keeps customers by one pattern, not by several at once.")
        period = asked.period
        return {
            "since": period.since.isoformat() if period.since else BEGINNING,
            "until": period.until.isoformat() if period.until else None,
            "name": list(asked.names),
            "where": _where(asked, {}),
            "having": [name for names in asked.having for name in names],
            "having_pattern": asked.patterns[0] if asked.patterns else None,
            "purpose": self._purpose,
        }


def _where(asked: Filter, without: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [f"{name}:{value}" for name, values in asked.dimensions.items() if name not in without for value in values]


def _written(steps: Steps) -> list[str]:
    if any("|" in name for names in steps for name in names if len(names) > 1):
        raise InvalidError("steps: a server's step of several events cannot name one with | in it.")
    return ["|".join(names) for names in steps]
