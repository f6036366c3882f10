"""Requests until they can be worked on: who asks, is it them, what is meant, until when is the answer due."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy.desk import letters
from sojourn.domains.privacy.door.persons import persons_of
from sojourn.domains.privacy.rights import deadlines
from sojourn.domains.privacy.rights.holidays import Holidays, calendar
from sojourn.domains.privacy.rights.reading import held_request, opened_contact
from sojourn.domains.privacy.rights.sealed import CODE, CONTACT
from sojourn.domains.privacy.tables.rights import RequestRow
from sojourn.domains.privacy.words.rights import (
    Channel,
    Clock,
    Contact,
    DueDay,
    Holiday,
    Outcome,
    Regulation,
    Request,
    RequestKind,
    RequestState,
)
from sojourn.kit import sealing
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

CODE_MINUTES: Final = 30
CODE_ATTEMPTS: Final = 5
REASON_MAX: Final = 300
TEXT_MAX: Final = {"name": 200, "email": 254, "phone": 40, "message": 4_000, "language": 12}
CORRECTABLE: Final = ("email", "phone", "name", "first_name", "last_name", "address", "birthday", "company")
WAYS: Final = ("code", "document", "signed_in", "known_voice", "agent")
ALIVE: Final = (RequestState.UNVERIFIED, RequestState.OPEN, RequestState.PAUSED, RequestState.FAILED)


def own_regulations() -> Path:
    """Say where a company's own regulations stand."""
    return Path(settings.SOJOURN.data / "privacy" / "regulations.yaml")


def regulations() -> dict[str, Regulation]:
    """Give the regulations by name, the company's own among them; raise RegulationError."""
    return deadlines.regulations(own_regulations())


def own_holidays() -> Path:
    """Say where a company's holidays stand."""
    return Path(settings.SOJOURN.data / "privacy" / "holidays.yaml")


def holidays(*, year: int | None = None, viewer: Viewer) -> tuple[Holiday, ...]:
    """List the public holidays of a year (this one) by which deadlines are counted.

    Raise ForbiddenError, HolidayError.
    """
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    return calendar(own_holidays()).of_year(year or timezone.now().year)


def due_day(number: int, *, viewer: Viewer) -> DueDay | None:
    """Say of a request which holidays moved its deadline, None when its regulation is no longer there.

    Raise ForbiddenError, NotFoundError, HolidayError.
    """
    viewer.require(Right.REQUESTS_HANDLE, looking=True)
    row, known = held_request(number), regulations()
    if row.regulation not in known:
        return None
    clock = known[row.regulation].clocks[RequestKind(row.kind)]
    days = _holidays(clock)
    found = deadlines.due_day(
        clock, row.received_at.date(), paused_days=row.paused_days, is_extended=row.is_extended, holidays=days
    )
    return found if found.day == row.due_on else None  # the terms have changed since


def open_request(
    *,
    kind: RequestKind,
    regulation: str,
    contact: Contact,
    channel: Channel,
    customer: int | None = None,
    received_at: datetime | None = None,
    by: str,
) -> Request:
    """Write a request down; its clock runs from the day on which it came. Audited.

    Raise InvalidError for a regulation that is not there, a contact that cannot be answered, or a time to come.
    """
    clock = _clock(regulation, kind)
    checked = _checked(contact, kind)
    now = timezone.now()
    at = received_at or now
    if at > now:
        raise InvalidError("received_at: lies in the future.")
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = RequestRow.objects.create(
            kind=kind.value,
            regulation=regulation,
            state=RequestState.UNVERIFIED if clock.is_verified or customer is None else RequestState.OPEN,
            channel=channel.value,
            customer=None if customer is None else existing(customer),
            contact=_sealed(checked),
            received_at=at,
            due_on=deadlines.due_on(clock, at.date(), holidays=_holidays(clock)),
            acknowledge_by=_acknowledge_by(clock, at.date()),
        )
        access.audit_by(who=by, what="request.open", on=f"request:{row.pk}", kind=kind.value, channel=channel.value)
    return row.contract()


def acknowledge(*, number: int, viewer: Viewer) -> Request:
    """Confirm the receipt, by mail where there is a mail server; raise as `_working` does."""
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _working(number, viewer)
        row.acknowledged_at = timezone.now()
        row.save(update_fields=["acknowledged_at"])
        access.audit(viewer=viewer, what="request.acknowledge", on=f"request:{number}")
    letters.send(row.contract(), opened_contact(row), letters.Occasion.RECEIVED)
    return row.contract()


