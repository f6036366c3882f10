"""Words of access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sojourn.kit.errors import ForbiddenError


class Role(StrEnum):
    """What a person may do; later issues add roles per domain."""

    ADMINISTRATOR = "administrator"  # everything, people and keys included
    ANALYST = "analyst"  # reads figures and whose they are, imports files, edits journeys and the plan
    VIEWER = "viewer"  # reads figures


RANK = {Role.VIEWER: 0, Role.ANALYST: 1, Role.ADMINISTRATOR: 2}


class Scope(StrEnum):
    """What an API key may do."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Who looks: a person, a key or the system; each read names one.

    `units` are the codes of the parts of the organisation that the viewer sees; None is the whole.
    """

    name: str  # "person:7", "key:3", "system"; goes to the audit log
    role: Role
    scopes: frozenset[Scope] = frozenset({Scope.READ})
    units: frozenset[str] | None = None

    def can_write(self) -> bool:
        """Say whether this viewer may change things."""
        return Scope.WRITE in self.scopes and self.role is not Role.VIEWER

    def is_administrator(self) -> bool:
        """Say whether this viewer may manage people, keys and sources."""
        return self.role is Role.ADMINISTRATOR

    def require_write(self) -> None:
        """Raise ForbiddenError unless this viewer may change things."""
        if not self.can_write():
            raise ForbiddenError(
                "This needs the right to change things: a role above viewer and a key with write scope."
            )

    def require_administrator(self) -> None:
        """Raise ForbiddenError unless this viewer may manage people, keys and sources, and change things."""
        self.require_write()
        self.require_role(Role.ADMINISTRATOR)

    def can_list_customers(self) -> bool:
        """Say whether this viewer may see the single customers behind a figure, pseudonymous."""
        return RANK[self.role] >= RANK[Role.ANALYST]

    def require_customers(self) -> None:
        """Raise ForbiddenError unless this viewer may see the single customers behind a figure."""
        if not self.can_list_customers():
            raise ForbiddenError("This needs the right to see single customers: a role above viewer.")

    def require_role(self, role: Role) -> None:
        """Raise ForbiddenError unless this viewer has the role or a higher one."""
        if RANK[self.role] < RANK[role]:
            raise ForbiddenError(f"This needs the role {role.value}.")


SYSTEM = Viewer(name="system", role=Role.ADMINISTRATOR, scopes=frozenset(Scope))
LOCAL = Viewer(name="local", role=Role.ADMINISTRATOR, scopes=frozenset(Scope))  # who can read the data folder


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who signs in."""

    id: int
    email: str
    role: Role
    is_active: bool
    last_seen_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """A key as it is listed: never its secret."""

    id: int
    name: str
    prefix: str
    role: Role  # what it may do at most; the scopes narrow it
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
