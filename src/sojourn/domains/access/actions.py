"""Do: make and change people and keys; every act leaves an audit entry."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, router, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sojourn.domains.access import chain, factors, granted, invitations, rules, trail
from sojourn.domains.access.contracts import (
    ApiKey,
    AuditAsked,
    AuditFile,
    Invitation,
    NewKey,
    Person,
    Right,
    Role,
    RoleGrant,
    Scope,
    Viewer,
)
from sojourn.domains.access.employment import follow_employee, set_employee
from sojourn.domains.access.failures import note_failed_factor, note_failed_key, note_failed_sign_in
from sojourn.domains.access.granting import (
    LastAdministratorError,
    apply_groups,
    grant,
    grant_to_key,
    grant_to_person,
    keep_an_administrator,
    map_group,
    replace_grants,
    unmap_group,
    withdraw_from_key,
    withdraw_from_person,
)
from sojourn.domains.access.invitations import InvitationError, MailError
from sojourn.domains.access.models import Account, Key
from sojourn.domains.access.roles import delete_role, save_role
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

__all__ = [
    "InvitationError",
    "LastAdministratorError",
    "MailError",
    "accept_invitation",
    "activate",
    "apply_groups",
    "audit",
    "audit_by",
    "change_person",
    "change_role",
    "create_key",
    "create_person",
    "deactivate",
    "delete_role",
    "export_audit",
    "follow_employee",
    "grant_to_key",
    "grant_to_person",
    "invite",
    "map_group",
    "note_failed_factor",
    "note_failed_key",
    "note_failed_sign_in",
    "note_seen",
    "require_over",
    "reset_factors",
    "revoke_key",
    "save_role",
    "set_employee",
    "set_password",
    "tell_of_new_browser",
    "unmap_group",
    "withdraw_from_key",
    "withdraw_from_person",
]
NAME_MAX_CHARACTERS = 100


def create_person(
    *, email: str, role: str, unit: str | None = None, viewer: Viewer, password: str | None = None
) -> Person:
    """Make somebody who signs in; without a password they cannot until one is set.

    They have a role in a part of the organisation: in a unit and all below it, or in the whole. Raise ForbiddenError,
    InvalidError (address, password, role, unit), ConflictError (address taken).
    """
    viewer.require(Right.PEOPLE_MANAGE)
    address = _address(email)
    if password is not None:
        _check_password(password, Account(email=address))
    try:
        with transaction.atomic(using=router.db_for_write(Account)):
            account = Account.objects.create_user(address, password)
            grant(to=account, grants=[RoleGrant(role=role, unit=unit)], viewer=viewer)
            audit(viewer=viewer, what="person.create", on=f"person:{account.pk}", role=role, unit=unit or "")
    except IntegrityError:
        raise ConflictError("Somebody signs in with this mail address already.") from None
    return account.contract()


def change_role(*, person_id: int, role: str, viewer: Viewer) -> Person:
    """Give somebody one role in the whole organisation instead of all that they were given by hand.

    Raise LastAdministratorError when nobody could manage people any more, ForbiddenError, InvalidError, NotFoundError.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(Account)):
        replace_grants(person_id=person_id, grants=[RoleGrant(role=role)], viewer=viewer)
        account = _held(person_id)
        audit(viewer=viewer, what="person.role", on=f"person:{person_id}", role=role)
    return account.contract()


def change_person(*, person_id: int, viewer: Viewer, role: str | None = None, is_active: bool | None = None) -> Person:
    """Change role, access, or both in one step; raise as `change_role` and `deactivate` do."""
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(Account)):
        if role is not None:
            change_role(person_id=person_id, role=role, viewer=viewer)
        if is_active is not None:
            _switch(person_id, is_active, viewer)
        return _held(person_id).contract()


