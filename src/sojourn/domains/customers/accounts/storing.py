"""Accounts as they are written: many rows at once, each an account and perhaps somebody who belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import router, transaction
from django.db.models import F, Model

from sojourn.domains.customers.accounts import sealed
from sojourn.domains.customers.contracts import ROLES, AccountGiven, AccountKind, MemberRole
from sojourn.domains.customers.models import AccountClock, AccountRow, MemberRow
from sojourn.kit.errors import InvalidError

AT_ONCE: Final = 500
KEY_MOST, NAME_MOST, TEXT_MOST = 200, 200, 63
COLUMNS: Final = ("sealed_name", "product", "unit", "opened_on", "closed_on", "source")
EMPTY: Final = {"product": "", "unit": "", "opened_on": None, "closed_on": None, "since": None, "until": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """A person who belongs to an account; None leaves a field as it is."""

    person: int
    role: MemberRole | None = None
    since: date | None = None
    until: date | None = None
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stored:
    """What to write: an account, and who belongs to it."""

    given: AccountGiven
    joining: Joining | None = None


def check(given: AccountGiven) -> None:
    """Raise InvalidError, naming the field, for an account that cannot be."""
    if not given.key.strip() or len(given.key) > KEY_MOST:
        raise InvalidError(f"key: give the account's number, 1 to {KEY_MOST} characters.")
    if given.name is not None and len(given.name) > NAME_MOST:
        raise InvalidError(f"name: at most {NAME_MOST} characters.")
    for field in ("product", "unit"):
        if len(getattr(given, field) or "") > TEXT_MOST:
            raise InvalidError(f"{field}: at most {TEXT_MOST} characters.")
    if given.product and given.kind is not AccountKind.ACCOUNT:
        raise InvalidError(f"product: a {given.kind.value} is none; leave it empty.")
    _check_span("opened_on", given.opened_on, "closed_on", given.closed_on)


def check_joining(kind: AccountKind, joining: Joining) -> None:
    """Raise InvalidError, naming the field, for who cannot belong to an account of a kind so."""
    if joining.role is not None and joining.role not in ROLES[kind]:
        known = ", ".join(role.value for role in ROLES[kind])
        raise InvalidError(f"role: in a {kind.value} one is {known}, not {joining.role.value}.")
    _check_span("since", joining.since, "until", joining.until)


def store(rows: Sequence[Stored], *, source: str) -> list[int | InvalidError]:
    """Write accounts and members that were checked, in one transaction; give each row's account.

    The same rows again change nothing. Where a span would end before it begins with what is known already, the row is
    left out and has the refusal in its account's place.
    """
    with transaction.atomic(using=router.db_for_write(AccountRow)):
        batch = _Batch(rows, source[:100])
        found = [batch.take(blind, each) for blind, each in zip(batch.blinds, rows, strict=True)]
        batch.write()
    return [each if isinstance(each, InvalidError) else each.pk for each in found]


def bump() -> None:
    """Note that accounts have changed, inside the caller's transaction."""
    if not AccountClock.objects.update(version=F("version") + 1):
        AccountClock.objects.create(version=1)


def existing(givens: Iterable[AccountGiven]) -> dict[bytes, AccountRow]:
    """Give the accounts that there are already, by the digest of their number."""
    blinds = {sealed.blind(each.kind, each.key) for each in givens}
    return {bytes(row.blind): row for row in AccountRow.objects.filter(blind__in=blinds)}


class _Batch:
    """Rows on their way into the tables: what is there already, what comes, what changes."""

    def __init__(self, rows: Sequence[Stored], source: str) -> None:
        self.source = source
        self.blinds = [sealed.blind(each.given.kind, each.given.key) for each in rows]
        known = AccountRow.objects.filter(blind__in=set(self.blinds))
        self._accounts = {bytes(each.blind): each for each in known}
        blind_of = {each.pk: blind for blind, each in self._accounts.items()}
        persons = {each.joining.person for each in rows if each.joining is not None}
        members = MemberRow.objects.filter(account_id__in=list(blind_of), person__in=persons)
        self._members = {(blind_of[each.account_id], each.person): each for each in members}
        self._changed: dict[bytes, AccountRow] = {}
        self._joined: dict[tuple[bytes, int], MemberRow] = {}

    def take(self, blind: bytes, row: Stored) -> AccountRow | InvalidError:
        """Take a row in, or say why not."""
        account = self._accounts.get(blind) or self._new(blind, row.given)
        try:
            said = _merged(account, row.given, ("product", "unit", "opened_on", "closed_on"))
            _check_span("opened_on", said["opened_on"], "closed_on", said["closed_on"])
            if row.joining is not None:
                self._join(blind, account, row.joining)
        except InvalidError as refusal:
            return refusal
        self._accounts[blind] = account
        if _put(account, said) | _rename(account, row.given) or account.pk is None:
            account.source = self.source
            self._changed[blind] = account
        return account

    def write(self) -> None:
        """Write what has changed."""
        accounts = list(self._changed.values())
        AccountRow.objects.bulk_create([each for each in accounts if each.pk is None], batch_size=AT_ONCE)
        _update(AccountRow, [each for each in accounts if each.pk is not None], COLUMNS)
        members = list(self._joined.values())
        for each in members:
            each.account_id = each.account.pk
        MemberRow.objects.bulk_create([each for each in members if each.pk is None], batch_size=AT_ONCE)
        _update(MemberRow, [each for each in members if each.pk is not None], ("role", "since", "until"))
        if accounts or members:
            bump()

    def _new(self, blind: bytes, given: AccountGiven) -> AccountRow:
        return AccountRow(kind=given.kind.value, blind=blind, sealed_key=sealed.seal(given.key.strip()))

    def _join(self, blind: bytes, account: AccountRow, joining: Joining) -> None:
        place = (blind, joining.person)
        role = ROLES[AccountKind(account.kind)][0]
        row = self._members.get(place) or MemberRow(account=account, person=joining.person, role=role.value)
        said = _merged(row, joining, ("role", "since", "until"))
        _check_span("since", said["since"], "until", said["until"])
        self._members[place] = row
        if _put(row, said) or row.pk is None:
            self._joined[place] = row


def _update(model: type[Model], rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Write rows that are there anew: an upsert, for a statement with a case a row and column takes seconds."""
    model._default_manager.bulk_create(
        rows, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["id"], update_fields=list(columns)
    )


def _merged(row: AccountRow | MemberRow, given: AccountGiven | Joining, fields: Iterable[str]) -> dict[str, Any]:
    """Give what fields come to: as they are, as given, or emptied."""
    said = {name: getattr(row, name) if (value := getattr(given, name)) is None else value for name in fields}
    return said | {name: EMPTY[name] for name in given.cleared if name in said and name in EMPTY}


def _put(row: AccountRow | MemberRow, said: dict[str, Any]) -> bool:
    changed = {name: value for name, value in said.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _rename(row: AccountRow, given: AccountGiven) -> bool:
    name = "" if "name" in given.cleared else given.name
    if name is None or sealed.opened(row.sealed_name) == name.strip():
        return False
    row.sealed_name = sealed.seal(name.strip()) if name.strip() else None
    return True


def _check_span(begin: str, since: date | None, end: str, until: date | None) -> None:
    if since is not None and until is not None and until < since:
        raise InvalidError(f"{end}: lies before {begin}.")
