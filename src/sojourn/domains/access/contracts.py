"""Words of access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sojourn.kit.errors import ForbiddenError


class Role(StrEnum):
    """What a person is in the organisation; each role has its rights."""

    ADMINISTRATOR = "administrator"  # everything
    CX_LEAD = "cx_lead"  # figures, journeys, the plan; whose they are, pseudonymous
    ANALYST = "analyst"  # reads figures and whose they are, imports files, edits journeys and the plan
    AGENT = "agent"  # one customer at a time, by name, to serve them
    AGENT_MANAGER = "agent_manager"  # as an agent, and lists of their unit's customers
    MARKETER = "marketer"  # figures and lists of customers, pseudonymous
    PRIVACY_OFFICER = "privacy_officer"  # consents, requests, retention, audit
    AUDITOR = "auditor"  # reads the audit log and how things are set, changes nothing
    VIEWER = "viewer"  # reads figures


class Right(StrEnum):
    """One thing that a role may allow; ask for it with `Viewer.require`."""

    FIGURES_READ = "figures.read"  # graphs, funnels, KPIs, freshness
    CUSTOMERS_LIST = "customers.list"  # single customers behind a figure, pseudonymous
    CUSTOMERS_READ = "customers.read"  # a customer's page with traits and contact data, and search by them
    CUSTOMERS_WRITE = "customers.write"  # notes, corrected traits, accounts and households
    CUSTOMERS_EXPORT = "customers.export"  # lists of customers as files
    EVENTS_EXPORT = "events.export"  # events as files, for BI tools too
    JOURNEYS_WRITE = "journeys.write"  # named journeys, saved questions
    PLAN_WRITE = "plan.write"  # tracking plan, groups of events, computed traits
    IMPORTS_RUN = "imports.run"  # files in
    QUARANTINE_READ = "quarantine.read"  # what refused items held
    SOURCES_MANAGE = "sources.manage"
    UNITS_MANAGE = "units.manage"  # the tree of the organisation
    WEBHOOKS_MANAGE = "webhooks.manage"
    IDENTITY_REVIEW = "identity.review"  # proposals, merge, unmerge, why
    IDENTITY_RULES = "identity.rules"  # rules of identity and their dry run
    CONSENTS_READ = "consents.read"
    CONSENTS_WRITE = "consents.write"  # note a customer's choice on their behalf
    PURPOSES_MANAGE = "purposes.manage"  # purposes, bases, notices
    REQUESTS_HANDLE = "requests.handle"  # data rights, erasure and its certificates
    RETENTION_READ = "retention.read"  # retention rules, statutory duties, legal holds by customer number
    RETENTION_MANAGE = "retention.manage"  # change them
    EMPLOYEES_READ = "employees.read"  # figures about named employees of one's unit, above the minimum n
    COMMENTS_READ = "comments.read"  # what customers said in words, personal data masked, and search in it
    SURVEYS_WRITE = "surveys.write"  # surveys, their links, whom they ask
    SURVEYS_APPROVE = "surveys.approve"  # what somebody else wrote
    ANSWERS_WRITE = "answers.write"  # answers given elsewhere, through the API
    CASES_READ = "cases.read"  # customer cases, of customers whom one may read
    CASES_WRITE = "cases.write"  # open them, work on them, close them
    CASES_RULES = "cases.rules"  # by which comments open them
    AUDIT_READ = "audit.read"
    BACKUPS_RUN = "backups.run"  # backup, restore, key rotation
    PEOPLE_MANAGE = "people.manage"  # people, roles, grants, keys


READING = frozenset(right for right in Right if right.value.endswith((".read", ".list", ".export")))

# What counts within a part of the organisation. All else belongs to no part: it counts for the whole, or not at all.
PARTED = frozenset(
    {
        Right.FIGURES_READ,
        Right.CUSTOMERS_LIST,
        Right.CUSTOMERS_READ,
        Right.CUSTOMERS_WRITE,
        Right.CUSTOMERS_EXPORT,
        Right.EVENTS_EXPORT,
        Right.JOURNEYS_WRITE,
        Right.IDENTITY_REVIEW,
        Right.CONSENTS_READ,
        Right.CONSENTS_WRITE,
        Right.CASES_READ,
        Right.CASES_WRITE,
        Right.EMPLOYEES_READ,
        Right.COMMENTS_READ,
    }
)

_FIGURES = frozenset({Right.FIGURES_READ})
_ANALYST = _FIGURES | {
    Right.CUSTOMERS_LIST,
    Right.COMMENTS_READ,
    Right.EVENTS_EXPORT,
    Right.JOURNEYS_WRITE,
    Right.PLAN_WRITE,
    Right.IMPORTS_RUN,
    Right.UNITS_MANAGE,
}
_AGENT = _FIGURES | {
    Right.CUSTOMERS_READ,
    Right.CUSTOMERS_WRITE,
    Right.COMMENTS_READ,
    Right.CONSENTS_READ,
    Right.CONSENTS_WRITE,
}
_DESK = frozenset({Right.CASES_READ, Right.CASES_WRITE})

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(Right),
    Role.CX_LEAD: _ANALYST
    | {Right.EMPLOYEES_READ, Right.SURVEYS_WRITE, Right.SURVEYS_APPROVE, Right.ANSWERS_WRITE, Right.CASES_RULES},
    Role.ANALYST: _ANALYST | {Right.SURVEYS_WRITE, Right.ANSWERS_WRITE},
    Role.AGENT: _AGENT | _DESK,
    Role.AGENT_MANAGER: _AGENT | _DESK | {Right.CUSTOMERS_LIST, Right.EMPLOYEES_READ, Right.IDENTITY_REVIEW},
    Role.MARKETER: _FIGURES | {Right.CUSTOMERS_LIST, Right.CUSTOMERS_EXPORT},
    Role.PRIVACY_OFFICER: _FIGURES
    | {
        Right.CUSTOMERS_READ,
        Right.IDENTITY_REVIEW,
        Right.CONSENTS_READ,
        Right.CONSENTS_WRITE,
        Right.PURPOSES_MANAGE,
        Right.REQUESTS_HANDLE,
        Right.RETENTION_READ,
        Right.RETENTION_MANAGE,
        Right.AUDIT_READ,
    },
    Role.AUDITOR: _FIGURES | {Right.AUDIT_READ, Right.CONSENTS_READ, Right.RETENTION_READ},
    Role.VIEWER: _FIGURES,
}


class Scope(StrEnum):
    """What an API key may do."""

    READ = "read"
    WRITE = "write"


class LacksRightError(ForbiddenError):
    """A viewer has not a right, has it in a part of the organisation only, or through a key that may only read."""

    def __init__(self, right: Right, *, lacks: Lacking, what: str = "This") -> None:
        super().__init__(f"{what} needs the right {right.value}{_LACKING[lacks]}")
        self.right, self.lacks = right, lacks


class Lacking(StrEnum):
    """How a right is lacking."""

    ALL = "all"
    WHOLE = "whole"  # it counts in a part of the organisation only
    SCOPE = "scope"  # the key has not the scope write


_LACKING: Final[Mapping[Lacking, str]] = {
    Lacking.ALL: ". Ask an administrator.",
    Lacking.WHOLE: " for the whole organisation.",
    Lacking.SCOPE: " and a key with the scope write.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """Rights, and the parts of the organisation in which they count: their highest units, None is the whole."""

    rights: frozenset[Right]
    units: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who looks: a person, a key or the system; each read names one.

    A viewer has one role in one part of the organisation (`role`, `units`) or several `grants`, which then say what
    they may. `units` are the highest units of the parts that the viewer sees when no right is named; None is the whole.
    With grants they are the parts in which every right counts: `units_for` and `within` give those of one right. What
    lies below a unit, and when, is the tree's to say. `employees` are the numbers that events name them by, where they
    serve customers themselves.
    """

    name: str  # "person:7", "key:3", "system"; goes to the audit log
    role: Role | None = None
    scopes: frozenset[Scope] = frozenset({Scope.READ})
    units: frozenset[str] | None = None
    grants: tuple[Grant, ...] = ()
    employees: frozenset[int] = frozenset()

    @property
    def rights(self) -> frozenset[Right]:
        """Say what this viewer may do, somewhere."""
        if self.grants:
            return frozenset().union(*(grant.rights for grant in self.grants))
        return RIGHTS[self.role] if self.role is not None else frozenset()

    def units_for(self, right: Right) -> frozenset[str] | None:
        """Give the parts of the organisation in which a right counts: None is the whole, empty is nowhere."""
        if right not in self.rights:
            return frozenset()
        if not self.grants:
            return self.units
        given = [grant.units for grant in self.grants if right in grant.rights]
        return None if None in given else frozenset().union(*(units for units in given if units is not None))

    def within(self, right: Right) -> Viewer:
        """Give this viewer as they are under one right: they see the parts in which it counts.

        A right about what belongs to no part of the organisation opens no part: they see what they saw.
        """
        return replace(self, units=self.units_for(right)) if right in PARTED else self

    @property
    def may(self) -> dict[str, bool]:
        """Say of each right whether this viewer has it, as templates ask: `viewer.may.journeys_write`."""
        return {right.name.lower(): self.can(right) for right in Right}

    def can(self, right: Right, *, looking: bool = False) -> bool:
        """Say whether this viewer has a right; to change things a key needs the scope write as well.

        `looking` asks only to look at what the right is about. A right about what belongs to no part of the
        organisation counts only where it is given for the whole.
        """
        if right not in self.rights or (right not in PARTED and self.units_for(right) is not None):
            return False
        return looking or right in READING or Scope.WRITE in self.scopes

    def require(self, right: Right, *, looking: bool = False, whole: bool = False) -> None:
        """Raise LacksRightError unless this viewer has a right, as `can` says it.

        `whole` asks for it in the whole organisation: for figures that no part of it can be told from.
        """
        if right not in self.rights:
            raise LacksRightError(right, lacks=Lacking.ALL)
        if (whole or right not in PARTED) and self.units_for(right) is not None:
            raise LacksRightError(right, lacks=Lacking.WHOLE)
        if not self.can(right, looking=looking):
            raise LacksRightError(right, lacks=Lacking.SCOPE)


