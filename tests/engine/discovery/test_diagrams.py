"""Diagrams: the graph is the tree's, nothing lies on anything else, and the file is well-formed BPMN."""

from __future__ import annotations

from itertools import combinations
from xml.etree import ElementTree as Xml

from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.discovery import bpmn
from sojourn.engine.discovery.diagrams import Diagram, Kind, Node, diagram
from sojourn.engine.discovery.inductive import mine
from sojourn.engine.discovery.trees import SILENT, Block, Leaf, Operator, Tree, leaves

TREES = st.recursive(
    st.sampled_from([Leaf("ask"), Leaf("offer"), Leaf("buy & <go>"), SILENT]),
    lambda inner: st.builds(
        lambda operator, children: Block(operator, tuple(children)),
        st.sampled_from(Operator),
        st.lists(inner, min_size=2, max_size=4),
    ),
    max_leaves=12,
)


@given(TREES)
@settings(deadline=None, max_examples=200)
def test_nothing_lies_on_anything_else_and_flows_end_where_their_nodes_are(tree: Tree) -> None:
    drawn = diagram(tree)
    assert sorted(node.name for node in drawn.nodes if node.kind is Kind.TASK) == sorted(
        leaf.activity for leaf in leaves(tree) if leaf.activity is not None
    )
    assert not [(a, b) for a, b in combinations(drawn.nodes, 2) if _overlap(a, b)]
    assert all(node.x >= 0 and node.x + node.width <= drawn.width for node in drawn.nodes)
    assert all(node.y >= 0 and node.y + node.height <= drawn.height for node in drawn.nodes)
    nodes = {node.id: node for node in drawn.nodes}
    for flow in drawn.flows:
        assert _touches(nodes[flow.source], flow.points[0]) and _touches(nodes[flow.target], flow.points[-1])
        assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in flow.points)


@given(TREES)
@settings(deadline=None, max_examples=100)
def test_every_node_lies_between_start_and_end(tree: Tree) -> None:
    drawn = diagram(tree)
    start, end = (next(node.id for node in drawn.nodes if node.kind is kind) for kind in (Kind.START, Kind.END))
    assert _reached(drawn, start, forwards=True) == _reached(drawn, end, forwards=False) == {n.id for n in drawn.nodes}


def test_the_file_names_tasks_and_places_everything() -> None:
    drawn = diagram(mine([("ask", "offer", "buy & <go>"), ("ask", "leave")]))
    root = Xml.fromstring(bpmn.written(drawn, "Card\x00 application"))
    space = {"b": bpmn.MODEL, "d": bpmn.LAYOUT, "p": bpmn.POINTS}
    assert {task.get("name") for task in root.iterfind(".//b:task", space)} == {"ask", "offer", "buy & <go>", "leave"}
    assert root.find("b:process", space).get("name") == "Card application"  # type: ignore[union-attr]
    assert len(root.findall(".//d:BPMNShape", space)) == len(drawn.nodes)
    assert all(len(edge.findall("p:waypoint", space)) >= 2 for edge in root.iterfind(".//d:BPMNEdge", space))
    flows = {flow.get("id") for flow in root.iterfind(".//b:sequenceFlow", space)}
    assert {each.text for each in root.iterfind(".//b:outgoing", space)} == flows


def _overlap(one: Node, other: Node) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def _touches(node: Node, point: tuple[int, int]) -> bool:
    x, y = point
    on_side = x in (node.x, node.x + node.width) and node.y <= y <= node.y + node.height
    return on_side or (y in (node.y, node.y + node.height) and node.x <= x <= node.x + node.width)


def _reached(drawn: Diagram, start: str, *, forwards: bool) -> set[str]:
    reached, left = {start}, [start]
    while left:
        here = left.pop()
        for flow in drawn.flows:
            source, target = (flow.source, flow.target) if forwards else (flow.target, flow.source)
            if source == here and target not in reached:
                reached.add(target)
                left.append(target)
    return reached
