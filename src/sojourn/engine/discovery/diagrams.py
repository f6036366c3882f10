"""Process trees laid out as BPMN diagrams: events, tasks and gateways with places, and flows with their ways.

From left to right; what runs beside each other or is chosen among stands one above the other, a way back below what it
repeats. Each block takes a rectangle of its own, so nothing lies on anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sojourn.engine.discovery.trees import Leaf, Operator, Tree

TASK_WIDTH, TASK_HEIGHT, GATEWAY, EVENT = 140, 56, 36, 32
GAP, MARGIN = 32, 16

Point = tuple[int, int]


class Kind(StrEnum):
    """What a node is."""

    START = "start"
    END = "end"
    TASK = "task"
    CHOICE = "choice"
    PARALLEL = "parallel"


SIZES = {
    Kind.START: (EVENT, EVENT),
    Kind.END: (EVENT, EVENT),
    Kind.TASK: (TASK_WIDTH, TASK_HEIGHT),
    Kind.CHOICE: (GATEWAY, GATEWAY),
    Kind.PARALLEL: (GATEWAY, GATEWAY),
}


@dataclass(frozen=True, slots=True)
class Node:
    """An element with its rectangle, in pixels."""

    id: str
    kind: Kind
    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow between two nodes and its way."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A laid out process."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of a diagram, entered at (0, 0) and left at (width, 0); a silent step has neither first nor last node."""

    width: int
    above: int
    below: int
    first: str = ""
    last: str = ""
    nodes: tuple[Node, ...] = ()
    flows: tuple[Flow, ...] = ()


SILENT_PART = _Part(0, GATEWAY // 2, GATEWAY // 2)


def diagram(tree: Tree) -> Diagram:
    """Lay a process tree out."""
    drawing = _Drawing()
    start, end = drawing.node(Kind.START), drawing.node(Kind.END)
    whole = drawing.row([start, drawing.part(tree), end])
    whole = _moved(whole, MARGIN, MARGIN + whole.above)
    size = whole.width + 2 * MARGIN, whole.above + whole.below + 2 * MARGIN
    return Diagram(whole.nodes, whole.flows, *size)


class _Drawing:
    """Gives parts for trees, and numbers to what they are made of."""

    def __init__(self) -> None:
        self._nodes = self._flows = 0

    def part(self, tree: Tree) -> _Part:
        if isinstance(tree, Leaf):
            return SILENT_PART if tree.activity is None else self.node(Kind.TASK, tree.activity)
        parts = [self.part(child) for child in tree.children]
        if tree.operator is Operator.SEQUENCE:
            return self.row(parts)
        kind = Kind.PARALLEL if tree.operator is Operator.PARALLEL else Kind.CHOICE
        return self._stack(kind, parts, is_loop=tree.operator is Operator.LOOP)

    def node(self, kind: Kind, name: str = "") -> _Part:
        self._nodes += 1
        width, height = SIZES[kind]
        made = Node(f"n{self._nodes}", kind, name, 0, -height // 2, width, height)
        return _Part(width, height // 2, height // 2, made.id, made.id, (made,))

    def flow(self, source: str, target: str, *points: Point) -> Flow:
        self._flows += 1
        return Flow(f"f{self._flows}", source, target, points)

    def row(self, parts: Sequence[_Part]) -> _Part:
        """Put parts one after the other."""
        placed: list[_Part] = []
        flows: list[Flow] = []
        x, last = 0, ""
        for part in parts:
            if last and part.first:
                flows.append(self.flow(last, part.first, (x - GAP, 0), (x, 0)))
            if part.first:
                placed.append(_moved(part, x, 0))
                x, last = x + part.width + GAP, part.last
        return _joined(placed, x - GAP, flows, placed[0].first, last) if placed else SILENT_PART

    def _stack(self, kind: Kind, parts: Sequence[_Part], *, is_loop: bool) -> _Part:
        """Put parts below each other between two gateways; of a loop all but the first lead back."""
        inside = max(part.width for part in parts)
        left = self.node(kind)
        right = _moved(self.node(kind), GATEWAY + GAP + inside + GAP, 0)
        placed: list[_Part] = [left, right]
        flows: list[Flow] = []
        line = -GAP
        for place, part in enumerate(parts):
            line = 0 if place == 0 else line + GAP + part.above
            if is_loop and place:
                flows += self._branch(right, left, _mirrored(part), line, into_x=GATEWAY + GAP + part.width)
                placed.append(_moved(_mirrored(part), GATEWAY + GAP, line))
            else:
                flows += self._branch(left, right, part, line, into_x=GATEWAY + GAP)
                placed.append(_moved(part, GATEWAY + GAP, line))
            line += part.below
        return _joined(placed, inside + 2 * (GATEWAY + GAP), flows, left.first, right.last)

    def _branch(self, source: _Part, target: _Part, part: _Part, line: int, *, into_x: int) -> list[Flow]:
        """Draw the flows of one branch: from a gateway into it and out of it to the other gateway."""
        out_x = 2 * (GATEWAY + GAP) + part.width - into_x  # the branch's other end
        begin, end = _centre(source), _centre(target)
        forward = 1 if end > begin else -1
        side = GATEWAY // 2
        first = [(begin + forward * side, 0)] if line == 0 else [(begin, side), (begin, line)]
        last = [(end - forward * side, 0)] if line == 0 else [(end, line), (end, side)]
        if not part.first:
            return [self.flow(source.last, target.first, *first, *last)]
        return [
            self.flow(source.last, part.first, *first, (into_x, line)),
            self.flow(part.last, target.first, (out_x, line), *last),
        ]


def _centre(gateway: _Part) -> int:
    return gateway.nodes[0].x + GATEWAY // 2


def _joined(parts: Sequence[_Part], width: int, flows: Sequence[Flow], first: str, last: str) -> _Part:
    return _Part(
        width,
        max(part.above for part in parts),
        max(part.below for part in parts),
        first,
        last,
        tuple(node for part in parts for node in part.nodes),
        (*(flow for part in parts for flow in part.flows), *flows),
    )


def _moved(part: _Part, x: int, y: int) -> _Part:
    return replace(
        part,
        above=part.above - y,
        below=part.below + y,
        nodes=tuple(replace(node, x=node.x + x, y=node.y + y) for node in part.nodes),
        flows=tuple(
            replace(flow, points=tuple((at_x + x, at_y + y) for at_x, at_y in flow.points)) for flow in part.flows
        ),
    )


def _mirrored(part: _Part) -> _Part:
    """Turn a part round, so that it is entered from the right."""
    return replace(
        part,
        nodes=tuple(replace(node, x=part.width - node.x - node.width) for node in part.nodes),
        flows=tuple(replace(flow, points=tuple((part.width - x, y) for x, y in flow.points)) for flow in part.flows),
    )