SYSTEM = Viewer(name="system", role=Role.ADMINISTRATOR, scopes=frozenset(Scope))
LOCAL = Viewer(name="local", role=Role.ADMINISTRATOR, scopes=frozenset(Scope))  # who can read the data folder


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleGrant:
    """A role that somebody or a key has in a part of the organisation: in a unit and all below, or the whole (None)."""

    role: str  # of `Role`, or the short name of a role of the organisation's own
    unit: str | None = None
    group: str = ""  # of the identity provider, when that gave it


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedRole:
    """A role by its short name, with its rights."""

    slug: str
    name: str
    rights: tuple[Right, ...]
    is_built_in: bool
    grants: int = 0  # how often it is given to people and keys


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupRole:
    """What the members of a group of the identity provider get when they sign in."""

    group: str
    role: str
    unit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who signs in."""

    id: int
    email: str
    grants: tuple[RoleGrant, ...]
    is_active: bool
    last_seen_at: datetime | None
    employee_numbers: tuple[str, ...] = ()  # that events name them by, as figures show them


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """A key as it is listed: never its secret."""

    id: int
    name: str
    prefix: str
    grants: tuple[RoleGrant, ...]  # what it may do at most; the scopes narrow it
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    is_active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NewKey:
    """A key just made, with its secret, which is shown once and kept nowhere."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """One thing that somebody did: never a personal value, only ids and names of things."""

    id: int
    at: datetime
    who: str
    what: str
    object: str
    detail: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """Somebody looked at something."""

    at: datetime
    who: str  # as audit entries write it; `queries.names` names it for people
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditAsked:
    """Which audit entries: empty texts and None mean all."""

    who: str = ""  # "person:7", "key:3", "system"
    what: str = ""  # "key.create", or "key." for all that is done to keys
    object: str = ""  # "customer:12", or "customer:" for all customers
    since: datetime | None = None
    until: datetime | None = None  # exclusive


class Tampering(StrEnum):
    """How a row of the audit log can be wrong."""

    CHANGED = "changed"  # it does not fit its seal: changed, or not written by Sojourn
    MISSING = "missing"  # a place in the chain has no row
    MOVED = "moved"  # its seal fits, but it does not follow the row before it
    TRUNCATED = "truncated"  # the chain ends before the place that was noted outside the database
    REPLACED = "replaced"  # at a place noted outside the database stands another digest
    FOREIGN = "foreign"  # what is noted outside the database was not written with this log's key


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFinding:
    """One thing that is wrong with the audit log."""

    kind: Tampering
    place: int | None  # in the chain; None for a row that has none
    row: int | None  # the entry's id; None when there is no row


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditCheck:
    """What a verification of the audit log found."""

    rows: int
    waiting: int  # rows not linked yet, as those of a transaction just ended
    place: int  # of the last link
    digest: str  # of the last link: keep both elsewhere, to compare later
    noted: int  # the place noted outside the database; 0: nothing was noted
    wrong: int
    findings: tuple[AuditFinding, ...]  # the first of them

    @property
    def ok(self) -> bool:
        """Say whether nothing is wrong."""
        return self.wrong == 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditChoices:
    """What the latest entries can be searched by."""

    who: tuple[str, ...]
    what: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFile:
    """The audit log as JSON lines, oldest first, written while it is read."""

    name: str
    entries: int
    pieces: Iterator[bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """Somebody invited; the link is empty when it went by mail, else it is to be handed over."""

    person: Person
    link: str
    is_mailed: bool
