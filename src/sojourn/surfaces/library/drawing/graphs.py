"""The directly-follows graph as a picture."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from statistics import quantiles
from typing import NamedTuple

from sojourn.engine.answers.graph import Path, Step
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.drawing import Drawing, marks
from sojourn.surfaces.library.drawing.layers import Edge, Layout, Size, laid_out
from sojourn.surfaces.library.drawing.marks import AMBER, BLUE, GREEN, GREY, INK, MUTED, PAPER, RED, RULE
from sojourn.surfaces.library.figures import duration, hidden_or, percent, shortened, whole

START, END = "\x00start", "\x00end"  # no event can be called so
NODE_HEIGHT, NODE_LINE, NODE_NARROWEST, NODE_CHARACTERS = 46.0, 15.0, 96.0, 20
ROUND: Size = (54.0, 54.0)
MARGIN = 16.0
WIDEST_LINE = 7.0
COVERED, ENDS_MOST = 0.9, 6  # starts and ends drawn: those of nine in ten customers, at most so many
HARD_DROP, SOME_DROP = 0.4, 0.2


class Mined(NamedTuple):
    """What is drawn: steps and paths, of how many customers, and the lines below."""

    steps: Sequence[Step]
    paths: Sequence[Path]
    customers: int
    notes: Sequence[str]


def graph_drawing(graph: Mined, colour: str) -> Drawing:
    """Draw a graph; raise InvalidError for a colour there is not."""
    if colour not in ("time", "drop"):
        raise InvalidError(f"colour: time or drop, not {colour!r}.")
    says = _sentence(graph)
    if not graph.steps:
        return Drawing(svg=marks.document(420, 60, says, [marks.text(210, 35, says, fill=MUTED)]), says=says)
    begins = _covering([(s.name, s.starts or 0) for s in graph.steps], {p.target for p in _onward(graph)})
    ends = _covering([(s.name, s.ends or 0) for s in graph.steps], {p.source for p in _onward(graph)})
    weights: dict[Edge, float] = {(p.source, p.target): p.customers for p in _onward(graph)}
    weights |= {(START, name): count for name, count in begins.items()}
    weights |= {(name, END): count for name, count in ends.items()}
    sizes = {START: ROUND} | {s.name: _size(s) for s in graph.steps} | {END: ROUND}
    layout = laid_out(sizes, weights)
    most = max(weights.values(), default=1)
    drawn = [
        *(_line(layout, edge, weight / most, look) for edge, weight, look in _looks(graph, begins, ends, colour)),
        *(_label(layout, edge, texts) for edge, texts in _labels(graph, begins, ends, colour)),
        *(_node(layout, step, sizes[step.name], graph) for step in graph.steps),
        *(_end(layout, name, word) for name, word in ((START, "Start"), (END, "End"))),
    ]
    width, height = layout.size[0] + 2 * MARGIN, layout.size[1] + 2 * MARGIN + 22
    foot = marks.text(MARGIN, height - 10, _foot(graph), fill=MUTED, size=11, anchor="start")
    shift = f'<g transform="translate({MARGIN:g},{MARGIN:g})">{"".join(drawn)}</g>'
    return Drawing(
        svg=marks.document(max(width, marks.width_of(_foot(graph), 11) + 2 * MARGIN), height, says, [shift, foot]),
        says=says,
    )


def _onward(graph: Mined) -> list[Path]:
    return [each for each in graph.paths if each.source != each.target]


def _size(step: Step) -> Size:
    lines = _named(step)
    widest = max(marks.width_of(each, bold=True) for each in lines)
    return max(NODE_NARROWEST, widest + 16), NODE_HEIGHT + NODE_LINE * (len(lines) - 1)


def _named(step: Step) -> list[str]:
    """Write a step's name in one line or two."""
    if len(step.name) <= NODE_CHARACTERS:
        return [step.name]
    first, *rest = textwrap.wrap(step.name, NODE_CHARACTERS) or [step.name]
    return [first, *([shortened(" ".join(rest), NODE_CHARACTERS)] if rest else [])]


def _covering(counts: Sequence[tuple[str, int]], joined: set[str]) -> dict[str, int]:
    """Keep the largest counts until they carry most of all, and those of steps that no path joins."""
    total, carried, kept = sum(count for _, count in counts), 0, dict[str, int]()
    for name, count in sorted(counts, key=lambda each: (-each[1], each[0])):
        if count and (name not in joined or (len(kept) < ENDS_MOST and carried < COVERED * total)):
            kept[name] = count
            carried += count
    return kept


