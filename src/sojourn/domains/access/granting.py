"""Do: give roles in parts of the organisation and take them back, by hand and by group."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import chain, granted
from sojourn.domains.access.contracts import SYSTEM, GroupRole, Right, Role, RoleGrant, Viewer
from sojourn.domains.access.models import Account, GrantRow, GroupRow, Key
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

GROUP_MAX_CHARACTERS = 200
GRANTS_MOST = 100


class LastAdministratorError(ConflictError):
    """Without an administrator nobody could manage people again."""

    code = "last_administrator"


def grant(*, to: Account | Key, grants: Iterable[RoleGrant], viewer: Viewer) -> None:
    """Give a new account or key its first roles, in the caller's transaction."""
    for each in grants:
        granted.check(each)
        granted.require_own(viewer, [each])
        _add(to, each)


def grant_to_person(*, person_id: int, role: str, unit: str | None = None, viewer: Viewer) -> tuple[RoleGrant, ...]:
    """Give somebody a role in a part of the organisation; what they have stays.

    Raise ForbiddenError when it holds rights that the viewer has not there, InvalidError for a role or unit that is
    not there, NotFoundError.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    wanted = RoleGrant(role=role, unit=unit)
    with transaction.atomic(using=router.db_for_write(GrantRow)):
        account = _account(person_id)
        _give(account, wanted, viewer)
        _note(viewer, "person.grant", f"person:{person_id}", wanted)
    return _grants(account)


def withdraw_from_person(
    *, person_id: int, role: str, unit: str | None = None, viewer: Viewer
) -> tuple[RoleGrant, ...]:
    """Take a role that was given by hand back; raise LastAdministratorError, NotFoundError."""
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(GrantRow)):
        if (role, unit) == (Role.ADMINISTRATOR.value, None):
            keep_an_administrator(leaving=person_id)
        account = _account(person_id)
        _take(account, RoleGrant(role=role, unit=unit))
        _note(viewer, "person.withdraw", f"person:{person_id}", RoleGrant(role=role, unit=unit))
    return _grants(account)


def grant_to_key(*, key_id: int, role: str, unit: str | None = None, viewer: Viewer) -> tuple[RoleGrant, ...]:
    """Give a key a role in a part of the organisation; raise as `grant_to_person` does."""
    viewer.require(Right.PEOPLE_MANAGE)
    wanted = RoleGrant(role=role, unit=unit)
    with transaction.atomic(using=router.db_for_write(GrantRow)):
        key = _key(key_id)
        _give(key, wanted, viewer)
        _note(viewer, "key.grant", f"key:{key_id}", wanted)
    return _grants(key)


def withdraw_from_key(*, key_id: int, role: str, unit: str | None = None, viewer: Viewer) -> tuple[RoleGrant, ...]:
    """Take a role back from a key; raise NotFoundError."""
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(GrantRow)):
        key = _key(key_id)
        _take(key, RoleGrant(role=role, unit=unit))
        _note(viewer, "key.withdraw", f"key:{key_id}", RoleGrant(role=role, unit=unit))
    return _grants(key)


def replace_grants(*, person_id: int, grants: Iterable[RoleGrant], viewer: Viewer) -> None:
    """Give somebody these roles and no other by hand, in the caller's transaction."""
    wanted = tuple(grants)
    if RoleGrant(role=Role.ADMINISTRATOR.value) not in wanted:
        keep_an_administrator(leaving=person_id)
    account = _account(person_id)
    account.grants.filter(group="").delete()
    grant(to=account, grants=wanted, viewer=viewer)


def apply_groups(*, person_id: int, groups: Iterable[str]) -> tuple[RoleGrant, ...]:
    """Give somebody who signs in the roles that their groups at the identity provider stand for.

    Roles of groups that they left are taken back, those given by hand stay, and the last administrator stays one.
    Raise NotFoundError.
    """
    names = set(groups)
    with transaction.atomic(using=router.db_for_write(GrantRow)):
        account = _account(person_id)
        had = {(row.role, row.unit, row.group): row for row in account.grants.exclude(group="")}
        should = {(row.role, row.unit, row.group) for row in GroupRow.objects.filter(group__in=names)}
        added, gone = should - set(had), set(had) - should
        if _ends_administration(account, gone, added):
            gone = {each for each in gone if each[0] != Role.ADMINISTRATOR.value}
        for role, unit, group in sorted(added, key=str):
            account.grants.create(role=role, unit=unit, group=group)
        account.grants.filter(pk__in=[had[each].pk for each in gone]).delete()
        if added or gone:
            said = {"added": _said(added), "gone": _said(gone)}
            chain.append(
                at=timezone.now(), who=SYSTEM.name, what="person.groups", on=f"person:{person_id}", detail=said
            )
    return _grants(account)


