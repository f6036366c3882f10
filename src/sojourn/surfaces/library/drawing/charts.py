"""Bars; also as Vega-Lite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sojourn.surfaces.library.drawing import Drawing, marks
from sojourn.surfaces.library.drawing.marks import BLUE, INK, MUTED, RULE
from sojourn.surfaces.library.figures import shortened

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"
ROW, BAR, WIDTH, NAME_CHARACTERS, BARS_MOST = 30.0, 18.0, 360.0, 60, 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """A bar: its name, how long it is, and what is written beside it."""

    name: str
    value: float
    says: str
    colour: str = BLUE


def bar_chart(bars: Sequence[Bar], title: str, notes: Sequence[str]) -> Drawing:
    """Draw bars, the first 40 of them; the notes stand below."""
    shown = bars[:BARS_MOST]
    left = max((marks.width_of(shortened(each.name, NAME_CHARACTERS)) for each in shown), default=0) + 24
    most = max((each.value for each in shown), default=0) or 1
    drawn = [marks.text(12, 22, title, fill=MUTED, anchor="start")]
    top = 34.0
    for each in shown:
        width = WIDTH * each.value / most
        drawn.append(
            marks.group(
                f"{each.name}: {each.says}",
                [
                    marks.text(left - 10, top + 14, shortened(each.name, NAME_CHARACTERS), anchor="end"),
                    marks.box(left, top, WIDTH, BAR, fill="#f2f4f7", stroke=RULE),
                    marks.box(left, top, width, BAR, fill=each.colour),
                    marks.text(left + WIDTH + 8, top + 14, each.says, anchor="start", fill=INK, size=12),
                ],
            )
        )
        top += ROW
    more = [f"and {len(bars) - BARS_MOST} more"] if len(bars) > BARS_MOST else []
    for note in [*more, *notes]:
        drawn.append(marks.text(12, top + 12, note, fill=MUTED, size=11, anchor="start"))
        top += 16
    right = max((marks.width_of(each.says, 12) for each in shown), default=0) + 24
    width = max(left + WIDTH + right, max((marks.width_of(note, 11) for note in notes), default=0) + 24)
    says = f"{title}: " + "; ".join(f"{each.name} {each.says}" for each in shown[:5])
    return Drawing(svg=marks.document(width, top + 14, says, drawn), says=says, vega=_vega(bars, title))


def _vega(bars: Sequence[Bar], title: str) -> dict[str, Any]:
    return {
        "$schema": VEGA_LITE,
        "title": title,
        "data": {"values": [{"name": each.name, "value": each.value, "says": each.says} for each in bars]},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": None, "title": None},
            "x": {"field": "value", "type": "quantitative", "title": title},
            "tooltip": [{"field": "name"}, {"field": "says"}],
        },
    }
