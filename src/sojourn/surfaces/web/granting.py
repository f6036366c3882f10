"""What can be given: roles, units and rights, in words for choosing."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import PARTED, Right, Role
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.organisation.contracts import UnitNode

Words = str | Promise
WHERE = _("A unit and all below it, by the dates of the tree.")
SAYS: dict[Role, Words] = {
    Role.ADMINISTRATOR: _("everything, people and keys included"),
    Role.CX_LEAD: _("figures, journeys, the plan and figures about employees"),
    Role.ANALYST: _("reads figures, imports files, edits journeys and the plan"),
    Role.AGENT: _("one customer at a time, by name"),
    Role.AGENT_MANAGER: _("as an agent, and lists and employees of the unit"),
    Role.MARKETER: _("figures and lists of customers"),
    Role.PRIVACY_OFFICER: _("consents, requests, retention and the audit log"),
    Role.AUDITOR: _("the audit log, and changes nothing"),
    Role.VIEWER: _("reads figures"),
}


def roles() -> list[tuple[str, str]]:
    """List the roles with what they may."""
    said = {role.value: says for role, says in SAYS.items()}
    return [
        (each.slug, f"{each.name}: {said[each.slug]}" if each.is_built_in else each.name) for each in access.roles()
    ]


def units() -> list[tuple[str, Words]]:
    """List the whole organisation and its units of today, each below the one that it belongs to."""
    return [("", _("the whole organisation")), *_lines(organisation.tree(at=datetime.now(UTC).date()), 1)]


def rights() -> list[tuple[str, Words]]:
    """List the rights; those that belong to no unit say so."""
    whole = _("for the whole organisation only")
    return [(each.value, each.value if each in PARTED else f"{each.value} ({whole})") for each in Right]


def _lines(nodes: tuple[UnitNode, ...], depth: int) -> list[tuple[str, Words]]:
    found: list[tuple[str, Words]] = []
    for node in nodes:
        found.append((node.unit.code, f"{chr(0x2003) * depth}{node.unit.name} ({node.unit.code})"))
        found += _lines(node.children, depth + 1)
    return found
