"""Attribution: which touchpoints an outcome is credited to, by every model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.attribution import AttributionFigures
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Attribution(Table, AttributionFigures):
    """An outcome attributed to touchpoints; what no touchpoint preceded is `direct` and credited to none."""

    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give, by touchpoint and model, the share of all credit with its bounds, the conversions and the money."""
        rows = [(each, model, each.credits[model]) for each in self.touchpoints for model in self.models]
        return {
            "touchpoint": [each.name for each, _, _ in rows],
            "touched": [each.touched for each, _, _ in rows],
            "model": [model for _, model, _ in rows],
            "share": [credit.share.value for _, _, credit in rows],
            "share_low": [credit.share.low for _, _, credit in rows],
            "share_high": [credit.share.high for _, _, credit in rows],
            "conversions": [credit.conversions for _, _, credit in rows],
            "value": [credit.value for _, _, credit in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give a line by touchpoint and a column by model."""
        return [
            Shown("touchpoint", [each.name for each in self.touchpoints], False),
            Shown("touched", [whole(each.touched) for each in self.touchpoints]),
            *(Shown(model, [str(each.credits[model].share) for each in self.touchpoints]) for model in self.models),
        ]

    def notes(self) -> Sequence[str]:
        """Say what is credited, what is not, and n."""
        money = "" if self.value is None else f", {self.value:,.2f} {self.currency}"
        return [
            f"{whole(self.conversions)} conversions of {whole(self.converted)} customers{money}; "
            f"{whole(self.direct)} without a touchpoint within {duration(self.window_s)}",
            *self._unconverted(),
            str(self.coverage),
        ]

    def _unconverted(self) -> list[str]:
        if self.paths is None or self.open is None:
            return []
        return [f"{whole(self.paths)} paths without a conversion, {whole(self.open)} may still convert"]

    def plot(self, model: str = "") -> Drawing:
        """Draw one model's credit, else the last one's, as bars; raise InvalidError for a model that there is not."""
        from sojourn.surfaces.library.drawing.charts import Bar, bar_chart

        model = model or self.models[-1]
        if model not in self.models:
            raise InvalidError(f"model: there is no {model}; there are {', '.join(self.models)}.")
        bars = [
            Bar(name=each.name, value=each.credits[model].share.value, says=str(each.credits[model].share))
            for each in self.touchpoints
        ]
        return bar_chart(bars, f"share of the credit, by the {model} model", self.notes())
