"""The funnel: who gets from step to step, for whom and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.funnel import FunnelFigures, FunnelPart, FunnelSpan, FunnelStep
from sojourn.engine.answers.funnel_asked import FunnelCount, exclusion_said
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing

IN_ORDER = {Order.ORDERED: "in order", Order.STRICT: "nothing in between", Order.ANY: "in any order"}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Funnel(Table, FunnelFigures):
    """A funnel within a window that begins with the first step."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `step`, `customers`, `times`, both shares with their bounds, seconds since the step before."""
        rows = self.steps
        return {
            "step": [each.name for each in rows],
            "customers": [each.customers for each in rows],
            "times": [each.times for each in rows],
            "from_first": [each.from_first.value for each in rows],
            "from_first_low": [each.from_first.low for each in rows],
            "from_first_high": [each.from_first.high for each in rows],
            "from_before": [each.from_before.value for each in rows],
            "from_before_low": [each.from_before.low for each in rows],
            "from_before_high": [each.from_before.high for each in rows],
            "median_s": [each.median_s for each in rows],
            "p90_s": [each.p90_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self.steps
        entries = self.options.count is FunnelCount.ENTRIES
        return [
            Shown("step", [each.name for each in rows], False),
            Shown("customers", [whole(each.customers) for each in rows]),
            *([Shown("entries", [whole(each.times) for each in rows])] if entries else []),
            Shown("of the first", [str(each.from_first) for each in rows]),
            Shown("of the one before", [str(each.from_before) for each in rows]),
            Shown("median", [duration(each.median_s) for each in rows]),
            Shown("90 %", [duration(each.p90_s) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say the order, the window, what breaks it, the time from first to last, and n."""
        broken = "".join(f", broken by {exclusion_said(each)}" for each in self.options.exclusions)
        total = (
            f", median from first to last {duration(self.median_total_s)}" if self.median_total_s is not None else ""
        )
        return [f"{IN_ORDER[self.options.order]} within {duration(self.window_s)}{broken}{total}", str(self.coverage)]

    def by_part(self) -> FunnelParts:
        """Give the funnel by values of the dimension that was asked for; empty without one."""
        return FunnelParts(dimension=self.options.by or "", parts=self.parts, notes_of=tuple(self.notes()))

    def over_time(self) -> FunnelTrend:
        """Give the conversion by day, week or month of the first step; empty where no trend was asked for."""
        return FunnelTrend(unit=str(self.options.trend or ""), spans=self.trend, notes_of=tuple(self.notes()))

    def plot(self) -> Drawing:
        """Draw customers by step as bars, with the share of the first."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [Bar(name=each.name, value=each.times, says=_says(each, at)) for at, each in enumerate(self.steps)]
        counted = "entries" if self.options.count is FunnelCount.ENTRIES else "customers"
        return bar_chart(bars, f"{counted} who got so far", self.notes())


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FunnelParts(Table):
    """A funnel by values of a dimension at the first step: how many of each get to the end."""

    dimension: str
    parts: tuple[FunnelPart, ...]
    notes_of: tuple[str, ...]

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `part` (None: the rest), the step, customers, times, and the share of the first with its bounds."""
        rows = [(part, at, each) for part in self.parts for at, each in enumerate(part.steps)]
        return {
            "part": [None if part.is_rest else part.name for part, _, _ in rows],
            "step": [at + 1 for _, at, _ in rows],
            "customers": [each.customers for _, _, each in rows],
            "times": [each.times for _, _, each in rows],
            "from_first": [each.from_first.value for _, _, each in rows],
            "from_first_low": [each.from_first.low for _, _, each in rows],
            "from_first_high": [each.from_first.high for _, _, each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give a line by part and a column by step."""
        steps = len(self.parts[0].steps) if self.parts else 0
        return [
            Shown(self.dimension, [_part(each) for each in self.parts], False),
            Shown("first step", [whole(each.steps[0].times) for each in self.parts]),
            *(Shown(f"step {k + 1}", [str(each.steps[k].from_first) for each in self.parts]) for k in range(1, steps)),
            Shown("median", [duration(each.median_total_s) for each in self.parts]),
        ]

    def notes(self) -> Sequence[str]:
        """Say what the whole funnel says."""
        return self.notes_of

    def plot(self) -> Drawing:
        """Draw the share that gets to the end by part as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [
            Bar(name=_part(each), value=each.steps[-1].from_first.value, says=str(each.steps[-1].from_first))
            for each in self.parts
        ]
        return bar_chart(bars, f"share that took every step, by {self.dimension}", self.notes())


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FunnelTrend(Table):
    """The conversion of a funnel by when the first step came."""

    unit: str
    spans: tuple[FunnelSpan, ...]
    notes_of: tuple[str, ...]

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `since`, `customers`, `times`, and the share converted with its bounds, None while it is open."""
        shares = [each.converted for each in self.spans]
        return {
            "since": [each.since for each in self.spans],
            "until": [each.until for each in self.spans],
            "customers": [each.customers for each in self.spans],
            "times": [each.times for each in self.spans],
            "converted": [None if each is None else each.value for each in shares],
            "converted_low": [None if each is None else each.low for each in shares],
            "converted_high": [None if each is None else each.high for each in shares],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        return [
            Shown(f"{self.unit} of", [f"{each.since:%Y-%m-%d}" for each in self.spans], False),
            Shown("first step", [whole(each.times) for each in self.spans]),
            Shown("took every step", [_converted(each) for each in self.spans]),
        ]

    def notes(self) -> Sequence[str]:
        """Say what the whole funnel says."""
        return self.notes_of

    def plot(self) -> Drawing:
        """Draw the share that took every step by when the first came as bars."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        bars = [
            Bar(
                name=f"{each.since:%Y-%m-%d}",
                value=0.0 if each.converted is None else each.converted.value,
                says=_converted(each),
            )
            for each in self.spans
        ]
        return bar_chart(bars, f"share that took every step, by {self.unit} of the first", self.notes())


def _says(step: FunnelStep, at: int) -> str:
    share = f", {step.from_first} of the first" if at else ""
    median = "" if step.median_s is None else f", median {duration(step.median_s)}"
    return whole(step.times) + share + median


def _part(part: FunnelPart) -> str:
    return "(the rest)" if part.is_rest else part.name or "(none)"


def _converted(span: FunnelSpan) -> str:
    return "still open" if span.converted is None else str(span.converted)
