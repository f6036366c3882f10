"""Sessions: how often customers come, for how long, and what they begin and end with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.sessions import SessionFigures
from sojourn.engine.answers.words import NO_SHARE
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Sessions(Table, SessionFigures):
    """The sessions of a period: cut where nothing happened for longer than the timeout, and at start events.

    The table has the events that sessions begin and end with; a server leaves out those of very few customers. Figures
    are None when there are no sessions. A bounce is a session of a single event.
    """

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give, by event, the sessions that began and ended with it, and their shares of all with bounds."""
        columns: dict[str, list[Any]] = {"event": self._events()}
        for word, edges in (("began", self.entries), ("ended", self.exits)):
            by_name = {each.name: each for each in edges}
            shares = [by_name[name].share if name in by_name else NO_SHARE for name in columns["event"]]
            columns[word] = [by_name[name].sessions if name in by_name else 0 for name in columns["event"]]
            columns |= {f"{word}_share": [each.value for each in shares], f"{word}_low": [each.low for each in shares]}
            columns[f"{word}_high"] = [each.high for each in shares]
        return columns

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        begun, ended = ({each.name: each for each in edges} for edges in (self.entries, self.exits))
        names = self._events()
        return [
            Shown("event", names, False),
            Shown("sessions began", [whole(begun[name].sessions) if name in begun else "" for name in names]),
            Shown("share", [str(begun[name].share) if name in begun else "" for name in names]),
            Shown("sessions ended", [whole(ended[name].sessions) if name in ended else "" for name in names]),
            Shown("share", [str(ended[name].share) if name in ended else "" for name in names]),
        ]

    def notes(self) -> Sequence[str]:
        """Say how many, how long, how many bounced, and n."""
        said = [f"{whole(self.sessions)} sessions, ended by {self.timeout_minutes:g} minutes without events"]
        if self.per_customer is not None and self.events_each is not None:
            said += [
                f"a customer has {self.per_customer}, a session {self.events_each} events and lasts "
                f"{duration(self.median_s)} in the median, nine in ten up to {duration(self.p90_s)}",
                f"bounces: {self.bounces}",
            ]
        return [*said, str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw the sessions by the event that they begin with as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [
            Bar(name=each.name, value=each.sessions, says=f"{whole(each.sessions)}, {each.share}")
            for each in self.entries
        ]
        return bar_chart(bars, "sessions by their first event", self.notes())

    def _events(self) -> list[str]:
        return list(dict.fromkeys(each.name for each in (*self.entries, *self.exits)))