def _looks(
    graph: Mined, begins: Mapping[str, int], ends: Mapping[str, int], colour: str
) -> list[tuple[Edge, float, str]]:
    """Give each edge with its customers and its colour, busiest last: it lies on top."""
    slow, slowest = _bounds([path.median_s for path in _onward(graph)])
    there = {step.name: step.customers for step in graph.steps}
    found: list[tuple[Edge, float, str]] = []
    for path in _onward(graph):
        pace = RED if path.median_s >= slowest else AMBER if path.median_s > slow else GREEN
        found.append(((path.source, path.target), path.customers, pace if colour == "time" else BLUE))
    found += [((START, name), count, GREY) for name, count in begins.items()]
    for name, count in ends.items():
        dropped = count / max(there[name], 1)
        loss = RED if dropped >= HARD_DROP else AMBER if dropped >= SOME_DROP else GREY
        found.append(((name, END), count, loss if colour == "drop" else GREY))
    return sorted(found, key=lambda each: each[1])


def _labels(
    graph: Mined, begins: Mapping[str, int], ends: Mapping[str, int], colour: str
) -> list[tuple[Edge, tuple[str, ...]]]:
    there = {step.name: step.customers for step in graph.steps}
    found: list[tuple[Edge, tuple[str, ...]]] = []
    for path in _onward(graph):
        second = duration(path.median_s) if colour == "time" else percent(path.share.value)
        found.append(((path.source, path.target), (whole(path.customers), second)))
    found += [((START, name), (whole(count),)) for name, count in begins.items()]
    for name, count in ends.items():
        share = (percent(count / max(there[name], 1)),) if colour == "drop" else ()
        found.append(((name, END), (whole(count), *share)))
    return found


def _bounds(medians: Sequence[float]) -> tuple[float, float]:
    """Give the median above which a path is slow, and that from which it is among the slowest tenth."""
    if len(medians) < 3:
        return float("inf"), float("inf")
    tenths = quantiles(medians, n=10, method="inclusive")
    return tenths[4], tenths[8] if len(medians) >= 6 else float("inf")


def _line(layout: Layout, edge: Edge, share: float, stroke: str) -> str:
    return marks.curve(layout.lines[edge], stroke=stroke, width=1 + share**0.5 * (WIDEST_LINE - 1))


def _label(layout: Layout, edge: Edge, texts: Sequence[str]) -> str:
    x, y = layout.labels[edge]
    width = max(marks.width_of(each, 11) for each in texts) + 4
    height = 13.0 * len(texts) + 2
    lines = [
        marks.text(x, y - height / 2 + 11 + 13 * at, said, size=11, fill=INK if at == 0 else MUTED)
        for at, said in enumerate(texts)
    ]
    return "".join([marks.box(x - width / 2, y - height / 2, width, height, fill=PAPER, radius=3), *lines])


def _node(layout: Layout, step: Step, size: Size, graph: Mined) -> str:
    x, y = layout.nodes[step.name]
    width, height = size
    left, top = x - width / 2, y - height / 2
    most = max(each.customers for each in graph.steps)
    again = f"  ↻ {whole(step.repeaters)}" if step.repeaters else ""
    says = (
        f"{step.name}: {whole(step.customers)} customers, {whole(step.times)} times, "
        f"{hidden_or(step.starts)} start and "
        f"{hidden_or(step.ends)} end here"
    )
    return marks.group(
        says,
        [
            marks.box(left, top, width, height, fill=PAPER, stroke=RULE),
            *(marks.text(x, top + 19 + NODE_LINE * at, each, bold=True) for at, each in enumerate(_named(step))),
            marks.text(x, top + height - 11, whole(step.customers) + again, fill=MUTED, size=11),
            marks.box(
                left + 6, top + height - 6, (width - 12) * step.customers / max(most, 1), 3, fill=BLUE, radius=1.5
            ),
        ],
    )


def _end(layout: Layout, name: str, word: str) -> str:
    x, y = layout.nodes[name]
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{ROUND[0] / 2 - 3:g}" fill="{PAPER}" stroke="{GREY}"/>'
    return circle + marks.text(x, y + 4, word, size=12, fill=MUTED)


def _foot(graph: Mined) -> str:
    return "; ".join(graph.notes)


def _sentence(graph: Mined) -> str:
    if not graph.steps:
        return "No events match this question."
    first = max(graph.steps, key=lambda step: step.starts or 0)
    said = f"{whole(graph.customers)} customers. Most begin with {first.name} ({hidden_or(first.starts)})."
    if _onward(graph):
        busiest = max(_onward(graph), key=lambda path: path.customers)
        said += (
            f" The busiest path is {busiest.source} to {busiest.target}: {whole(busiest.customers)} customers, "
            f"half within {duration(busiest.median_s)}."
        )
    return said
