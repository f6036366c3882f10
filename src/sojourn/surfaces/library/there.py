"""Questions answered by a running server, under a purpose: filtered there, figures come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import msgspec

from sojourn.kit.errors import InvalidError, SojournError
from sojourn.surfaces.library.asked import Filter, Journey, RetentionAsked
from sojourn.surfaces.library.log import Log
from sojourn.surfaces.library.results import (
    Completion,
    Completions,
    Coverage,
    Funnel,
    Graph,
    Retention,
    Sessions,
    Variants,
)

if TYPE_CHECKING:
    import httpx

    from sojourn.surfaces.library.recorded import Recorded

T = TypeVar("T")
PREFIX = "/api/v1"
TIMEOUT_S = 300.0  # the first journey question after an upgrade waits for a compiler
PURPOSES = ("analytics", "service_improvement", "research", "marketing", "personalisation", "automated_decision")
BEGINNING = "1900-01-01T00:00:00Z"  # no event is earlier; without a period the server would answer for 90 days


class UnreachableError(SojournError):
    """The server does not answer."""

    code = "unreachable"
    status = 503


class RefusedError(SojournError):
    """The server refused; the message is its own."""

    code = "refused"


def connect(url: str, key: str, *, purpose: str = "analytics") -> Log:
    """Give the log of a running server, as far as the key's role may see it under a purpose.

    Purposes are analytics, service_improvement, research, marketing, personalisation and automated_decision;
    customers whose basis does not allow it are left out, and each answer says how many. Nothing is sent before a
    question is asked; then UnreachableError or RefusedError is raised when there is no answer. Raise InvalidError for
    another purpose.
    """
    if purpose not in PURPOSES:
        raise InvalidError(f"There is no purpose {purpose!r}; choose one of {', '.join(PURPOSES)}.")
    return Log(There(url.rstrip("/"), key, purpose))


class There:
    """A server, reached anew by each question."""

    def __init__(self, url: str, key: str, purpose: str) -> None:
        self._url, self._key, self._purpose = url, key, purpose

    def label(self) -> str:
        """Say where, and why it is read."""
        return f"{self._url}, purpose {self._purpose}"

    def recorded(self) -> Recorded:
        """Refuse: a server gives answers."""
        _no_events()

    def graph(self, asked: Filter, *, steps: int, paths: float, identity_steps: bool) -> Graph:
        """Ask for the graph."""
        answer = self._asked("/graph", asked, steps_shown=steps, paths_shown=paths, identity_steps=identity_steps)
        return _read(answer, Graph)

    def variants(self, asked: Filter, *, top: int, steps: int, identity_steps: bool) -> Variants:
        """Ask for the most frequent ways through."""
        answer = self._asked("/variants", asked, top=top, steps_shown=steps, identity_steps=identity_steps)
        found = _read(answer, Variants)
        return replace(found, rows=tuple(sorted(found.rows, key=lambda each: (-each.customers, each.steps))))

    def funnel(self, asked: Filter, *, steps: tuple[tuple[str, ...], ...], window_days: float) -> Funnel:
        """Ask who gets from step to step."""
        if any("|" in name for names in steps for name in names if len(names) > 1):
            raise InvalidError("steps: a server's step of several events cannot name one with | in it.")
        answer = self._asked("/funnel", asked, step=["|".join(names) for names in steps], window_days=window_days)
        return _read(answer, Funnel)

    def completion(self, asked: Filter, *, journey: Journey | str, by: str | None) -> Completions:
        """Ask how a named journey ends; raise InvalidError for one that nobody saved there."""
        slug = journey if isinstance(journey, str) else self._saved_as(journey)
        items = self._asked(f"/journeys/{slug}/completion", asked, by=by)["items"]
        rows = tuple(_read(each, Completion) for each in items)
        coverage = _read(items[0]["coverage"], Coverage) if items else Coverage(customers=0, events=0)
        return Completions(rows=tuple(sorted(rows, key=lambda each: each.part)), coverage=coverage)

    def sessions(
        self, asked: Filter, *, timeout_minutes: float, starts: tuple[str, ...], identity_steps: bool
    ) -> Sessions:
        """Ask for sessions."""
        said = {"timeout_minutes": timeout_minutes, "begun_by": list(starts), "identity_steps": identity_steps}
        return _read(self._asked("/sessions", asked, **said), Sessions)

    def retention(self, asked: Filter, *, wanted: RetentionAsked) -> Retention:
        """Ask who came back."""
        said = {
            "start": list(wanted.start),
            "returns": list(wanted.returns),
            "unit": wanted.unit.value,
            "columns": wanted.columns,
            "bracket": [f"{first}-{last}" for first, last in wanted.brackets],
            "recurring": wanted.recurring,
            "or_after": wanted.or_after,
            "zone": wanted.zone,
        }
        answer = self._asked("/retention", asked, **said)
        return _read(answer | {"distances": answer["columns"]}, Retention)

    def _saved_as(self, journey: Journey) -> str:
        known = self._get("/journeys", {"limit": 1_000})["items"]
        for each in known:
            if _read(each, Journey) == journey:
                return str(each["slug"])
        names = ", ".join(each["slug"] for each in known) or "none"
        raise InvalidError(
            "A server measures the journeys that are saved there, and this one is not: save it under Journeys > Named "
            f"journeys, or name one of: {names}."
        )

    def _asked(self, path: str, asked: Filter, **more: Any) -> Any:
        if len(asked.having) > 1:
            raise InvalidError("having: a server keeps customers by one such choice, not by several at once.")
        if len(asked.patterns) > 1:
            raise InvalidError("where: a server keeps customers by one pattern, not by several at once.")
        period = asked.period
        params = {
            "since": period.since.isoformat() if period.since else BEGINNING,
            "until": period.until.isoformat() if period.until else None,
            "name": list(asked.names),
            "where": [f"{name}:{value}" for name, values in asked.dimensions.items() for value in values],
            "having": [name for names in asked.having for name in names],
            "having_pattern": asked.patterns[0] if asked.patterns else None,
            "purpose": self._purpose,
        }
        answer = self._get(path, params | more)
        for part in answer.get("items", [answer]):
            read_for = part["coverage"]["purpose"]
            if read_for != self._purpose:
                raise RefusedError(f"The server answered for the purpose {read_for}, not {self._purpose}.")
        return answer

    def _get(self, path: str, params: Mapping[str, Any]) -> Any:
        import httpx

        said = {name: value for name, value in params.items() if value is not None and value != []}
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            answer = httpx.get(self._url + PREFIX + path, params=said, headers=headers, timeout=TIMEOUT_S)
        except httpx.TransportError as error:
            raise UnreachableError(f"The server at {self._url} does not answer: {error}") from None
        return _body(answer)


def _body(answer: httpx.Response) -> Any:
    try:
        body = msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        raise RefusedError(f"This is not a Sojourn server (status {answer.status_code}, no JSON).") from None
    if answer.is_success:
        return body
    detail = body.get("detail") if isinstance(body, dict) else None
    raise RefusedError(str(detail or f"The server answered {answer.status_code}."))


def _read(answer: Any, kind: type[T]) -> T:
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        raise RefusedError(f"The server's answer is of another version than this library: {error}.") from None


def _no_events() -> NoReturn:
    raise InvalidError(
        "A server gives answers, not its events: ask graph, variants, funnel or completion; "
        "events leave it by an export."
    )
