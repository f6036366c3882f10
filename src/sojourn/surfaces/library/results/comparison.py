"""Two sides beside each other: what differs, by how much, and whether it is more than chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.comparison import CompletionDifference, FunnelDifference, GraphDifference, Rested
from sojourn.engine.answers.differences import PaceDifference, ShareDifference, Verdict
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing
    from sojourn.surfaces.library.drawing.charts import Bar

Difference = ShareDifference | PaceDifference
Row = tuple[str, str, Difference]  # kind, name, difference
ORDER = {Verdict.MORE: 0, Verdict.LESS: 0, Verdict.SAME: 1, Verdict.TOO_FEW: 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides(Rested):
    """Who is on each side, how many differences were tested, and how; differences are side b minus side a."""

    a: Coverage
    b: Coverage

    def notes(self) -> list[str]:
        """Say the same for people."""
        both = "a few" if self.both is None else whole(self.both)
        return [f"a: {self.a}", f"b: {self.b}; {both} on both sides", self.method]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class GraphsCompared(Table, GraphDifference):
    """What customers do on two sides; in the table what is real comes first, the largest effect on top."""

    comparison: Sides

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `kind`, `name`, both sides, difference, bounds, corrected `p`, `verdict` and `effect`.

        Kinds are step, path and property (shares of customers) and pace (seconds; the difference is the ratio b / a).
        """
        rows = self._rows()
        return {
            "kind": [kind for kind, _, _ in rows],
            "name": [name for _, name, _ in rows],
            **difference_columns([each for _, _, each in rows]),
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self._rows()
        return [
            Shown("what", [kind for kind, _, _ in rows], False),
            Shown("name", [name for _, name, _ in rows], False),
            *difference_shown([each for _, _, each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say how many differences are real, who is on each side, and how it was tested."""
        return [f"{len(self.findings)} of {self.comparison.tested} differences are real", *self.comparison.notes()]

    def plot(self) -> Drawing:
        """Draw the effects as bars: green where side b has more, red where it has less, grey where none is seen."""
        from sojourn.surfaces.library.drawing.charts import bar_chart

        bars = difference_bars([(f"{kind} {name}", each) for kind, name, each in self._rows()])
        return bar_chart(bars, "effect of being on side b", self.notes())

    def _rows(self) -> list[Row]:
        rows: list[Row] = [("step", each.name, each.share) for each in self.steps]
        rows += [("path", f"{each.source} > {each.target}", each.share) for each in self.paths]
        rows += [("pace", f"{each.source} > {each.target}", each.pace) for each in self.paths if each.pace is not None]
        rows += [("property", f"{each.dimension} = {each.value}", each.share) for each in self.properties]
        return sorted(rows, key=lambda row: (ORDER[row[2].verdict], -row[2].effect, row[0], row[1]))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class FunnelsCompared(Table, FunnelDifference):
    """One funnel on two sides, among first steps whose window has closed."""

    comparison: Sides

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give each step after the first: customers, and the share of the first and of the one before on both sides."""
        rows = self._rows()
        customers = {each.name: (each.customers_a, each.customers_b) for each in self.steps}
        return {
            "kind": [kind for kind, _, _ in rows],
            "step": [name for _, name, _ in rows],
            "customers_a": [customers[name][0] for _, name, _ in rows],
            "customers_b": [customers[name][1] for _, name, _ in rows],
            **difference_columns([each for _, _, each in rows]),
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self._rows()
        return [
            Shown("step", [name for _, name, _ in rows], False),
            Shown("share", [kind.replace("_", " ") for kind, _, _ in rows], False),
            *difference_shown([each for _, _, each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say the window, who is still within it, who is on each side, and how it was tested."""
        still = f"{_told(self.open_a)} (a) and {_told(self.open_b)} (b) are still within it"
        return [f"in order within {duration(self.window_s)}; {still}", *self.comparison.notes()]

    def plot(self) -> Drawing:
        """Draw the effects as bars."""
        from sojourn.surfaces.library.drawing.charts import bar_chart

        bars = difference_bars([(f"{name}, {kind.replace('_', ' ')}", each) for kind, name, each in self._rows()])
        return bar_chart(bars, "effect of being on side b", self.notes())

    def _rows(self) -> list[Row]:
        rows: list[Row] = []
        for each in self.steps:
            for kind, share in (("from_first", each.from_first), ("from_before", each.from_before)):
                if share is not None:
                    rows.append((kind, each.name, share))
        return rows


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class CompletionsCompared(Table, CompletionDifference):
    """How journeys end on two sides, among closed ones."""

    comparison: Sides

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give each ending: its share on both sides, difference, bounds, corrected `p`, `verdict` and `effect`."""
        return {
            "ending": [each.name for each in self.endings],
            **difference_columns([each.share for each in self.endings]),
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        return [
            Shown("ending", [each.name for each in self.endings], False),
            *difference_shown([each.share for each in self.endings]),
        ]

    def notes(self) -> Sequence[str]:
        """Say how many are still open, who is on each side, and how it was tested."""
        still = f"{_told(self.open_a)} (a) and {_told(self.open_b)} (b) journeys are still open"
        return [f"shares are of closed journeys; {still}", *self.comparison.notes()]

    def plot(self) -> Drawing:
        """Draw the effects as bars."""
        from sojourn.surfaces.library.drawing.charts import bar_chart

        return bar_chart(
            difference_bars([(each.name, each.share) for each in self.endings]), "effect of being on side b",
            self.notes(),
        )  # fmt: skip


def difference_columns(rows: Sequence[Difference]) -> dict[str, Sequence[Any]]:
    """Give differences as columns; of times the sides are seconds and the difference is the ratio."""
    return {
        "a": [each.a_s if isinstance(each, PaceDifference) else each.a.value for each in rows],
        "b": [each.b_s if isinstance(each, PaceDifference) else each.b.value for each in rows],
        "n_a": [each.n_a if isinstance(each, PaceDifference) else each.a.n for each in rows],
        "n_b": [each.n_b if isinstance(each, PaceDifference) else each.b.n for each in rows],
        "difference": [each.ratio if isinstance(each, PaceDifference) else each.difference for each in rows],
        "low": [each.low for each in rows],
        "high": [each.high for each in rows],
        "p": [each.p for each in rows],
        "verdict": [each.verdict.value for each in rows],
        "effect": [each.effect for each in rows],
    }


def difference_shown(rows: Sequence[Difference], a: str = "a", b: str = "b") -> list[Shown]:
    """Give differences for people."""
    return [
        Shown(a, [duration(each.a_s) if isinstance(each, PaceDifference) else str(each.a) for each in rows]),
        Shown(b, [duration(each.b_s) if isinstance(each, PaceDifference) else str(each.b) for each in rows]),
        Shown("difference", [_apart(each) for each in rows]),
        Shown("verdict", [each.verdict.value for each in rows], False),
    ]


def difference_bars(rows: Iterable[tuple[str, Difference]]) -> list[Bar]:
    """Give differences as bars as long as their effect."""
    from sojourn.surfaces.library.drawing.charts import Bar
    from sojourn.surfaces.library.drawing.marks import GREEN, GREY, RED

    colours = {Verdict.MORE: GREEN, Verdict.LESS: RED}
    return [
        Bar(
            name=name,
            value=0.0 if each.verdict is Verdict.TOO_FEW else each.effect,
            says=f"{_apart(each)}, {each.verdict.value}".removeprefix(", "),
            colour=colours.get(each.verdict, GREY),
        )
        for name, each in rows
    ]


def _apart(each: Difference) -> str:
    if each.verdict is Verdict.TOO_FEW:
        return ""
    if isinstance(each, PaceDifference):
        bounds = "" if each.low is None or each.high is None else f" ({each.low:.2f} to {each.high:.2f})"
        return f"x {each.ratio:.2f}{bounds}"
    return f"{each.difference * 100:+.1f} points ({each.low * 100:+.1f} to {each.high * 100:+.1f})"


def _told(count: int | None) -> str:
    return "few" if count is None else whole(count)
