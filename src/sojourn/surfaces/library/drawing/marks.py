"""SVG marks: texts, boxes, lines; every text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

INK, MUTED, PAPER, RULE = "#1f2933", "#5f6b7a", "#ffffff", "#d5dbe3"
BLUE, GREEN, AMBER, RED, GREY = "#2f6fb3", "#2e8b57", "#c77d0a", "#c8383a", "#8a94a3"
FONT = "system-ui, -apple-system, Segoe UI, Roboto, sans-serif"
NARROW, WIDE = frozenset("iljtfr.,:;|!'()[] "), frozenset("mwMW@%_—")


def document(width: float, height: float, says: str, marks: Sequence[str]) -> str:
    """Put marks on a sheet of paper; it shrinks to a narrow page."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" style="max-width:100%;height:auto" role="img" aria-label={quoteattr(says)} '
        f'font-family="{FONT}" font-size="13"><rect width="100%" height="100%" rx="6" fill="{PAPER}"/>'
        + "".join(marks)
        + "</svg>"
    )


def width_of(said: str, size: float = 13, *, bold: bool = False) -> float:
    """Estimate how wide a text is, rather too wide than too narrow: there is no font to ask."""
    ems = sum(
        0.38 if letter in NARROW else 0.95 if letter in WIDE else 0.74 if letter.isupper() else 0.62 for letter in said
    )
    return ems * size * (1.08 if bold else 1.0)


def text(
    x: float, y: float, said: str, *, fill: str = INK, size: float = 13, anchor: str = "middle", bold: bool = False
) -> str:
    """Write one line whose base line is at `y`."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size:g}" text-anchor="{anchor}"{weight}>'
        f"{escape(_clean(said))}</text>"
    )


def box(x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "none", radius: float = 4) -> str:
    """Draw a rectangle by its upper left corner."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" rx="{radius:g}" '
        f'fill="{fill}" stroke="{stroke}"/>'
    )


def group(says: str, marks: Sequence[str]) -> str:
    """Join marks that are one thing; pointing at it shows what it says."""
    return f"<g><title>{escape(_clean(says))}</title>{''.join(marks)}</g>"


def curve(points: Sequence[tuple[float, float]], *, stroke: str, width: float, dash: str = "") -> str:
    """Draw a smooth line from left or right through points, level at each of them, with an arrow's head at its end."""
    (x, y), *rest = points
    path = f"M{x:.1f},{y:.1f}"
    for over, down in rest:
        middle = (x + over) / 2
        path += f" C{middle:.1f},{y:.1f} {middle:.1f},{down:.1f} {over:.1f},{down:.1f}"
        x, y = over, down
    back = -1 if x >= points[-2][0] else 1
    head = 4 + width
    arrow = f"M{x:.1f},{y:.1f} l{back * head * 1.6:.1f},{-head * 0.7:.1f} v{head * 1.4:.1f} z"
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width:.1f}" stroke-opacity=".75"{dashed}/>'
        f'<path d="{arrow}" fill="{stroke}"/>'
    )


def _clean(said: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(letter for letter in said if letter == "\t" or ord(letter) >= 32)