def map_group(*, group: str, role: str, unit: str | None = None, viewer: Viewer) -> GroupRole:
    """Let a group of the identity provider give a role in a part of the organisation, from the next sign-in on.

    Raise as `grant_to_person` does.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    name = group.strip()
    if not name or len(name) > GROUP_MAX_CHARACTERS or "\x00" in name:
        raise InvalidError(f"group: 1 to {GROUP_MAX_CHARACTERS} characters, as the identity provider writes it.")
    wanted = RoleGrant(role=role, unit=unit)
    granted.check(wanted)
    granted.require_own(viewer, [wanted])
    with transaction.atomic(using=router.db_for_write(GroupRow)):
        row, _ = GroupRow.objects.get_or_create(group=name, role=role, unit=unit)
        _note(viewer, "group.map", f"group:{name}"[:200], wanted)
    return row.contract()


def unmap_group(*, group: str, role: str, unit: str | None = None, viewer: Viewer) -> None:
    """Let a group give a role no longer; who has it loses it at the next sign-in. Raise NotFoundError."""
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(GroupRow)):
        gone, _ = GroupRow.objects.filter(group=group.strip(), role=role, unit=unit).delete()
        if not gone:
            raise NotFoundError("This group gives no such role.")
        _note(viewer, "group.unmap", f"group:{group.strip()}"[:200], RoleGrant(role=role, unit=unit))


def keep_an_administrator(*, leaving: int) -> None:
    """Raise LastAdministratorError when nobody else is an administrator of the whole organisation."""
    # All administrators' rows are locked, in one order and before any other, so that two who remove each other at
    # once can neither both succeed nor wait for each other for ever.
    if [each.pk for each in _administrators()] == [leaving]:
        raise LastAdministratorError("This is the last administrator; make somebody else one first.")


def _administrators() -> Iterable[Account]:
    given = GrantRow.objects.filter(role=Role.ADMINISTRATOR.value, unit=None, account__isnull=False)
    there = Account.objects.select_for_update().filter(is_active=True, pk__in=given.values("account_id"))
    return there.order_by("pk")


def _ends_administration(
    account: Account, gone: set[tuple[str, str | None, str]], added: set[tuple[str, str | None, str]]
) -> bool:
    whole = (Role.ADMINISTRATOR.value, None)
    if not any(each[:2] == whole for each in gone) or any(each[:2] == whole for each in added):
        return False
    kept = account.grants.filter(role=whole[0], unit=None)
    if any((row.role, row.unit, row.group) not in gone for row in kept):
        return False
    return [each.pk for each in _administrators()] == [account.pk]


def _give(to: Account | Key, wanted: RoleGrant, viewer: Viewer) -> None:
    granted.check(wanted)
    granted.require_own(viewer, [wanted])
    if to.grants.filter(role=wanted.role, unit=wanted.unit, group="").exists():
        raise ConflictError("They have this role there already.")
    if to.grants.count() >= GRANTS_MOST:
        raise ConflictError(f"More than {GRANTS_MOST} grants; give a role for a higher unit.")
    _add(to, wanted)


def _add(to: Account | Key, wanted: RoleGrant) -> None:
    to.grants.create(role=wanted.role, unit=wanted.unit)


def _take(from_: Account | Key, wanted: RoleGrant) -> None:
    gone, _ = from_.grants.filter(role=wanted.role, unit=wanted.unit, group="").delete()
    if not gone:
        raise NotFoundError("They have no such role there that was given by hand.")


def _grants(of: Account | Key) -> tuple[RoleGrant, ...]:
    return tuple(row.contract() for row in of.grants.all())


def _account(person_id: int) -> Account:
    account = Account.objects.select_for_update().filter(pk=person_id).first()
    if account is None:
        raise NotFoundError("There is no such person.")
    return account


def _key(key_id: int) -> Key:
    key = Key.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFoundError("There is no such key.")
    return key


def _said(grants: Iterable[tuple[str, str | None, str]]) -> str:
    return ", ".join(sorted(f"{role} in {unit or 'the whole'} by {group}" for role, unit, group in grants))


def _note(viewer: Viewer, what: str, on: str, wanted: RoleGrant) -> None:
    said = {"role": wanted.role, "unit": wanted.unit or ""}
    chain.append(at=timezone.now(), who=viewer.name, what=what, on=on, detail=said)
