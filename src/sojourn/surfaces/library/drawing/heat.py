"""Heat maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sojourn.surfaces.library.drawing import Drawing, marks
from sojourn.surfaces.library.drawing.marks import BLUE, INK, MUTED, PAPER

WIDE, HIGH, ROWS_MOST = 62.0, 24.0, 60
DARK = 0.55  # share from which the text is white


class HeatCell(NamedTuple):
    """A share, None where there is none, and what is written for it."""

    share: float | None
    says: str


def heat_map(
    rows: Sequence[tuple[str, Sequence[HeatCell]]], heads: Sequence[str], title: str, notes: Sequence[str]
) -> Drawing:
    """Draw named rows of shares under headings, the first 60 rows; the notes stand below."""
    shown = rows[:ROWS_MOST]
    left = max((marks.width_of(name) for name, _ in shown), default=0) + 24
    drawn = [marks.text(12, 22, title, fill=MUTED, anchor="start")]
    drawn += [marks.text(left + WIDE * (at + 0.5), 46, head, fill=MUTED, size=11) for at, head in enumerate(heads)]
    top = 54.0
    for name, cells in shown:
        drawn.append(marks.text(left - 10, top + 16, name, anchor="end"))
        drawn += [
            _cell(left + WIDE * at, top, cell, f"{name}, {head}: {cell.says}")
            for at, (cell, head) in enumerate(zip(cells, heads, strict=True))
            if cell.share is not None
        ]
        top += HIGH
    more = [f"and {len(rows) - ROWS_MOST} more"] if len(rows) > ROWS_MOST else []
    for note in [*more, *notes]:
        drawn.append(marks.text(12, top + 18, note, fill=MUTED, size=11, anchor="start"))
        top += 16
    width = max(left + WIDE * len(heads) + 16, max((marks.width_of(note, 11) for note in notes), default=0) + 24)
    says = f"{title}: {notes[0] if notes else ''}"
    return Drawing(svg=marks.document(width, top + 18, says, drawn), says=says)


def _cell(x: float, y: float, cell: HeatCell, says: str) -> str:
    share = cell.share or 0.0
    fill = "#f2f4f7" if cell.says == "too few" else _shade(share)
    ink = MUTED if cell.says == "too few" else PAPER if share >= DARK else INK
    return marks.group(
        says,
        [
            marks.box(x + 1, y + 1, WIDE - 2, HIGH - 2, fill=fill, radius=3),
            marks.text(x + WIDE / 2, y + 16, cell.says, fill=ink, size=11),
        ],
    )


def _shade(share: float) -> str:
    """Mix blue into the paper, by share."""
    strong = [int(BLUE[at : at + 2], 16) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (each - 255) * (0.08 + 0.92 * share)):02x}" for each in strong)
