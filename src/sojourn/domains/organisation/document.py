"""The tree of units as a document: YAML or CSV, read with errors that name the line."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import yaml

from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.organisation.rules import TreeError

FIELDS = ("code", "name", "kind", "parent", "since", "until")
NEEDED = ("code", "name", "kind")
TEXT_MAX_CHARACTERS = 10_000_000


def read(text: str) -> tuple[Unit, ...]:
    """Read units from CSV (a header that begins with `code`) or YAML (a list of maps); raise TreeError."""
    if len(text) > TEXT_MAX_CHARACTERS:
        raise TreeError("The document is larger than 10 MB.")
    first = text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    return _from_csv(text.lstrip("\ufeff")) if first.startswith("code") and "," in first else _from_yaml(text)


def write(units: tuple[Unit, ...]) -> str:
    """Write units as YAML that `read` reads to the same units."""
    rows = [{name: getattr(unit, name) for name in FIELDS if getattr(unit, name) is not None} for unit in units]
    return yaml.safe_dump(rows, sort_keys=False, allow_unicode=True, width=110)


def _from_csv(text: str) -> tuple[Unit, ...]:
    try:
        reader = csv.DictReader(io.StringIO(text), strict=True)
        unknown = set(reader.fieldnames or ()) - set(FIELDS)
        if unknown:
            raise TreeError(f"line 1: unknown column {sorted(unknown)[0]!r}; known are {', '.join(FIELDS)}.")
        return tuple(_unit(row, f"line {reader.line_num}") for row in reader)
    except csv.Error as error:
        raise TreeError(f"This is not CSV: {error}.") from None


def _from_yaml(text: str) -> tuple[Unit, ...]:
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise TreeError("References (*name) are not read here.")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TreeError(f"line {line}: this is not YAML: {error.problem or 'unreadable'}.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise TreeError("line 1: this is not YAML.") from None
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise TreeError("line 1: must be a list of units.")
    return tuple(_unit(_scalars(node), f"line {node.start_mark.line + 1}") for node in root.value)


def _scalars(node: yaml.Node) -> dict[str, Any]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise TreeError(f"line {line}: a unit is a map of {', '.join(FIELDS)}.")
    row: dict[str, Any] = {}
    for key, value in node.value:
        if key.value not in FIELDS or not isinstance(value, yaml.ScalarNode):
            raise TreeError(f"line {key.start_mark.line + 1}: unknown or not plain: {str(key.value)[:40]!r}.")
        row[key.value] = "" if value.tag == "tag:yaml.org,2002:null" else value.value
    return row


def _unit(row: dict[str, Any], where: str) -> Unit:
    if None in row or None in row.values():  # csv: more or fewer cells than columns
        raise TreeError(f"{where}: the number of cells differs from the number of columns.")
    values = {name: str(row.get(name) or "").strip() for name in FIELDS}
    for name in NEEDED:
        if not values[name]:
            raise TreeError(f"{where}: {name} is missing.")
    return Unit(
        code=values["code"],
        name=values["name"],
        kind=values["kind"],
        parent=values["parent"] or None,
        since=_day(values["since"], f"{where}: since"),
        until=_day(values["until"], f"{where}: until"),
    )


def _day(text: str, where: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TreeError(f"{where}: {text[:40]!r} is not a day such as 2026-01-31.") from None
