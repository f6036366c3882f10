"""Files of what happened to something: tickets and orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sojourn.engine.stream.files.mapping import Cell, ColumnMapping, Step
from sojourn.engine.stream.files.preset import Preset, cells
from sojourn.engine.stream.files.tools.columns import NUMBER, numbered


def happenings(
    tool: str,
    title: str,
    *,
    kind: str,
    case: Sequence[str],
    who: Sequence[str],
    steps: Sequence[Step],
    traits: Mapping[str, str] | None = None,
    columns: Mapping[str, str | Sequence[str] | Cell] | None = None,
    number: Sequence[str] = NUMBER,
    split: str | None = None,
    needs: Sequence[str] = ("timestamp", "case", "user_id|anonymous_id"),
    marks: Sequence[str],
    **other: Any,
) -> Preset:
    """Make a preset for a file of what happened to something: an event for each instant that a row holds."""
    return Preset(
        mapping=ColumnMapping(
            name=f"{tool}-{kind}",
            title=title,
            cells=cells(
                message_id=Cell(columns=tuple(case), prefix=f"{tool}:"),
                user_id=tuple(number),
                anonymous_id=Cell(columns=tuple(who), prefix=f"{tool}:", scoped=True, split=split),
                case=numbered(tool, case),
                event=Cell(constant=steps[0].event),
                timestamp=steps[0].time,
                **(columns or {}),
            ),
            trait_names=traits or {},
            steps=tuple(steps),
            **other,
        ),
        needs=tuple(needs),
        marks=tuple(marks),
        all_marks=True,
    )
