"""The tracking plan as a document: read from YAML with errors that name the line, and written back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from sojourn.domains.catalogue.contracts import EventGroup, Plan, PlannedEvent, PlannedProperty
from sojourn.kit.errors import InvalidError

TYPES = ("string", "number", "integer", "boolean", "date", "object", "list", "any")
EVENT_FIELDS = frozenset({"description", "owner", "properties"})
GROUP_FIELDS = frozenset({"events", "kind"})
PROPERTY_FIELDS = frozenset({"type", "required", "allowed", "personal", "dimension"})
FLAGS = ("required", "personal", "dimension")
NAME_MAX_CHARACTERS = 200
EVENTS_MAX = 5_000
GROUPS_MAX = 500
PROPERTIES_MAX = 1_000
TEXT_MAX_CHARACTERS = 2_000_000
DEPTH_MAX = 20
OPENING = (
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
)
CLOSING = (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken, yaml.BlockEndToken)

Node = yaml.Node
MAPPING, SEQUENCE, SCALAR = yaml.MappingNode, yaml.SequenceNode, yaml.ScalarNode


class PlanError(InvalidError):
    """The plan's document does not mean anything; the message names line and field."""

    code = "plan"


def read(text: str) -> Plan:
    """Read a plan from YAML (JSON is YAML); raise PlanError naming line and field."""
    if len(text) > TEXT_MAX_CHARACTERS:
        raise PlanError("The plan is larger than 2 MB.")
    root = _composed(text)
    if root is None:
        return Plan()
    fields = dict(_fields(root, "plan", frozenset({"closed", "common", "events", "groups"})))
    events = tuple(_event(name, node) for name, node in _named(fields.get("events"), "events", EVENTS_MAX))
    return Plan(
        events=events,
        closed=_flag(fields["closed"], "closed") if "closed" in fields else False,
        common=_properties(fields.get("common"), "common"),
        groups=_groups(fields.get("groups")),
    )


def write(plan: Plan) -> str:
    """Write a plan as YAML that `read` reads to the same plan."""
    return yaml.safe_dump(document(plan), sort_keys=False, allow_unicode=True, width=110)


def document(plan: Plan) -> dict[str, Any]:
    """Give a plan as plain maps and lists, leaving out what is as by default."""
    out: dict[str, Any] = {"closed": plan.closed}
    if plan.common:
        out["common"] = {each.name: _written(each) for each in plan.common}
    out["events"] = {
        event.name: {
            **({"description": event.description} if event.description else {}),
            **({"owner": event.owner} if event.owner else {}),
            "properties": {each.name: _written(each) for each in event.properties},
        }
        for event in plan.events
    }
    if plan.groups:
        out["groups"] = {
            each.name: {"events": list(each.events), "kind": each.kind} if each.kind else list(each.events)
            for each in plan.groups
        }
    return out


def _written(planned: PlannedProperty) -> dict[str, Any]:
    out: dict[str, Any] = {"type": planned.type}
    out.update({flag: True for flag in FLAGS if getattr(planned, flag)})
    if planned.allowed:
        out["allowed"] = list(planned.allowed)
    return out


