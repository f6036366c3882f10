"""How journeys end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.completion import CompletionFigures
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing
    from sojourn.surfaces.library.drawing.charts import Bar


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Completions(Table):
    """How the journeys begun in a period ended, as a whole or by part."""

    rows: tuple[CompletionFigures, ...]
    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `part`, the counts by ending, and the share completed with its bounds; seconds."""
        rows = self.rows
        outcomes = list(dict.fromkeys(name for each in rows for name in each.outcomes))
        return {
            "part": [each.part for each in rows],
            "started": [each.started for each in rows],
            "open": [each.open for each in rows],
            "closed": [each.closed for each in rows],
            **{name: [each.counts.get(name, 0) for each in rows] for name in ("completed", "abandoned", *outcomes)},
            "completed_share": [each.completed.value for each in rows],
            "completed_low": [each.completed.low for each in rows],
            "completed_high": [each.completed.high for each in rows],
            "median_s": [each.median_s for each in rows],
            "p90_s": [each.p90_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self.rows
        outcomes = list(dict.fromkeys(name for each in rows for name in each.outcomes))
        part = [Shown("part", [each.part for each in rows], False)] if any(each.part for each in rows) else []
        return [
            *part,
            Shown("started", [whole(each.started) for each in rows]),
            Shown("open", [whole(each.open) for each in rows]),
            Shown("completed", [str(each.completed) for each in rows]),
            Shown("abandoned", [str(each.abandoned) for each in rows]),
            *(Shown(name, [str(each.outcomes.get(name, "")) for each in rows]) for name in outcomes),
            Shown("median", [duration(each.median_s) for each in rows]),
            Shown("90 %", [duration(each.p90_s) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say what is counted, and n."""
        return ["shares are of closed journeys: those whose window has passed", str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw the journeys by ending as bars."""
        from sojourn.surfaces.library.drawing.charts import bar_chart

        return bar_chart([bar for each in self.rows for bar in _bars(each)], "journeys by ending", self.notes())


def _bars(found: CompletionFigures) -> list[Bar]:
    from sojourn.surfaces.library.drawing.charts import Bar
    from sojourn.surfaces.library.drawing.marks import AMBER, GREEN, GREY, RED

    part = f"{found.part}: " if found.part else ""
    shares = {"completed": found.completed, "abandoned": found.abandoned, **found.outcomes}
    colours = {"completed": GREEN, "abandoned": RED}
    bars = [
        Bar(
            name=part + name,
            value=count,
            says=f"{whole(count)}, {shares[name]}",
            colour=colours.get(name, AMBER),
        )
        for name, count in found.counts.items()
    ]
    return [*bars, Bar(name=f"{part}open", value=found.open, says=whole(found.open), colour=GREY)]
