"""Diagrams written as BPMN 2.0 (OMG formal/2011-01-03), with their layout, as modelling tools read it."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from sojourn.engine.discovery.diagrams import Diagram, Kind, Node

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LAYOUT = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
POINTS = "http://www.omg.org/spec/DD/20100524/DI"
ELEMENTS = {
    Kind.START: "startEvent",
    Kind.END: "endEvent",
    Kind.TASK: "task",
    Kind.CHOICE: "exclusiveGateway",
    Kind.PARALLEL: "parallelGateway",
}


def written(diagram: Diagram, name: str) -> bytes:
    """Write a diagram as an XML file; `name` is what the process is called."""
    for prefix, space in (("bpmn", MODEL), ("bpmndi", LAYOUT), ("dc", BOUNDS), ("di", POINTS)):
        Xml.register_namespace(prefix, space)
    root = Xml.Element(f"{{{MODEL}}}definitions", {"id": "definitions", "targetNamespace": "urn:sojourn:process"})
    process = Xml.SubElement(
        root, f"{{{MODEL}}}process", {"id": "process", "name": _clean(name), "isExecutable": "false"}
    )
    for node in diagram.nodes:
        _node(process, node, diagram)
    for flow in diagram.flows:
        ends = {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target}
        Xml.SubElement(process, f"{{{MODEL}}}sequenceFlow", ends)
    drawn = Xml.SubElement(root, f"{{{LAYOUT}}}BPMNDiagram", {"id": "diagram"})
    plane = Xml.SubElement(drawn, f"{{{LAYOUT}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    for node in diagram.nodes:
        shape = Xml.SubElement(plane, f"{{{LAYOUT}}}BPMNShape", {"id": f"{node.id}_shape", "bpmnElement": node.id})
        box = {"x": node.x, "y": node.y, "width": node.width, "height": node.height}
        Xml.SubElement(shape, f"{{{BOUNDS}}}Bounds", {side: str(value) for side, value in box.items()})
    for flow in diagram.flows:
        edge = Xml.SubElement(plane, f"{{{LAYOUT}}}BPMNEdge", {"id": f"{flow.id}_edge", "bpmnElement": flow.id})
        for x, y in flow.points:
            Xml.SubElement(edge, f"{{{POINTS}}}waypoint", {"x": str(x), "y": str(y)})
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _node(process: Xml.Element, node: Node, diagram: Diagram) -> None:
    element = Xml.SubElement(process, f"{{{MODEL}}}{ELEMENTS[node.kind]}", {"id": node.id})
    if node.name:
        element.set("name", _clean(node.name))
    for flow in diagram.flows:
        if flow.target == node.id:
            Xml.SubElement(element, f"{{{MODEL}}}incoming").text = flow.id
    for flow in diagram.flows:
        if flow.source == node.id:
            Xml.SubElement(element, f"{{{MODEL}}}outgoing").text = flow.id


def _clean(name: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(each for each in name if each.isprintable())