def _composed(text: str) -> Node | None:
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            # Nor deep nesting, for which the time to read grows with its square.
            depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
            if depth > DEPTH_MAX:
                raise PlanError(f"line {token.start_mark.line + 1}: maps and lists nest too deeply.")
            # Aliases let a short text stand for an endless one; a plan needs none.
            if isinstance(token, yaml.AliasToken):
                raise PlanError(f"line {token.start_mark.line + 1}: references (*name) are not read in a plan.")
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlanError(f"line {line}: this is not YAML: {error.problem or 'unreadable'}.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise PlanError("line 1: this is not YAML.") from None


def _event(name: str, node: Node) -> PlannedEvent:
    where = f"events.{name}"
    if _is_empty(node):
        return PlannedEvent(name=name)
    fields = dict(_fields(node, where, EVENT_FIELDS))
    return PlannedEvent(
        name=name,
        description=_text(fields["description"], f"{where}.description") if "description" in fields else "",
        owner=_text(fields["owner"], f"{where}.owner") if "owner" in fields else "",
        properties=_properties(fields.get("properties"), f"{where}.properties"),
    )


def _groups(node: Node | None) -> tuple[EventGroup, ...]:
    groups, whose = [], dict[str, str]()
    for name, each in _named(node, "groups", GROUPS_MAX):
        group = _group(name, each)
        for event in group.events:
            if whose.setdefault(event, name) != name:
                raise _error(each, f"groups.{name}", f"{event} is in the group {whose[event]} already")
        groups.append(group)
    for group in groups:  # an event called as a group is one of its own
        if whose.get(group.name, group.name) != group.name:
            raise PlanError(
                f"groups.{group.name}: is an event of the group {whose[group.name]}, so no name for a group."
            )
    return tuple(groups)


def _group(name: str, node: Node) -> EventGroup:
    where = f"groups.{name}"
    if isinstance(node, SEQUENCE):  # the short form: just the events
        return _checked_group(EventGroup(name=name, events=_texts(node, where)), node)
    fields = dict(_fields(node, where, GROUP_FIELDS))
    events = _texts(fields["events"], f"{where}.events") if "events" in fields else ()
    kind = _text(fields["kind"], f"{where}.kind") if "kind" in fields else ""
    return _checked_group(EventGroup(name=name, events=events, kind=kind), node)


def _checked_group(group: EventGroup, node: Node) -> EventGroup:
    where = f"groups.{group.name}"
    if not 1 <= len(group.events) <= EVENTS_MAX:
        raise _error(node, where, f"name 1 to {EVENTS_MAX:,} events")
    if not all(each.strip("* ") and len(each) <= NAME_MAX_CHARACTERS for each in group.events):
        raise _error(node, where, f"each event has 1 to {NAME_MAX_CHARACTERS} characters besides *")
    if len(group.kind) > NAME_MAX_CHARACTERS:
        raise _error(node, where, f"a kind has at most {NAME_MAX_CHARACTERS} characters")
    return group


def _properties(node: Node | None, where: str) -> tuple[PlannedProperty, ...]:
    return tuple(_property(name, each, f"{where}.{name}") for name, each in _named(node, where, PROPERTIES_MAX))


def _property(name: str, node: Node, where: str) -> PlannedProperty:
    if isinstance(node, SCALAR):  # the short form: just the type
        return PlannedProperty(name=name, type=_type(node, where))
    fields = dict(_fields(node, where, PROPERTY_FIELDS))
    planned = PlannedProperty(
        name=name,
        type=_type(fields["type"], f"{where}.type") if "type" in fields else "any",
        allowed=_texts(fields["allowed"], f"{where}.allowed") if "allowed" in fields else (),
        **{flag: _flag(fields[flag], f"{where}.{flag}") for flag in FLAGS if flag in fields},
    )
    if planned.personal and planned.dimension:
        raise _error(node, where, "a personal property cannot be a dimension: it never enters the stream")
    return planned


def _fields(node: Node, where: str, known: frozenset[str]) -> Iterator[tuple[str, Node]]:
    for name, value in _named(node, where, len(known) + PROPERTIES_MAX):
        if name not in known:
            raise _error(value, f"{where}.{name}", f"unknown; known are {', '.join(sorted(known))}")
        yield name, value


def _named(node: Node | None, where: str, most: int) -> Iterator[tuple[str, Node]]:
    if node is None or _is_empty(node):
        return
    if not isinstance(node, MAPPING):
        raise _error(node, where, "must map names to descriptions")
    seen: set[str] = set()
    for key, value in node.value:
        name = key.value if isinstance(key, SCALAR) else ""
        if not name.strip() or len(name) > NAME_MAX_CHARACTERS or "\x00" in name:
            raise _error(key, where, f"a name must have 1 to {NAME_MAX_CHARACTERS} characters")
        if name in seen:
            raise _error(key, f"{where}.{name}", "stands here twice")
        seen.add(name)
        if len(seen) > most:
            raise _error(key, where, f"more than {most:,} entries")
        yield name, value


def _type(node: Node, where: str) -> str:
    name = _text(node, where)
    if name not in TYPES:
        raise _error(node, where, f"unknown type {name[:40]!r}; known are {', '.join(TYPES)}")
    return name


def _flag(node: Node, where: str) -> bool:
    value = node.value.lower() if isinstance(node, SCALAR) and isinstance(node.value, str) else ""
    if value not in {"true", "false", "yes", "no"}:
        raise _error(node, where, "must be true or false")
    return value in {"true", "yes"}


def _texts(node: Node, where: str) -> tuple[str, ...]:
    if not isinstance(node, SEQUENCE):
        raise _error(node, where, "must be a list")
    return tuple(_text(each, where) for each in node.value)


def _text(node: Node, where: str) -> str:
    if not isinstance(node, SCALAR) or "\x00" in node.value:
        raise _error(node, where, "must be text")
    return str(node.value)


def _is_empty(node: Node) -> bool:
    return isinstance(node, SCALAR) and node.tag == "tag:yaml.org,2002:null"


def _error(node: Node, where: str, what: str) -> PlanError:
    return PlanError(f"line {node.start_mark.line + 1}: {where}: {what}.")
