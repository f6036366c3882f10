"""The object-centric directly-follows graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.engine.answers.objects import ObjectGraphFigures
from sojourn.surfaces.library.figures import duration, whole
from sojourn.surfaces.library.results.table import Shown, Table

if TYPE_CHECKING:
    from sojourn.surfaces.library.drawing import Drawing


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class ObjectGraph(Table, ObjectGraphFigures):
    """What follows what in the lives of objects, by type of object; events and pairs of events count once."""

    unread: int  # events whose time could not be read, left out

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give the edges: `kind`, `source`, `target`, `objects`, `times`, `pairs`, `median_s`."""
        rows = self.edges
        return {
            "kind": [each.kind for each in rows],
            "source": [each.source for each in rows],
            "target": [each.target for each in rows],
            "objects": [each.objects for each in rows],
            "times": [each.times for each in rows],
            "pairs": [each.pairs for each in rows],
            "median_s": [each.median_s for each in rows],
        }

    def shown(self) -> Sequence[Shown]:
        """Give the edges for people."""
        rows = self.edges
        return [
            Shown("objects of type", [each.kind for each in rows], False),
            Shown("from", [each.source for each in rows], False),
            Shown("to", [each.target for each in rows], False),
            Shown("objects", [whole(each.objects) for each in rows]),
            Shown("times", [whole(each.times) for each in rows]),
            Shown("pairs of events", [whole(each.pairs) for each in rows]),
            Shown("median", [duration(each.median_s) for each in rows]),
        ]

    def notes(self) -> Sequence[str]:
        """Say how many events and objects there are, and what objects begin and end with."""
        return [
            f"{whole(self.events)} events of {len(self.activities)} kinds"
            + (f"; {whole(self.unread)} without a time that can be read are left out" if self.unread else ""),
            *(
                f"{each.name}: {whole(each.objects)} objects, {whole(each.events)} events; begin with "
                f"{_most(each.starts)}, end with {_most(each.ends)}"
                for each in self.kinds
            ),
        ]

    def plot(self, paths: int = 60) -> Drawing:
        """Draw the graph, a colour and a kind of line for each type; of its edges the `paths` of most objects."""
        from sojourn.surfaces.library.drawing.objects import objects_drawing

        return objects_drawing(self, self.notes(), paths)


def _most(found: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({whole(many)})" for name, many in found[:2]) or "nothing"
