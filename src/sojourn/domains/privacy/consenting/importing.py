"""Consents from a file: one row a word or one row a customer, what is wrong is refused row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.queries.reach import persons_of_each, there
from sojourn.domains.privacy.standing import noting, purposes
from sojourn.domains.privacy.standing.noting import Said
from sojourn.domains.privacy.words.consent import How, ImportedConsents, Proof, RefusedRow
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import micros

ROWS_MAX: Final = 100_000
REFUSED_SHOWN: Final = 1_000
WORDS_AT_ONCE: Final = 1_000
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
YES: Final = frozenset({"yes", "true", "1", "granted", "opted_in", "opt-in", "subscribed", "y"})
NO: Final = frozenset({"no", "false", "0", "denied", "refused", "opted_out", "opt-out", "unsubscribed", "n"})
# What columns are called in exports, in small letters and with _ for blanks.
CALLED: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": ("customer",),
    "user": ("user_id", "userid", "external_id", "customer_id", "contact_id"),
    "mail": ("email", "e-mail", "mail", "email_address"),
    "purpose": ("purpose", "subscription", "topic"),
    "allowed": ("allowed", "consent", "status", "opt_in"),
    "at": ("at", "timestamp", "date", "consent_date", "opt_in_time", "optin_time"),
    "notice": ("notice", "notice_version"),
    "language": ("language", "locale"),
    "source": ("source", "channel"),
}
Row = dict[str, str]


def import_consents(*, text: str, name: str, viewer: Viewer) -> ImportedConsents:
    """Note the consents of a CSV text; audited. The same file again changes nothing but adds its words once more.

    A row names somebody (customer, user_id or email) and either a `purpose` and whether it is `allowed`, or has a
    column for each purpose; an empty cell says nothing. Without a time it is said now. Raise ForbiddenError, and
    InvalidError for a header that cannot be meant or too many rows; rows that are wrong are refused one by one.
    """
    viewer.require(Right.CONSENTS_WRITE)
    header, rows = _read(text)
    asked = {each.name for each in purposes.known().asked}
    columns = _columns(header, asked)
    refused: list[RefusedRow] = []
    whose = _persons(rows, columns)
    seen = there({each for found in whose.values() for each in found}, viewer=viewer.within(Right.CONSENTS_WRITE))
    members = persons_of_each(seen.values())
    words: list[Said] = []
    for line, row in rows:
        try:
            customer = _customer(row, columns, whose, seen)
            words += _words(row, columns, asked, members[customer], name)
        except InvalidError as error:
            refused.append(RefusedRow(line=line, reason=error.message))
    for at in range(0, len(words), WORDS_AT_ONCE):  # short transactions: others want to write, too
        noting.note(words[at : at + WORDS_AT_ONCE])
    access.audit(viewer=viewer, what="consent.import", on="consents", words=str(len(words)), refused=str(len(refused)))
    return ImportedConsents(
        rows=len(rows),
        taken=len(rows) - len(refused),
        refused_rows=len(refused),
        refused=tuple(refused[:REFUSED_SHOWN]),
    )


def _read(text: str) -> tuple[list[str], list[tuple[int, Row]]]:
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, restkey="", restval="")
    header = [each for each in reader.fieldnames or [] if each]
    rows: list[tuple[int, Row]] = []
    try:
        for row in reader:
            rows.append((reader.line_num, {key: value for key, value in row.items() if isinstance(value, str)}))
            if len(rows) > ROWS_MAX:
                raise InvalidError(f"text: at most {ROWS_MAX:,} rows at once.")
    except csv.Error as error:
        raise InvalidError(f"text: line {reader.line_num} is not CSV: {error}.") from None
    return header, rows


def _columns(header: list[str], asked: Iterable[str]) -> dict[str, str]:
    """Recognise the columns by their names; those of purposes bear the purpose's name."""
    plain = {each.strip().lower().replace(" ", "_"): each for each in header}
    found = {job: plain[name] for job, names in CALLED.items() for name in names if name in plain}
    if not found.keys() & {"customer", "user", "mail"}:
        raise InvalidError("text: no column says whose consent it is; name it customer, user_id or email.")
    if not found.keys() >= {"purpose", "allowed"}:
        own = {f"purpose:{name}": plain[name] for name in asked if name in plain}
        if not own:
            raise InvalidError("text: there must be the columns purpose and allowed, or a column for each purpose.")
        found |= own
    return found


