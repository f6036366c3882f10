"""What goes with completing a journey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.differences import Verdict
from sojourn.engine.answers.success import Companion, SuccessFigures
from sojourn.surfaces.library.figures import whole
from sojourn.surfaces.library.results.comparison import difference_bars, difference_columns, difference_shown
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Success(Table, SuccessFigures):
    """Events and properties that go with success, largest effect first: side b had it, side a had not."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `kind`, `name`, the shares that succeeded without (a) and with it (b), their difference, the ratio."""
        rows = self._rows()
        return {
            "kind": [each.kind for each in rows],
            "name": [_named(each) for each in rows],
            **difference_columns([each.share for each in rows]),
            "ratio": [each.ratio for each in rows],
            "ratio_low": [each.ratio_low for each in rows],
            "ratio_high": [each.ratio_high for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people."""
        rows = self._rows()
        return [
            Shown("what", [each.kind for each in rows], False),
            Shown("name", [_named(each) for each in rows], False),
            *difference_shown([each.share for each in rows], "without", "with"),
            Shown("times as likely", [_ratio(each) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say how many succeed, how it was tested, and n; and that it is no cause."""
        late = f"; {whole(self.over)} ended before {self.landmark_hours:g} h" if self.landmark_hours is not None else ""
        return [
            f"success: {self.completed}{late}; what goes together is no cause",
            self.method,
            str(self.coverage),
        ]

    def plot(self) -> Drawing:
        """Draw the effects as bars."""
        from sojourn.surfaces.library.drawing.charts import bar_chart

        bars = difference_bars([(f"{each.kind} {_named(each)}", each.share) for each in self._rows()])
        return bar_chart(bars, "effect on success", self.notes())

    def _rows(self) -> list[Companion]:
        """Put what rests on too few at the end."""
        return sorted(self.companions, key=lambda each: each.share.verdict is Verdict.TOO_FEW)


def _named(each: Companion) -> str:
    return " = ".join(each.names)


def _ratio(each: Companion) -> str:
    if each.ratio is None:
        return ""
    bounds = (
        "" if each.ratio_low is None or each.ratio_high is None else f" ({each.ratio_low:.2f} to {each.ratio_high:.2f})"
    )
    return f"{each.ratio:.2f}{bounds}"
