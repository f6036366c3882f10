"""Ask access: who is it, what may they see."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from sojourn.domains.access import granted, rules
from sojourn.domains.access.contracts import LOCAL, SYSTEM, ApiKey, GroupRole, NamedRole, Person, Right, Scope, Viewer
from sojourn.domains.access.factors import has_factor, lacks_factor, must_have_factor, with_factor
from sojourn.domains.access.invitations import account_of, base, has_mail
from sojourn.domains.access.models import Account, AuditRow, GroupRow, Key
from sojourn.domains.access.trail import audit_check, audit_choices, audit_glance, audit_log, looks
from sojourn.kit.errors import NotFoundError

__all__ = [
    "address",
    "api_keys",
    "audit_check",
    "audit_choices",
    "audit_glance",
    "audit_log",
    "group_roles",
    "has_factor",
    "has_mail",
    "invited",
    "is_loopback",
    "lacks_factor",
    "looks",
    "must_have_factor",
    "named_in_audit",
    "names",
    "people",
    "person",
    "person_by_email",
    "role",
    "roles",
    "viewer_called",
    "viewer_of",
    "viewer_of_key",
    "viewer_of_local_token",
    "who_gives_rights",
    "with_factor",
]
USE_NOTED_EVERY = timedelta(minutes=1)  # a write on every read would cost more than the read
NUMBER = re.compile(r"-?\d{4,20}")  # as a customer is named in an entry
LOOPBACK = ("127.", "::1", "::ffff:127.")


def viewer_of(account_id: int) -> Viewer:
    """Give the viewer that an active account is; raise NotFoundError without one."""
    account = Account.objects.filter(pk=account_id, is_active=True).prefetch_related("grants", "employees").first()
    if account is None:
        raise NotFoundError("There is no such person.")
    given = (each.contract() for each in account.grants.all())
    viewer = granted.viewer_with(given, name=f"person:{account.pk}", scopes=frozenset(Scope))
    return replace(viewer, employees=frozenset(each.number for each in account.employees.all()))


def viewer_of_key(secret: str, *, now: datetime | None = None) -> Viewer | None:
    """Give the viewer that an API key is, noting its use; None when it opens nothing."""
    at = now or timezone.now()
    key = Key.objects.filter(digest=rules.secret_digest(secret)).first()
    if key is None or not rules.is_open(is_active=key.is_active, expires_at=key.expires_at, now=at):
        return None
    if key.last_used_at is None or at - key.last_used_at >= USE_NOTED_EVERY:
        Key.objects.filter(pk=key.pk).update(last_used_at=at)
    given = (each.contract() for each in key.grants.all())
    return granted.viewer_with(given, name=f"key:{key.pk}", scopes=key.scope_set())


def viewer_called(name: str) -> Viewer:
    """Give the viewer of a name (`person:7`, `key:3`, `local`) as they may see today, for what they have ordered.

    Raise NotFoundError for one who is gone, shut out, or whose key no longer opens.
    """
    for known in (SYSTEM, LOCAL):
        if name == known.name:
            return known
    kind, _, number = name.partition(":")
    if kind == "person" and number.isdigit():
        return viewer_of(int(number))
    key = Key.objects.filter(pk=int(number)).first() if kind == "key" and number.isdigit() else None
    if key is None or not rules.is_open(is_active=key.is_active, expires_at=key.expires_at, now=timezone.now()):
        raise NotFoundError("There is no such viewer.")
    given = (each.contract() for each in key.grants.all())
    return granted.viewer_with(given, name=name, scopes=key.scope_set())


def viewer_of_local_token(token: str, *, server_file: Path, address: str) -> Viewer | None:
    """Give the administrator's viewer to who holds the running server's own token on this machine; else None."""
    if not is_loopback(address):
        return None
    try:
        known = json.loads(server_file.read_text()).get("token", "")
    except (OSError, ValueError, AttributeError):
        return None
    return LOCAL if known and hmac.compare_digest(str(known).encode(), token.encode()) else None


def is_loopback(address: str) -> bool:
    """Say whether an address is of this machine."""
    return address.startswith(LOOPBACK)


def person(person_id: int) -> Person:
    """Give one person; raise NotFoundError."""
    return _account(person_id).contract()


def person_by_email(email: str) -> Person:
    """Give the person with a mail address; raise NotFoundError."""
    account = Account.objects.filter(email=email.strip().lower()).first()
    if account is None:
        raise NotFoundError("Nobody signs in with this mail address.")
    return account.contract()


def people(*, viewer: Viewer) -> tuple[Person, ...]:
    """List who signs in, by mail address; raise ForbiddenError without the right people.manage."""
    viewer.require(Right.PEOPLE_MANAGE, looking=True)
    return tuple(each.contract() for each in Account.objects.order_by("email").prefetch_related("grants", "employees"))


def who_gives_rights(*, most: int = 3) -> tuple[str, ...]:
    """Give mail addresses of active people who give others rights, for somebody who lacks one; the first of them."""
    roles = [each.slug for each in granted.named_roles() if Right.PEOPLE_MANAGE in each.rights]
    able = Account.objects.filter(is_active=True, grants__role__in=roles, grants__unit=None)
    return tuple(able.distinct().order_by("id").values_list("email", flat=True)[:most])


def address() -> str:
    """Give the address under which people reach the pages, for mails."""
    return base()


def invited(token: str) -> Person:
    """Give whom an invitation's token invites; raise InvitationError."""
    return account_of(token).contract()


def names(viewers: Iterable[str]) -> dict[str, str]:
    """Name viewers for people: a person's mail address, a key's name; those that are gone stay as they are written."""
    listed = set(viewers)
    found = {f"person:{each.pk}": each.email for each in Account.objects.filter(pk__in=_numbers(listed, "person:"))}
    found |= {f"key:{each.pk}": each.name for each in Key.objects.filter(pk__in=_numbers(listed, "key:"))}
    return {each: found.get(each, each) for each in listed}


def api_keys(*, viewer: Viewer) -> tuple[ApiKey, ...]:
    """List the keys, newest first; never their secrets. Raise ForbiddenError without the right people.manage."""
    viewer.require(Right.PEOPLE_MANAGE, looking=True)
    return tuple(each.contract() for each in Key.objects.order_by("-id").prefetch_related("grants"))


def roles() -> tuple[NamedRole, ...]:
    """List the roles with their rights: those that come with Sojourn, then the organisation's own."""
    return granted.named_roles()


def role(slug: str) -> NamedRole:
    """Give one role with its rights; raise NotFoundError."""
    return granted.named_role(slug)


def group_roles(*, viewer: Viewer) -> tuple[GroupRole, ...]:
    """List what groups of the identity provider give; raise ForbiddenError without the right people.manage."""
    viewer.require(Right.PEOPLE_MANAGE, looking=True)
    return tuple(row.contract() for row in GroupRow.objects.order_by("group", "id"))


def named_in_audit(numbers: Iterable[int]) -> set[int]:
    """Say which of some random numbers of customers the audit log names, anywhere in an entry."""
    wanted, found = {str(each) for each in numbers}, set[int]()
    for about, detail in AuditRow.objects.values_list("object", "detail").iterator():
        told = f"{about} {json.dumps(detail)}" if detail else about
        found.update(int(each) for each in wanted.intersection(NUMBER.findall(told)))
    return found


def _numbers(viewers: Iterable[str], kind: str) -> list[int]:
    return [int(each.removeprefix(kind)) for each in viewers if each.startswith(kind)]


def _account(person_id: int) -> Account:
    account = Account.objects.filter(pk=person_id).first()
    if account is None:
        raise NotFoundError("There is no such person.")
    return account
