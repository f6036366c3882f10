"""Within a layered layout: the order of each layer, and the height of each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 12


class Neighbours(NamedTuple):
    """What each place is joined to in the layers beside its own, and how strongly."""

    left: Mapping[str, Sequence[tuple[str, float]]]
    right: Mapping[str, Sequence[tuple[str, float]]]


def ordered(layers: Sequence[Sequence[str]], neighbours: Neighbours) -> list[list[str]]:
    """Put each layer in an order with few crossings: barycentres, swept to and fro; the best order found is given."""
    rows = [list(layer) for layer in layers]
    best, fewest = [list(row) for row in rows], _crossings(rows, neighbours)
    for sweep in range(SWEEPS):
        to_right = sweep % 2 == 0
        side = neighbours.left if to_right else neighbours.right
        places = range(1, len(rows)) if to_right else range(len(rows) - 2, -1, -1)
        for layer in places:
            beside = rows[layer - 1] if to_right else rows[layer + 1]
            rows[layer] = _by_barycentre(rows[layer], {name: at for at, name in enumerate(beside)}, side)
        crossings = _crossings(rows, neighbours)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def heights(
    rows: Sequence[Sequence[str]], neighbours: Neighbours, height: Mapping[str, float], gap: float
) -> dict[str, float]:
    """Give each place a height as near to its neighbours' as order and distances allow.

    Each layer in turn is solved exactly: least squares under an order, by pooling adjacent violators (Barlow et al.,
    1972).
    """
    down: dict[str, float] = {}
    for row in rows:
        edge = 0.0
        for place in row:
            down[place] = edge + height[place] / 2
            edge += height[place] + gap
    for sweep in range(2 * SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_mean(place, down, neighbours) for place in row]
            apart = [(height[one] + height[other]) / 2 + gap for one, other in pairwise(row)]
            down.update(zip(row, _spaced(wanted, apart), strict=True))
    return down


def _by_barycentre(
    row: Sequence[str], place: Mapping[str, int], side: Mapping[str, Sequence[tuple[str, float]]]
) -> list[str]:
    def centre(at: int, name: str) -> float:
        joined = [(place[other], pull) for other, pull in side.get(name, ())]
        return sum(p * w for p, w in joined) / sum(w for _, w in joined) if joined else float(at)

    centres = {name: centre(at, name) for at, name in enumerate(row)}
    return sorted(row, key=lambda name: centres[name])


def _crossings(rows: Sequence[Sequence[str]], neighbours: Neighbours) -> float:
    """Sum the products of what crosses."""
    total = 0.0
    for row, beside in pairwise(rows):
        place = {name: at for at, name in enumerate(beside)}
        ends = [
            (at, place[other], pull) for at, name in enumerate(row) for other, pull in neighbours.right.get(name, ())
        ]
        for at, (one, other, pull) in enumerate(ends):
            total += sum(pull * w for a, b, w in ends[at + 1 :] if (one - a) * (other - b) < 0)
    return total


def _mean(place: str, down: Mapping[str, float], neighbours: Neighbours) -> tuple[float, float]:
    """Give where a place is pulled to, and how strongly."""
    joined = [*neighbours.left.get(place, ()), *neighbours.right.get(place, ())]
    strength = sum(pull for _, pull in joined)
    if not strength:
        return down[place], 0.01
    return sum(down[other] * pull for other, pull in joined) / strength, strength


def _spaced(wanted: Sequence[tuple[float, float]], apart: Sequence[float]) -> list[float]:
    """Give the positions nearest to those wanted (position, strength) that keep the order and these distances."""
    shifts = [0.0]
    for distance in apart:
        shifts.append(shifts[-1] + distance)
    blocks: list[tuple[float, float, int]] = []  # mean, strength, members
    for (position, strength), shift in zip(wanted, shifts, strict=False):
        mean, weight, members = position - shift, strength, 1
        while blocks and blocks[-1][0] >= mean:
            other, more, count = blocks.pop()
            mean = (mean * weight + other * more) / (weight + more)
            weight, members = weight + more, members + count
        blocks.append((mean, weight, members))
    flat = [mean for mean, _, members in blocks for _ in range(members)]
    return [mean + shift for mean, shift in zip(flat, shifts, strict=False)]
