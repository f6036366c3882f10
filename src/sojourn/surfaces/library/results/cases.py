"""A journey's cases: how they end, what they take, and where they turn back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sojourn.engine.answers.cases_found import CasesFigures, Effort
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Cases(Table, CasesFigures):
    """The cases begun in a period; closed + open = started, and closed cases add up over `endings`.

    The table has the endings; `rework`, `ways_back`, `passes`, `stages`, `parts` and `trend` hold the rest. A server
    leaves out what very few customers did.
    """

    empty: ClassVar[str] = "No case began here."
    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give, by ending, the cases, their share of the closed ones with bounds, and how long they lasted."""
        rows = self.endings if self.started else ()
        return {
            "ending": [each.name for each in rows],
            "cases": [each.cases for each in rows],
            "share": [each.share.value for each in rows],
            "share_low": [each.share.low for each in rows],
            "share_high": [each.share.high for each in rows],
            "median_s": [each.median_s for each in rows],
            "p90_s": [each.p90_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self.endings if self.started else ()
        return [
            Shown("ending", [each.name for each in rows], False),
            Shown("cases", ["few" if each.cases is None else whole(each.cases) for each in rows]),
            Shown("share", [str(each.share) for each in rows]),
            Shown("median", [duration(each.median_s) for each in rows]),
            Shown("nine in ten up to", [duration(each.p90_s) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say what cases take, which step comes again most often, and n."""
        said = [f"{whole(self.closed)} closed cases, {whole(self.open)} more still open"]
        for name, effort in (("events", self.events), ("repeats", self.repeats), ("hand-offs", self.handoffs)):
            said += _effort(name, effort)
        if self.rework and self.rework[0].extra:
            most = self.rework[0]
            said.append(
                f"comes again most often: {most.name}, {whole(most.extra)} times more; in {most.again} of its cases"
            )
        said += [f"no event is called {name}: it counted for nothing" for name in self.unseen]
        return [*said, str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw the median time in each stage as bars, or without stages the endings."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        if not self.stages:
            bars = [
                Bar(name=each.name, value=each.cases, says=f"{whole(each.cases)}, {each.share}")
                for each in self.endings
                if each.cases is not None
            ]
            return bar_chart(bars, "cases by how they ended", self.notes())
        bars = [
            Bar(
                name=each.name,
                value=each.median_s or 0,
                says=f"{duration(each.median_s)} in the median, nine in ten up to {duration(each.p90_s)}",
            )
            for each in self.stages
        ]
        return bar_chart(bars, "median time in each stage", self.notes())


def _effort(name: str, effort: Effort) -> list[str]:
    if effort.mean is None or effort.median is None or effort.p90 is None:
        return []
    return [f"{name} a case: {effort.mean}, median {effort.median:g}, nine in ten up to {effort.p90:g}"]
