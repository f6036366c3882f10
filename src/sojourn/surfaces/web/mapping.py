"""The import page's mapping: one choice of a column for each field of an event, over what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Keep a rule that one column cannot say, such as "quantity times price"; a character for private use, which no file's
# header has and which browsers send back as it is.
AS_FOUND = "\ue000found"
# Fits every file, to learn its columns before anybody chose one.
ANY_FILE: dict[str, Any] = {
    "timestamp": {"constant": "2000-01-01T00:00:00Z"},
    "user_id": {"constant": "nobody"},
    "event": {"constant": "Row"},
}
FIELDS: tuple[tuple[str, str | Promise], ...] = (
    ("timestamp", _("When it happened")),
    ("user_id", _("Whose it is (customer number)")),
    ("anonymous_id", _("Whose it is, when not known by name")),
    ("event", _("What happened")),
    ("channel", _("Channel")),
    ("touchpoint", _("Touchpoint")),
    ("unit", _("Unit (branch, team)")),
    ("product", _("Product")),
    ("case", _("Case (application, order)")),
    ("value", _("Value")),
    ("currency", _("Currency")),
)


@dataclass(frozen=True, kw_only=True)
class FieldChoice:
    """One field of an event and the column that fills it; `rule` says a rule that no single column can."""

    name: str
    label: str | Promise
    column: str
    rule: str


def choices(mapping: Mapping[str, Any]) -> tuple[FieldChoice, ...]:
    """Give the fields with what a mapping says for each."""
    return tuple(_choice(name, label, mapping.get(name)) for name, label in FIELDS)


def chosen(posted: Mapping[str, str], base: Mapping[str, Any]) -> dict[str, Any]:
    """Make a mapping of what was chosen, over `base` for all that the page does not ask."""
    mapping = dict(base)
    for name, _label in FIELDS:
        column = posted.get(f"map-{name}", AS_FOUND)
        if column == AS_FOUND:
            continue
        mapping.pop(name, None)
        if column:
            mapping[name] = column
    constant = posted.get("event-constant", "").strip()
    if constant:
        mapping["event"] = {"constant": constant}
    if base.get("steps") and (
        _column(mapping, "timestamp") != base["steps"][0]["time"] or mapping.get("event") != base.get("event")
    ):
        mapping.pop("steps", None)  # what was chosen is one event a row
    for name in ("time_zone", "blank"):
        said = posted.get(name, "").strip()
        if said:
            mapping[name] = said
    return mapping


def _column(mapping: Mapping[str, Any], name: str) -> str:
    said = mapping.get(name) or ""
    columns = said.get("column") or "" if isinstance(said, dict) else said
    return columns if isinstance(columns, str) else str(next(iter(columns), ""))


def _choice(name: str, label: str | Promise, cell: object) -> FieldChoice:
    if cell is None:
        return FieldChoice(name=name, label=label, column="", rule="")
    said = cell if isinstance(cell, dict) else {"column": cell}
    column: Any = said.get("column") or []
    columns: list[str] = [column] if isinstance(column, str) else list(column)
    if set(said) == {"column"} and len(columns) == 1:
        return FieldChoice(name=name, label=label, column=columns[0], rule="")
    return FieldChoice(name=name, label=label, column=AS_FOUND, rule=_words(said, columns))


def _words(said: Mapping[str, Any], columns: list[str]) -> str:
    parts = [" / ".join(columns)] if columns else []
    if said.get("times"):
        parts.append(f"× {said['times']}")
    if said.get("split"):
        parts.append(str(_("the first of several")))
    if said.get("constant"):
        parts.append(f"“{said['constant']}”")
    if said.get("starts_with"):
        parts.append(str(_("by its first letters")))
    if said.get("only_without"):
        parts.append(str(_("where %(field)s is empty")) % {"field": said["only_without"]})
    return " ".join(parts)
