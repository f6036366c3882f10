"""Retention: of those who started, how many came back, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.retention import RetentionColumn, RetentionFigures
from sojourn.surfaces.library.figures import hidden_or, whole
from sojourn.surfaces.library.results.table import Shown, Table
from sojourn.surfaces.library.words import Coverage

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Retention(Table, RetentionFigures):
    """Who came back, by cohort and distance in `distance_unit`."""

    distances: tuple[RetentionColumn, ...]
    coverage: Coverage

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give `since`, `customers`, and for each distance the customers who came back, None where it is too early."""
        return {
            "since": [each.since for each in self.cohorts],
            "customers": [each.customers for each in self.cohorts],
            **{
                f"{self.distance_unit}_{distance}": [each.cells[at].returned for each in self.cohorts]
                for at, distance in enumerate(self.distances)
            },
        }

    def shown(self) -> Sequence[Shown]:
        """Give the same for people, as shares."""
        return [
            Shown(f"{self.unit} of", [f"{each.since:%Y-%m-%d}" for each in self.cohorts], False),
            Shown("customers", [hidden_or(each.customers) for each in self.cohorts]),
            *(
                Shown(str(distance), [str(each.cells[at]) for each in self.cohorts])
                for at, distance in enumerate(self.distances)
            ),
        ]

    def notes(self) -> Sequence[str]:
        """Say the pooled shares with their intervals, and n."""
        pooled = [f"{self.distance_unit} {each}: {each.share}" for each in self.distances if each.share is not None]
        many = f"{whole(self.customers)} customers in {len(self.cohorts)} cohorts by {self.unit}, zone {self.zone}"
        return [many, "all cohorts: " + "; ".join(pooled[:4]), str(self.coverage)]

    def plot(self) -> Drawing:
        """Draw cohorts by distance as a heat map."""
        from sojourn.surfaces.library.drawing.heat import HeatCell, heat_map

        rows = [
            (
                f"{each.since:%Y-%m-%d}  {hidden_or(each.customers)}",
                [HeatCell(None if cell.share is None else cell.share.value, str(cell)) for cell in each.cells],
            )
            for each in self.cohorts
        ]
        heads = [str(each) for each in self.distances]
        return heat_map(rows, heads, f"customers who came back, by {self.distance_unit} after the start", self.notes())
