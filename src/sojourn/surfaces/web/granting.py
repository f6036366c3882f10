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
ALLOWS: dict[Right, Words] = {
    Right.FIGURES_READ: _("See figures"),
    Right.CUSTOMERS_LIST: _("List customers by number"),
    Right.CUSTOMERS_READ: _("Find and read a customer"),
    Right.CUSTOMERS_WRITE: _("Note and correct about customers"),
    Right.CUSTOMERS_EXPORT: _("Download lists of customers"),
    Right.EVENTS_EXPORT: _("Download events, make extracts"),
    Right.JOURNEYS_WRITE: _("Change journeys and saved questions"),
    Right.PLAN_WRITE: _("Change the tracking plan and computed traits"),
    Right.IMPORTS_RUN: _("Import files"),
    Right.QUARANTINE_READ: _("Read what refused items held"),
    Right.SOURCES_MANAGE: _("Manage sources"),
    Right.UNITS_MANAGE: _("Change the tree of units"),
    Right.WEBHOOKS_MANAGE: _("Manage webhooks"),
    Right.IDENTITY_REVIEW: _("Decide who is one person"),
    Right.IDENTITY_RULES: _("Change the rules of identity"),
    Right.CONSENTS_READ: _("See consents"),
    Right.CONSENTS_WRITE: _("Note a customer's choice"),
    Right.PURPOSES_MANAGE: _("Manage purposes and notices"),
    Right.REQUESTS_HANDLE: _("Answer data requests, erase"),
    Right.RETENTION_READ: _("See retention, duties and holds"),
    Right.RETENTION_MANAGE: _("Change retention, duties and holds"),
    Right.EMPLOYEES_READ: _("See figures about employees"),
    Right.COMMENTS_READ: _("Read and search what customers said"),
    Right.SURVEYS_WRITE: _("Write surveys, their links and whom they ask"),
    Right.SURVEYS_APPROVE: _("Approve surveys that somebody else wrote"),
    Right.ANSWERS_WRITE: _("Give answers to surveys through the API"),
    Right.CASES_READ: _("See customer cases"),
    Right.CASES_WRITE: _("Open customer cases and work on them"),
    Right.CASES_RULES: _("Change the rules that open customer cases"),
    Right.AUDIT_READ: _("Read the audit log"),
    Right.BACKUPS_RUN: _("Back up, restore, rotate keys"),
    Right.PEOPLE_MANAGE: _("Manage people, roles and API keys"),
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
    """List the rights in words, with their names; those that belong to no unit say so."""
    whole = _("for the whole organisation only")
    return [
        (each.value, f"{says} ({each.value})" if each in PARTED else f"{says} ({each.value}; {whole})")
        for each, says in ALLOWS.items()
    ]


def _lines(nodes: tuple[UnitNode, ...], depth: int) -> list[tuple[str, Words]]:
    found: list[tuple[str, Words]] = []
    for node in nodes:
        found.append((node.unit.code, f"{chr(0x2003) * depth}{node.unit.name} ({node.unit.code})"))
        found += _lines(node.children, depth + 1)
    return found