def send_code(*, number: int, viewer: Viewer | None = None) -> str:
    """Make a code that proves who asks; mail it where there is a mail server, and give it to read it out otherwise.

    It counts for half an hour and five tries. Raise ConflictError without an address to send it to.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _held(number) if viewer is None else _working(number, viewer)
        row.code, row.code_attempts = _digest(row.pk, code), 0
        row.code_expires_at = timezone.now() + timedelta(minutes=CODE_MINUTES)
        row.save(update_fields=["code", "code_attempts", "code_expires_at"])
        access.audit_by(who=viewer.name if viewer else "customer", what="request.code", on=f"request:{number}")
    letters.send(row.contract(), opened_contact(row), letters.Occasion.CODE, code=code)
    return code


def check_code(*, number: int, code: str) -> bool:
    """Say whether a code is the one that was sent; then the request is of the one customer with that address.

    After five wrong ones, or half an hour, a new one is needed.
    """
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = RequestRow.objects.select_for_update().filter(pk=number).first()
        if row is None or not row.code or row.code_expires_at is None or row.state == RequestState.CLOSED:
            return False
        if row.code_expires_at < timezone.now() or row.code_attempts >= CODE_ATTEMPTS:
            return False
        row.code_attempts += 1
        is_right = hmac.compare_digest(row.code, _digest(row.pk, code.strip()))
        if is_right:
            row.code = ""
            row.customer = row.customer or _only_customer(opened_contact(row))
            _verify(row, "code")
            access.audit_by(who="customer", what="request.verify", on=f"request:{number}", how="code")
        row.save()
    return is_right


def verify(*, number: int, customer: int, how: str, viewer: Viewer) -> Request:
    """Say that somebody made sure who asks, how, and which customer that is; audited.

    Raise ForbiddenError, NotFoundError, ConflictError and InvalidError for another way than `WAYS`.
    """
    if how not in WAYS:
        raise InvalidError(f"how: one of {', '.join(WAYS)}.")
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _working(number, viewer)
        row.customer = existing(customer)
        _verify(row, how)
        row.save()
        access.audit(viewer=viewer, what="request.verify", on=f"request:{number}", how=how, customer=str(row.customer))
    return row.contract()


def pause(*, number: int, why: str, viewer: Viewer, reason: str = "") -> Request:
    """Stop the clock because the customer was asked for something; raise ConflictError where the law does not.

    `reason` says in a sentence what they were asked for, and stands in the letter; raise InvalidError for a long one.
    """
    if len(reason.strip()) > REASON_MAX:
        raise InvalidError(f"reason: at most {REASON_MAX} characters; the customer reads it.")
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _working(number, viewer)
        clock = _clock(row.regulation, RequestKind(row.kind))
        if why not in clock.pauses:
            allowed = " and ".join(sorted(clock.pauses)) or "nothing"
            raise ConflictError(f"Under {row.regulation} {allowed} stops the clock; work on, or extend the deadline.")
        if row.paused_at is not None:
            raise ConflictError("The clock stands already.")
        row.paused_for, row.paused_at, row.state = why, timezone.now(), RequestState.PAUSED
        row.paused_reason = reason.strip()
        row.save()
        access.audit(viewer=viewer, what="request.pause", on=f"request:{number}", why=why)
    letters.send(row.contract(), opened_contact(row), letters.Occasion.ASKED)
    return row.contract()


def resume(*, number: int, viewer: Viewer) -> Request:
    """Let the clock run again: the days on which it stood are added. Raise ConflictError when it runs."""
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _working(number, viewer)
        if row.paused_at is None:
            raise ConflictError("The clock runs.")
        _run_again(row)
        row.save()
        access.audit(viewer=viewer, what="request.resume", on=f"request:{number}")
    return row.contract()


def extend(*, number: int, reason: str, viewer: Viewer) -> Request:
    """Extend the deadline once, with a reason that the customer is told; raise ConflictError where the law does not."""
    if not 1 <= len(reason.strip()) <= REASON_MAX:
        raise InvalidError(f"reason: 1 to {REASON_MAX} characters; the customer reads it.")
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _working(number, viewer)
        clock = _clock(row.regulation, RequestKind(row.kind))
        if clock.extension is None:
            raise ConflictError(f"{row.regulation} gives no extension for this kind of request.")
        if row.is_extended:
            raise ConflictError("The deadline was extended already; a second time the law does not allow.")
        if timezone.now().date() > row.due_on:
            raise ConflictError("The deadline has passed: it can be extended before its end only. Answer at once.")
        row.is_extended, row.extension_reason = True, reason.strip()
        row.due_on = _due_on(row, clock)
        row.save()
        access.audit(viewer=viewer, what="request.extend", on=f"request:{number}", until=row.due_on.isoformat())
    letters.send(row.contract(), opened_contact(row), letters.Occasion.EXTENDED)
    return row.contract()


def refuse(*, number: int, reason: str, viewer: Viewer, withdrawn: bool = False) -> Request:
    """Close a request without doing what was asked, with the reason that the customer is told; audited."""
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidError("reason: 1 to 500 characters; the customer reads it.")
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = _working(number, viewer)
        row.outcome = Outcome.WITHDRAWN if withdrawn else Outcome.REFUSED
        row.reason, row.state, row.closed_at = reason.strip(), RequestState.CLOSED, timezone.now()
        row.save()
        access.audit(viewer=viewer, what="request.close", on=f"request:{number}", outcome=str(row.outcome))
    letters.send(row.contract(), opened_contact(row), letters.Occasion.CLOSED)
    return row.contract()


def existing(customer: int) -> int:
    """Give the number that a customer bears today; raise NotFoundError."""
    theirs = persons_of(customer)
    if not identity.is_known(persons=theirs):
        raise NotFoundError("There is no such customer.")
    return next(iter(identity.customers_of(theirs[:1]).values()))


def _verify(row: RequestRow, how: str) -> None:
    row.verified_at, row.verified_how = timezone.now(), how
    if row.paused_for == "identity":
        _run_again(row)
    if row.customer is not None and row.state == RequestState.UNVERIFIED:
        row.state = RequestState.OPEN


def _run_again(row: RequestRow) -> None:
    assert row.paused_at is not None
    row.paused_days += max(0, (timezone.now().date() - row.paused_at.date()).days)
    row.paused_at, row.paused_for, row.paused_reason = None, "", ""
    row.state = RequestState.UNVERIFIED if row.verified_at is None else RequestState.OPEN
    row.due_on = _due_on(row, _clock(row.regulation, RequestKind(row.kind)))


def _due_on(row: RequestRow, clock: Clock) -> date:
    return deadlines.due_on(
        clock,
        row.received_at.date(),
        paused_days=row.paused_days,
        is_extended=row.is_extended,
        holidays=_holidays(clock),
    )


def _acknowledge_by(clock: Clock, day: date) -> date | None:
    if clock.acknowledge is None:
        return None
    return deadlines.ends_on(day, clock.acknowledge, rolls=False, holidays=_holidays(clock))


def _holidays(clock: Clock) -> Holidays:
    return calendar(own_holidays(), code=clock.holidays)


def _clock(regulation: str, kind: RequestKind) -> Clock:
    known = regulations()
    if regulation not in known:
        raise InvalidError(f"regulation: one of {', '.join(known)}.")
    return known[regulation].clocks[kind]


def _held(number: int) -> RequestRow:
    row = held_request(number)
    if row.state == RequestState.CLOSED:
        raise ConflictError(f"Request {number} is closed.")
    return row


def _working(number: int, viewer: Viewer) -> RequestRow:
    """Give a request that may be worked on; raise ForbiddenError, NotFoundError, ConflictError when it is closed."""
    viewer.require(Right.REQUESTS_HANDLE)
    return _held(number)


def _only_customer(contact: Contact) -> int | None:
    """Find the one customer with the address to which the code went; None when there are more, or none."""
    found = identity.find(contact.email or contact.phone)
    customers = set(identity.customers_of([person for person, _ in found.persons]).values())
    return customers.pop() if len(customers) == 1 else None


def _checked(contact: Contact, kind: RequestKind) -> Contact:
    told: dict[str, Any] = {
        name: str(value or "").strip() for name, value in asdict(contact).items() if name in TEXT_MAX
    }
    for name, most in TEXT_MAX.items():
        if len(told[name]) > most or "\x00" in told[name]:
            raise InvalidError(f"{name}: at most {most} characters.")
    if told["email"] and ("@" not in told["email"] or any(each.isspace() for each in told["email"])):
        raise InvalidError("email: this is not a mail address.")
    if not told["email"] and not told["phone"]:
        raise InvalidError("email: give a mail address or a phone number, so that we can answer.")
    corrections = _corrections(contact.corrections or {}, kind)
    return Contact(**told, corrections=corrections)


def _corrections(said: Mapping[str, str], kind: RequestKind) -> dict[str, str]:
    if kind is not RequestKind.RECTIFICATION:
        return {}
    if unknown := set(said) - set(CORRECTABLE):
        raise InvalidError(f"corrections: {', '.join(sorted(unknown))} cannot be; {', '.join(CORRECTABLE)} can.")
    if any(not value.strip() or len(value) > 500 for value in said.values()):
        raise InvalidError("corrections: 1 to 500 characters each.")
    return {name: value.strip() for name, value in said.items()}


def _digest(number: int, code: str) -> str:
    key = sealing.sealer(settings.SOJOURN).derive(CODE)
    return hmac.new(key, f"{number}:{code}".encode(), "sha256").hexdigest()


def _sealed(contact: Contact) -> bytes:
    return sealing.sealer(settings.SOJOURN).seal(msgspec.json.encode(asdict(contact)), use=CONTACT)
