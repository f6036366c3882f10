"""The identity graph as a picture: persons on the left, the identifiers they hold on the right, edges by number.

An edge between two persons is an arc beside them. Numbers are those of the list below the picture, which says the same
in words; each leads to its line there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any, Final

from sojourn.domains.identity.contracts import EdgeKind, GraphEdge, Why

NODES_MAX: Final = 24  # more cannot be read in a picture; the list tells them all
ORDER: Final = ("user", "stay", "anonymous")
BOX, PITCH, TOP = 40, 64, 12  # heights
BADGE: Final = 12  # the radius of an edge's number
LETTER, FEW_LETTERS = 6, 6  # the width of a letter of an edge's words; fewer say nothing
PLACES: Final = (0.5, 0.32, 0.68, 0.22, 0.78, 0.14, 0.86, 0.41, 0.59)  # where on its edge a number may stand


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Widths of a picture: the arcs' zone, boxes, the space between them, and between numbers; letters of a box."""

    name: str
    arcs: int
    box: int
    between: int
    letters: int
    apart: int

    @property
    def right(self) -> int:
        """Where the boxes on the right begin."""
        return self.arcs + self.box + self.between

    @property
    def width(self) -> int:
        """The picture's width, with room for the focus ring."""
        return self.right + self.box + 4


WIDE: Final = Measures(name="wide", arcs=120, box=230, between=190, letters=28, apart=40)
NARROW: Final = Measures(name="narrow", arcs=36, box=104, between=46, letters=13, apart=2 * BADGE)

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Named:
    """The words of a picture: kind and value of a token, as they may be read, and of an edge what made it."""

    token: Callable[[int], tuple[str, str]]
    edge: Callable[[GraphEdge], str]


def drawn(found: Why, named: Named) -> list[dict[str, Any]]:
    """Give the picture in two widths; none where there is nothing to draw or too much of it."""
    left, right = _columns(found)
    if not found.edges or len(left) + len(right) > NODES_MAX:
        return []
    return [_picture(found, left, right, named, measures) for measures in (WIDE, NARROW)]


def _columns(found: Why) -> tuple[list[int], list[int]]:
    """Put persons left, those that name customers first, and identifiers right, near those who hold them."""
    kinds = dict(found.persons)
    held = {each.other: each.other_kind for each in found.edges if _is_held(each)}
    ends = {each.person: each.person_kind for each in found.edges}
    ends |= {each.other: each.other_kind for each in found.edges if not _is_held(each)}
    kinds = {token: kind for token, kind in (ends | kinds).items() if token not in held}
    left = sorted(kinds, key=lambda token: (token != found.customer, _rank(kinds[token]), token))
    place = {token: index for index, token in enumerate(left)}
    holders = {token: [place[each.person] for each in found.edges if each.other == token] for token in held}
    right = sorted(held, key=lambda token: (sum(holders[token]) / len(holders[token]), held[token], token))
    return left, right


def _is_held(edge: GraphEdge) -> bool:
    return edge.kind in (EdgeKind.HOLDS, EdgeKind.VERIFIED)


def _rank(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _picture(found: Why, left: list[int], right: list[int], named: Named, measures: Measures) -> dict[str, Any]:
    rows = max(len(left), len(right))
    at: dict[int, Point] = {token: (measures.arcs, y) for token, y in zip(left, _spread(len(left), rows), strict=True)}
    at |= {token: (measures.right, y) for token, y in zip(right, _spread(len(right), rows), strict=True)}
    belong = {person for person, _ in found.persons} | set(right)
    nodes = [_node(place, named.token(token), measures, token in belong) for token, place in at.items()]
    return {
        "name": measures.name,
        "width": measures.width,
        "height": TOP * 2 + rows * PITCH - (PITCH - BOX),
        "box": measures.box,
        "nodes": nodes,
        "edges": list(_edges(found.edges, at, named, measures)),
    }


def _spread(count: int, rows: int) -> list[float]:
    """Give the upper ends of a column's boxes, in the middle of the picture's height."""
    first = TOP + (rows - count) * PITCH / 2
    return [first + index * PITCH for index in range(count)]


def _node(at: Point, named: tuple[str, str], measures: Measures, belongs: bool) -> dict[str, Any]:
    kind, value = named
    return {
        "x": at[0],
        "y": at[1],
        "kind": _cut(str(kind), measures.letters + 2),
        "value": _cut(value, measures.letters),
        "whole": f"{kind} {value}",
        "belongs": belongs,
    }


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"


def _edges(
    edges: Sequence[GraphEdge], at: dict[int, Point], named: Named, measures: Measures
) -> Iterator[dict[str, Any]]:
    taken: list[Point] = []
    for number, edge in enumerate(edges, start=1):
        curve = _held_curve(edge, at, measures) if _is_held(edge) else _arc(edge, at)
        place = _free(curve, taken, measures.apart)
        taken.append(place)
        room = measures.letters if _is_held(edge) else int((place[0] - BADGE) / LETTER)
        yield {
            "number": number,
            "path": _path(curve),
            "is_held": _is_held(edge),
            "words": "" if measures is NARROW or room < FEW_LETTERS else _cut(named.edge(edge), room),
            "x": round(place[0], 1),
            "y": round(place[1], 1),
            "joins": edge.refusal is None,
        }


def _held_curve(edge: GraphEdge, at: dict[int, Point], measures: Measures) -> tuple[Point, ...]:
    (x, y), (to_x, to_y) = at[edge.person], at[edge.other]
    start, end, bend = x + measures.box, float(to_x), measures.between / 2
    return (
        (start, y + BOX / 2),
        (start + bend, y + BOX / 2),
        (end - bend, to_y + BOX / 2),
        (end, to_y + BOX / 2),
    )


def _arc(edge: GraphEdge, at: dict[int, Point]) -> tuple[Point, ...]:
    (x, y), (_, to_y) = at[edge.person], at[edge.other]
    upper, lower = sorted((y, to_y))
    bulge = min((x - BADGE - 2) / 0.75, 26 + (lower - upper) / PITCH * 14)  # a number stands at three quarters of it
    return ((x, y + BOX / 2), (x - bulge, y + BOX / 2), (x - bulge, to_y + BOX / 2), (x, to_y + BOX / 2))


def _on(curve: tuple[Point, ...], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
    return (
        sum(weight * x for weight, (x, _) in zip(weights, curve, strict=True)),
        sum(weight * y for weight, (_, y) in zip(weights, curve, strict=True)),
    )


def _free(curve: tuple[Point, ...], taken: Sequence[Point], apart: int) -> Point:
    """Give the first place on a curve where its number stands so far from all others, else the farthest from them."""
    places = [_on(curve, t) for t in PLACES]
    away = [min((hypot(x - other[0], y - other[1]) for other in taken), default=apart) for x, y in places]
    return places[next((at for at, far in enumerate(away) if far >= apart), away.index(max(away)))]


def _path(curve: tuple[Point, ...]) -> str:
    (x, y), *others = curve
    return f"M{x:g} {y:g}C" + " ".join(f"{a:g} {b:g}" for a, b in others)
