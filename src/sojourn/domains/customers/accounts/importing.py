"""Accounts from a file: a row an account, or somebody who belongs to one; what is wrong is refused row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import router, transaction

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers.accounts import reading, sealed, storing
from sojourn.domains.customers.accounts.keeping import joined
from sojourn.domains.customers.accounts.naming import Named
from sojourn.domains.customers.accounts.storing import Stored
from sojourn.domains.customers.contracts import (
    AccountGiven,
    AccountKind,
    ImportedAccounts,
    MemberGiven,
    MemberRole,
    RefusedAccountRow,
)
from sojourn.domains.customers.models import AccountRow
from sojourn.kit.errors import InvalidError

ROWS_MOST: Final = 500_000
REFUSED_SHOWN: Final = 1_000
# What columns are called in exports, in small letters and with _ for blanks.
CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("kind", "account_kind"),
    "key": ("key", "number", "account_number", "account_id", "household_id", "company_id", "group_id", "groupid"),
    "name": ("name", "account_name", "household", "company", "company_name"),
    "product": ("product", "product_type"),
    "unit": ("unit", "branch"),
    "opened_on": ("opened_on", "opened", "open_date", "start_date"),
    "closed_on": ("closed_on", "closed", "close_date", "end_date"),
    "customer": ("customer",),
    "user_id": ("user_id", "userid", "external_id", "customer_id", "contact_id"),
    "email": ("email", "e-mail", "mail", "email_address"),
    "role": ("role", "relationship"),
    "since": ("since", "member_since"),
    "until": ("until", "member_until"),
}
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    account: AccountGiven
    member: MemberGiven | None


def import_accounts(
    *,
    text: str,
    viewer: Viewer,
    name: str = "file",
    kind: AccountKind | None = None,
    blank: str = "keep",
    is_trial: bool = False,
) -> ImportedAccounts:
    """Save the accounts of a CSV text; audited. The same file again changes nothing.

    Each row names an account (`kind`, or the one that is given for all, and `key`) and may name somebody who belongs to
    it (customer, user_id or email). Blank cells keep what is known, with `blank` "clear" they empty it. A trial says
    what would come of it and changes nothing. Raise ForbiddenError, and InvalidError for a header that cannot be meant
    or too many rows; rows that are wrong are refused one by one.
    """
    viewer.require(Right.CUSTOMERS_WRITE)
    columns, rows = _read(text, kind)
    refused: list[RefusedAccountRow] = []
    for at in range(0, len(rows), storing.AT_ONCE):  # short transactions: others want to write, too
        lines = []
        for number, row in rows[at : at + storing.AT_ONCE]:
            try:
                lines.append(_line(number, row, columns, kind, is_clearing=blank == "clear"))
            except InvalidError as error:
                refused.append(RefusedAccountRow(line=number, reason=error.message))
        refused += _tried(lines, viewer, name) if is_trial else _saved(lines, viewer, name)
    taken = len(rows) - len(refused)
    what = "account.try_import" if is_trial else "account.import"
    access.audit(viewer=viewer, what=what, on="accounts", rows=str(taken), refused=str(len(refused)))
    refused.sort(key=lambda each: each.line)
    shown = tuple(refused[:REFUSED_SHOWN])
    return ImportedAccounts(
        rows=len(rows), taken=taken, refused_rows=len(refused), refused=shown, columns=columns, is_trial=is_trial
    )


def _tried(lines: Sequence[_Line], viewer: Viewer, source: str) -> list[RefusedAccountRow]:
    """Save lines and take it back: what rows say of each other and of what is known is found out on the way."""
    using = router.db_for_write(AccountRow)
    with transaction.atomic(using=using):
        refused = _saved(lines, viewer, source)
        transaction.set_rollback(True, using=using)
    return refused


def _saved(lines: Sequence[_Line], viewer: Viewer, source: str) -> list[RefusedAccountRow]:
    """Save lines of a file; give those that are refused."""
    known = Named((each.member for each in lines if each.member is not None), viewer)
    looking = viewer.within(Right.CUSTOMERS_WRITE)
    there = storing.existing(each.account for each in lines)
    reached = reading.reached(there.values(), looking)
    refused, kept, rows = [], [], []
    for each in lines:
        try:
            joining = None if each.member is None else joined(each.member, known)
            storing.check(each.account)
            if joining is not None:
                storing.check_joining(each.account.kind, joining)
            row = there.get(sealed.blind(each.account.kind, each.account.key))
            if (row is None and joining is None and looking.units is not None) or (row and row.pk not in reached):
                raise InvalidError("This account has nobody whom you reach.")
        except InvalidError as error:
            refused.append(RefusedAccountRow(line=each.number, reason=error.message))
        else:
            kept.append(each)
            rows.append(Stored(each.account, joining))
    for each, found in zip(kept, storing.store(rows, source=source), strict=True):
        if isinstance(found, InvalidError):
            refused.append(RefusedAccountRow(line=each.number, reason=found.message))
    return refused


def _read(text: str, kind: AccountKind | None) -> tuple[dict[str, str], list[tuple[int, Row]]]:
    plain = text.lstrip("\ufeff")
    first = plain.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(plain), delimiter=delimiter, restkey="", restval="")
    columns = _columns([each for each in reader.fieldnames or [] if each], kind)
    rows: list[tuple[int, Row]] = []
    try:
        for row in reader:
            rows.append((reader.line_num, {key: value for key, value in row.items() if isinstance(value, str)}))
            if len(rows) > ROWS_MOST:
                raise InvalidError(f"text: at most {ROWS_MOST:,} rows at once.")
    except csv.Error as error:
        raise InvalidError(f"text: line {reader.line_num} is not CSV: {error}.") from None
    return columns, rows


def _columns(header: list[str], kind: AccountKind | None) -> dict[str, str]:
    """Recognise the columns by their names."""
    plain = {each.strip().lower().replace(" ", "_"): each for each in header}
    found = {job: plain[name] for job, names in CALLED.items() for name in reversed(names) if name in plain}
    if "key" not in found:
        raise InvalidError("text: no column says which account a row is about; name it key or account_number.")
    if "kind" not in found and kind is None:
        raise InvalidError("text: name a column kind (account, household, company), or say which kind all rows are.")
    return found


def _line(number: int, row: Row, columns: Mapping[str, str], kind: AccountKind | None, *, is_clearing: bool) -> _Line:
    said = {job: row.get(column, "").strip() for job, column in columns.items()}
    given = {job: text for job, text in said.items() if text}
    cleared = frozenset(job for job, text in said.items() if not text) if is_clearing else frozenset()
    account = AccountGiven(
        kind=_kind(given.get("kind", ""), kind),
        key=given.get("key", ""),
        name=given.get("name"),
        product=given.get("product"),
        unit=given.get("unit"),
        opened_on=_day("opened_on", given),
        closed_on=_day("closed_on", given),
        cleared=cleared & {"name", "product", "unit", "opened_on", "closed_on"},
    )
    if not {"customer", "user_id", "email"} & given.keys():
        if {"role", "since", "until"} & given.keys():
            raise InvalidError("The row says how somebody belongs to the account, and not who.")
        return _Line(number, account, None)
    by_number = given.get("customer", "")
    if by_number and not (by_number.isascii() and by_number.isdigit() and len(by_number) < 20):
        raise InvalidError("customer: a customer's number, as lists give it.")
    has_number = bool(by_number) and not given.get("user_id")
    member = MemberGiven(
        customer=int(by_number) if has_number else None,
        user_id=given.get("user_id", ""),
        email="" if by_number or given.get("user_id") else given.get("email", ""),
        role=_role(given.get("role", "")),
        since=_day("since", given),
        until=_day("until", given),
        cleared=cleared & {"since", "until"},
    )
    return _Line(number, account, member)


def _kind(cell: str, kind: AccountKind | None) -> AccountKind:
    if not cell and kind is not None:
        return kind
    try:
        return AccountKind(cell.lower())
    except ValueError:
        raise InvalidError(f"kind: {cell[:40]!r} is none of {', '.join(AccountKind)}.") from None


def _role(cell: str) -> MemberRole | None:
    word = cell.lower().replace(" ", "_").replace("-", "_")
    try:
        return MemberRole(word) if word else None
    except ValueError:
        raise InvalidError(f"role: {cell[:40]!r} is none of {', '.join(MemberRole)}.") from None


def _day(field: str, given: Mapping[str, str]) -> date | None:
    cell = given.get(field)
    if cell is None:
        return None
    try:
        found = datetime.fromisoformat(cell).date()
    except ValueError:
        raise InvalidError(f"{field}: {cell[:40]!r} is not a day such as 2026-01-31.") from None
    if found.year < 1900:
        raise InvalidError(f"{field}: lies before 1900.")
    return found