def set_password(*, person_id: int, password: str, viewer: Viewer) -> None:
    """Set a password: one's own, or that of somebody who may nothing that the viewer may not.

    Raise InvalidError when it is too weak, ForbiddenError, NotFoundError.
    """
    if viewer.name != f"person:{person_id}":
        viewer.require(Right.PEOPLE_MANAGE)
        require_over(person_id=person_id, viewer=viewer)
    with transaction.atomic(using=router.db_for_write(Account)):
        account = _held(person_id)
        _check_password(password, account)
        account.set_password(password)
        account.save(update_fields=["password"])
        audit(viewer=viewer, what="person.password", on=f"person:{person_id}")


def invite(*, email: str, role: str, viewer: Viewer, unit: str | None = None) -> Invitation:
    """Make somebody who signs in and send them a link to choose a password; somebody who never came gets a new link.

    Without a mail server the link is given back to be handed over. Raise as `create_person`, and MailError: the person
    is made then, and can be invited again.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    account = Account.objects.filter(email=_address(email), is_active=True).first()
    if account is None:
        made = create_person(email=email, role=role, unit=unit, viewer=viewer)
        account = _there(made.id)
    elif account.last_login is not None or account.has_usable_password():
        raise ConflictError("Somebody signs in with this mail address already.")
    else:
        require_over(person_id=account.pk, viewer=viewer)
    link = invitations.address(invitations.token(account))
    is_mailed = invitations.has_mail()
    audit(viewer=viewer, what="person.invite", on=f"person:{account.pk}", mailed=str(is_mailed).lower())
    if is_mailed:
        said: dict[str, object] = {"link": link, "days": settings.SOJOURN.invitation_days}
        letter = invitations.Letter(template="web/mail/invitation.txt", subject=_("your invitation"), said=said)
        invitations.send(letter, to=account.email)
    return Invitation(person=account.contract(), link="" if is_mailed else link, is_mailed=is_mailed)


def accept_invitation(*, token: str, password: str) -> Person:
    """Set the first password of somebody invited; raise InvitationError, InvalidError (a weak password)."""
    with transaction.atomic(using=router.db_for_write(Account)):
        account = _held(invitations.account_of(token).pk)
        _check_password(password, account)
        account.set_password(password)
        account.save(update_fields=["password"])
        audit_by(who=f"person:{account.pk}", what="person.accept", on=f"person:{account.pk}")
    return account.contract()


def tell_of_new_browser(*, person_id: int, browser: str, at: datetime) -> None:
    """Tell somebody by mail that they signed in from a browser never seen with them; raise NotFoundError, MailError."""
    said: dict[str, object] = {"browser": browser, "at": at}
    letter = invitations.Letter(template="web/mail/new_browser.txt", subject=_("a new browser"), said=said)
    invitations.send(letter, to=_there(person_id).email)


def reset_factors(*, person_id: int, viewer: Viewer) -> int:
    """Take all second factors and recovery codes from somebody who lost theirs, and give how many there were.

    Raise ForbiddenError (for somebody who may more than the viewer, too), NotFoundError.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(Account)):
        _there(person_id)
        require_over(person_id=person_id, viewer=viewer)
        count = factors.take_factors(person_id)
        audit(viewer=viewer, what="person.factor_reset", on=f"person:{person_id}", factors=str(count))
    return count


def require_over(*, person_id: int, viewer: Viewer) -> None:
    """Raise ForbiddenError when somebody has rights that the viewer has not: who lets them in could act as them."""
    granted.require_own(viewer, _there(person_id).contract().grants)


def deactivate(*, person_id: int, viewer: Viewer) -> Person:
    """Shut somebody out; the entry stays, because the audit log names it. Raise LastAdministratorError."""
    return _switch(person_id, False, viewer)


def activate(*, person_id: int, viewer: Viewer) -> Person:
    """Let somebody in again."""
    return _switch(person_id, True, viewer)


def note_seen(*, person_id: int, at: datetime) -> None:
    """Remember when somebody was last here."""
    Account.objects.filter(pk=person_id).update(last_seen_at=at)