def _persons(rows: list[tuple[int, Row]], columns: Mapping[str, str]) -> dict[tuple[str, str], tuple[int, ...]]:
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for job, ask in (("user", lambda values: identity.with_identifiers("user", values)), ("mail", identity.with_mails)):
        if job in columns:
            values = {row[columns[job]].strip() for _, row in rows} - {""}
            found |= {(job, value): persons for value, persons in ask(values).items()}
    if "customer" in columns:
        said = {row[columns["customer"]].strip() for _, row in rows}
        found |= {("customer", each): (int(each),) for each in said if each.isdigit() and int(each) < 1 << 63}
    return found


def _words(
    row: Row,
    columns: Mapping[str, str],
    asked: set[str],
    persons: list[int],
    name: str,
) -> list[Said]:
    said_us = micros(_at(_cell(row, columns, "at")))
    proof = Proof(
        how=How.IMPORT,
        source=_cell(row, columns, "source") or name,
        notice=_notice(_cell(row, columns, "notice")),
        language=_cell(row, columns, "language")[:12],
    )
    choices = _choices(row, columns, asked)
    return [Said(person, of, allowed, said_us, proof) for person in persons for of, allowed in choices.items()]


def _customer(
    row: Row, columns: Mapping[str, str], whose: Mapping[tuple[str, str], tuple[int, ...]], seen: Mapping[int, int]
) -> int:
    for job in ("customer", "user", "mail"):
        cell = _cell(row, columns, job)
        if cell:
            found = {seen[each] for each in whose.get((job, cell), ()) if each in seen}
            if len(found) > 1:
                raise InvalidError("Several customers share this mail address; name one by customer or user_id.")
            if not found:
                raise InvalidError("There is no such customer.")
            return found.pop()
    raise InvalidError("The row names nobody.")


def _choices(row: Row, columns: Mapping[str, str], asked: set[str]) -> dict[str, bool]:
    if "purpose" in columns:
        purpose = _cell(row, columns, "purpose").lower()
        if purpose not in asked:
            raise InvalidError(f"There is no purpose {purpose[:40]!r} that can be refused.")
        choice = _choice(_cell(row, columns, "allowed"))
        if choice is None:
            raise InvalidError("allowed: say yes or no.")
        return {purpose: choice}
    cells = {name: _choice(_cell(row, columns, f"purpose:{name}")) for name in asked if f"purpose:{name}" in columns}
    found = {name: choice for name, choice in cells.items() if choice is not None}
    if not found:
        raise InvalidError("The row says nothing about any purpose.")
    return found


def _choice(cell: str) -> bool | None:
    word = cell.lower().replace(" ", "_")
    if word in YES or word in NO:
        return word in YES
    if word:
        raise InvalidError(f"{cell[:40]!r} is neither yes nor no.")
    return None


def _cell(row: Row, columns: Mapping[str, str], job: str) -> str:
    return row.get(columns[job], "").strip() if job in columns else ""


def _notice(cell: str) -> int | None:
    if not cell:
        return None
    if not cell.isdigit() or len(cell) > 6:
        raise InvalidError("notice: the version of the notice is a number.")
    return int(cell)


def _at(cell: str) -> datetime:
    if not cell:
        return timezone.now()
    try:
        at = datetime.fromisoformat(cell)
    except ValueError:
        raise InvalidError(f"at: {cell[:40]!r} is not an instant such as 2026-01-31T12:00:00Z.") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not EARLIEST <= at <= timezone.now():
        raise InvalidError("at: lies in the future, or before 1990.")
    return at
