"""The object-centric graph as a picture: a colour and a kind of line for each type of objects."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

from sojourn.engine.answers.objects import Activity, ObjectEdge, ObjectGraphFigures
from sojourn.surfaces.library.drawing import Drawing, marks
from sojourn.surfaces.library.drawing.layers import Edge, Layout, Size, laid_out
from sojourn.surfaces.library.drawing.marks import AMBER, BLUE, GREEN, GREY, MUTED, PAPER, RED, RULE
from sojourn.surfaces.library.figures import duration, shortened, whole

LOOKS = ((BLUE, ""), (AMBER, "9 4"), (GREEN, "3 3"), (RED, "12 3 3 3"), (GREY, "1 4"))
MARGIN, HEIGHT, LINE, LEGEND = 16.0, 46.0, 13.0, 18.0
APART = 5.0  # lines of several types between the same two activities
CHARACTERS = 26


def objects_drawing(graph: ObjectGraphFigures, notes: Sequence[str], paths: int) -> Drawing:
    """Draw a graph with the edges that most objects took."""
    says = "; ".join(notes)
    looks = dict(zip((each.name for each in graph.kinds), cycle(LOOKS), strict=False))
    edges = [each for each in graph.edges if each.source != each.target][:paths]
    together: dict[Edge, list[ObjectEdge]] = {}
    for each in edges:
        together.setdefault((each.source, each.target), []).append(each)
    sizes = {each.name: _size(each) for each in graph.activities}
    layout = laid_out(sizes, {edge: sum(each.objects for each in mine) for edge, mine in together.items()})
    most = max((each.objects for each in edges), default=1)
    drawn = [
        *(_line(layout, edge, place, each, looks[each.kind], most)
          for edge, mine in together.items() for place, each in enumerate(mine)),
        *(_label(layout, edge, mine, looks) for edge, mine in together.items()),
        *(_node(layout, each, sizes[each.name]) for each in graph.activities),
    ]  # fmt: skip
    height = layout.size[1] + 2 * MARGIN + 2 * APART
    legend = [
        mark
        for row, each in enumerate(graph.kinds)
        for mark in _key(each.name, each.objects, looks[each.name], height + LEGEND * row)
    ]
    shift = f'<g transform="translate({MARGIN:g},{MARGIN:g})">{"".join(drawn)}</g>'
    width = max(layout.size[0] + 2 * MARGIN, 320.0)
    return Drawing(svg=marks.document(width, height + LEGEND * len(graph.kinds) + 8, says, [shift, *legend]), says=says)


def _size(activity: Activity) -> Size:
    name = shortened(activity.name, CHARACTERS)
    return max(96.0, marks.width_of(name, bold=True) + 16, marks.width_of(_counted(activity), 11) + 12), HEIGHT


def _counted(activity: Activity) -> str:
    return shortened(f"{whole(activity.events)} events", CHARACTERS)


def _line(layout: Layout, edge: Edge, place: int, each: ObjectEdge, look: tuple[str, str], most: int) -> str:
    stroke, dash = look
    points = [(x, y + APART * place) for x, y in layout.lines[edge]]
    line = marks.curve(points, stroke=stroke, width=1 + 5 * (each.objects / most) ** 0.5, dash=dash)
    says = (
        f"{each.kind}: {each.source} to {each.target}: {whole(each.objects)} objects, {whole(each.times)} times, "
        f"{whole(each.pairs)} pairs of events, half within {duration(each.median_s)}"
    )
    return marks.group(says, [line])


def _label(layout: Layout, edge: Edge, mine: Sequence[ObjectEdge], looks: dict[str, tuple[str, str]]) -> str:
    x, y = layout.labels[edge]
    texts = [f"{whole(each.objects)} · {duration(each.median_s)}" for each in mine]
    width, height = max(marks.width_of(each, 11) for each in texts) + 4, LINE * len(texts) + 2
    lines = [
        marks.text(x, y - height / 2 + 11 + LINE * row, said, size=11, fill=looks[each.kind][0])
        for row, (said, each) in enumerate(zip(texts, mine, strict=True))
    ]
    return "".join([marks.box(x - width / 2, y - height / 2, width, height, fill=PAPER, radius=3), *lines])


def _node(layout: Layout, activity: Activity, size: Size) -> str:
    x, y = layout.nodes[activity.name]
    width, height = size
    of = ", ".join(f"{whole(many)} of {kind}" for kind, many in activity.objects)
    return marks.group(
        f"{activity.name}: {whole(activity.events)} events; objects: {of or 'none'}",
        [
            marks.box(x - width / 2, y - height / 2, width, height, fill=PAPER, stroke=RULE),
            marks.text(x, y - 2, shortened(activity.name, CHARACTERS), bold=True),
            marks.text(x, y + 14, _counted(activity), fill=MUTED, size=11),
        ],
    )


def _key(name: str, objects: int, look: tuple[str, str], y: float) -> list[str]:
    stroke, dash = look
    line = marks.curve([(MARGIN, y), (MARGIN + 34, y)], stroke=stroke, width=2.5, dash=dash)
    return [line, marks.text(MARGIN + 44, y + 4, f"{name}: {whole(objects)} objects", size=12, anchor="start")]