def create_key(
    *,
    name: str,
    scopes: frozenset[Scope],
    viewer: Viewer,
    role: str = Role.ANALYST.value,
    unit: str | None = None,
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> NewKey:
    """Make an API key and return its secret, this once.

    It has a role in a part of the organisation; more can be given with `grant_to_key`. Raise ForbiddenError,
    InvalidError (name, no scope, expiry not in the future, role, unit).
    """
    viewer.require(Right.PEOPLE_MANAGE)
    at = now or timezone.now()
    if not name.strip() or len(name) > NAME_MAX_CHARACTERS:
        raise InvalidError(f"name: give the key a name of 1 to {NAME_MAX_CHARACTERS} characters.")
    if not scopes:
        raise InvalidError("scopes: give at least one of read, write.")
    if expires_at is not None and expires_at <= at:
        raise InvalidError("expires_at: must lie in the future.")
    secret = rules.new_secret()
    with transaction.atomic(using=router.db_for_write(Key)):
        key = Key.objects.create(
            name=name.strip(),
            prefix=rules.shown_prefix(secret),
            digest=rules.secret_digest(secret),
            scopes=" ".join(sorted(scopes)),
            created_at=at,
            expires_at=expires_at,
        )
        grant(to=key, grants=[RoleGrant(role=role, unit=unit)], viewer=viewer)
        audit(viewer=viewer, what="key.create", on=f"key:{key.pk}", scopes=key.scopes, role=role, unit=unit or "")
    return NewKey(key=key.contract(), secret=secret)


def revoke_key(*, key_id: int, viewer: Viewer) -> ApiKey:
    """Close a key for good; raise NotFoundError."""
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(Key)):
        key = Key.objects.select_for_update().filter(pk=key_id).first()
        if key is None:
            raise NotFoundError("There is no such key.")
        key.is_active = False
        key.save(update_fields=["is_active"])
        audit(viewer=viewer, what="key.revoke", on=f"key:{key_id}")
    return key.contract()


def audit(*, viewer: Viewer, what: str, on: str, now: datetime | None = None, **detail: str) -> None:
    """Add an entry to the audit log, in the caller's transaction; ids and names of things only, nothing personal."""
    audit_by(who=viewer.name, what=what, on=on, now=now, **detail)


def audit_by(*, who: str, what: str, on: str, now: datetime | None = None, **detail: str) -> None:
    """Add an entry for a viewer who is known by name only, as rooms below this one know them."""
    chain.append(at=now or timezone.now(), who=who, what=what, on=on, detail=detail)


def export_audit(*, viewer: Viewer, asked: AuditAsked) -> AuditFile:
    """Write audit entries as JSON lines, oldest first, and note that; raise ForbiddenError, InvalidError."""
    viewer.require(Right.AUDIT_READ)
    rows = trail.select(asked)
    entries = rows.count()
    audit(viewer=viewer, what="audit.export", on="audit", entries=str(entries))
    return AuditFile(name="audit.jsonl", entries=entries, pieces=trail.lines(asked))


def _switch(person_id: int, is_active: bool, viewer: Viewer) -> Person:
    viewer.require(Right.PEOPLE_MANAGE)
    with transaction.atomic(using=router.db_for_write(Account)):
        if not is_active:
            keep_an_administrator(leaving=person_id)
        account = _held(person_id)
        account.is_active = is_active
        account.save(update_fields=["is_active"])
        audit(viewer=viewer, what="person.activate" if is_active else "person.deactivate", on=f"person:{person_id}")
    return account.contract()


def _there(person_id: int) -> Account:
    account = Account.objects.filter(pk=person_id).first()
    if account is None:
        raise NotFoundError("There is no such person.")
    return account


def _held(person_id: int) -> Account:
    account = Account.objects.select_for_update().filter(pk=person_id).first()
    if account is None:
        raise NotFoundError("There is no such person.")
    return account


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidError("email: this is not a mail address.") from None
    return address


def _check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as refusal:
        raise InvalidError("password: " + " ".join(refusal.messages)) from None
