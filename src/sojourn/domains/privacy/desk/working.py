"""Doing what a request asks, step by step: each step notes how it went, and is not done again when the rest is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.access.queries import address
from sojourn.domains.identity import actions as identity
from sojourn.domains.privacy.desk import letters, packages
from sojourn.domains.privacy.door.persons import persons_of
from sojourn.domains.privacy.rights import duties, erasing, holds, restricting
from sojourn.domains.privacy.rights.reading import held_request, opened_contact
from sojourn.domains.privacy.standing import noting, purposes
from sojourn.domains.privacy.standing.noting import Said
from sojourn.domains.privacy.tables.rights import ErasureRow, PackageRow, RequestRow
from sojourn.domains.privacy.words.consent import How, Proof
from sojourn.domains.privacy.words.rights import (
    Contact,
    ErasureState,
    KeptBack,
    Outcome,
    Request,
    RequestKind,
    RequestState,
)
from sojourn.kit import jobs
from sojourn.kit.errors import ConflictError, SojournError

JOB: Final = "privacy.work_request"
SYSTEM_NAME: Final = "system"


@dataclass(slots=True)
class _Case:
    """A request being worked on."""

    row: RequestRow
    contact: Contact
    by: str

    def package(self) -> tuple[str, datetime | None]:
        """Give the link of the request's package and when it runs out."""
        made = PackageRow.objects.filter(pk=self.row.package or 0).first()
        if made is None:
            return "", None
        return f"{address()}/your-data/{packages.link_of(made.pk)}", made.expires_at


class _NotYetError(Exception):
    """A step waits for something that comes by itself."""


def begin(*, number: int, viewer: Viewer) -> Request:
    """Let a request be worked on; audited. Raise ForbiddenError, NotFoundError, ConflictError with what is missing."""
    viewer.require(Right.REQUESTS_HANDLE)
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row = held_request(number)
        if row.state == RequestState.CLOSED:
            raise ConflictError(f"Request {number} is closed.")
        if row.customer is None:
            raise ConflictError("Say first which customer this is of, and how it was made sure who asks.")
        if row.state == RequestState.UNVERIFIED:
            raise ConflictError("Make sure first who asks: by a code, a document, or another way.")
        if row.paused_at is not None:
            raise ConflictError(
                "The clock stands because the customer was asked for something; let it run again first."
            )
        if not row.steps:
            row.steps = [_step(name) for name in STEPS[RequestKind(row.kind)]]
        row.state = RequestState.WORKING
        row.save()
        access.audit(viewer=viewer, what="request.work", on=f"request:{number}")
    if jobs.is_bound():
        jobs.defer(JOB, request=number, by=viewer.name)
    else:
        work(number, by=viewer.name)
    return held_request(number).contract()


def work(number: int, *, by: str = SYSTEM_NAME) -> None:
    """Do the steps of a request that are left; one that fails says what to do, and the request waits for that."""
    row = held_request(number)
    if row.state != RequestState.WORKING or (row.customer is None and row.erasure is None):
        return
    case = _Case(row=row, contact=opened_contact(row), by=by)
    for step in row.steps:
        if step["state"] == "done":
            continue
        try:
            told = DO[step["name"]](case)
        except _NotYetError as waits:
            _note(row, step, "waiting", str(waits))
            return
        except (SojournError, OSError) as error:
            message = error.message if isinstance(error, SojournError) else "The disk refused; see that it has room."
            row.state = RequestState.FAILED
            _note(row, step, "failed", message)
            return
        _note(row, step, "done", told)


def go_on() -> None:
    """Take up the requests that wait for what comes by itself, or whose process ended in the middle."""
    for number in RequestRow.objects.filter(state=RequestState.WORKING).values_list("pk", flat=True):
        work(number)


def end_holds(*, today: Any = None) -> int:
    """Erase what was kept of customers whose hold has ended; give how many customers."""
    day = today or timezone.now().date()
    found = restricting.due(today=day)
    for persons in found:
        until = holds.held_until(persons=persons, today=day)
        if until is not None:
            restricting.prolong(persons=persons, until=until)
            continue
        kept = duties.kept_back(persons=persons, today=day)
        with transaction.atomic(using=router.db_for_write(ErasureRow)):
            restricting.end(persons=persons)
            erasing.ask(persons=persons, customers=1, by=SYSTEM_NAME, kept=kept)
    return len(found)


def _gather(case: _Case) -> str:
    assert case.row.customer is not None
    made = packages.make(
        request=case.row.pk,
        customer=case.row.customer,
        persons=persons_of(case.row.customer),
        machine_only=case.row.kind == RequestKind.PORTABILITY,
        now=timezone.now(),
    )
    case.row.package = made.id
    return f"{made.size:,} bytes, open until {made.expires_at:%Y-%m-%d}"


def _correct(case: _Case) -> str:
    corrections = dict(case.contact.corrections or {})
    if not corrections:
        raise ConflictError("Nothing says what is to be corrected: close this request and open one that does.")
    assert case.row.customer is not None
    identity.correct(person=persons_of(case.row.customer)[0], traits=corrections, source="request")
    return ", ".join(sorted(corrections))


def _restrict(case: _Case) -> str:
    assert case.row.customer is not None
    restricting.restrict(persons=persons_of(case.row.customer), request=case.row.pk)
    return "read for legal duties only"


def _object(case: _Case) -> str:
    return _say_no(case, [each.name for each in purposes.known().asked])


def _do_not_sell(case: _Case) -> str:
    return _say_no(case, [each.name for each in purposes.known().asked if each.refused_by_signal])


def _say_no(case: _Case, names: list[str]) -> str:
    assert case.row.customer is not None
    proof = Proof(how=How.FORM, source=f"request:{case.row.pk}", by=case.by)
    said_us = time.time_ns() // 1_000
    persons = persons_of(case.row.customer)
    noting.note(Said(person, name, False, said_us, proof) for person in persons for name in names)
    return ", ".join(names)


def _look_for_duties(case: _Case) -> str:
    assert case.row.customer is not None
    persons, today = persons_of(case.row.customer), timezone.now().date()
    until = holds.held_until(persons=persons, today=today)
    if until is not None:
        with transaction.atomic(using=router.db_for_write(RequestRow)):
            restricting.hold(persons=persons, until=until, request=case.row.pk)
        case.row.outcome = Outcome.IN_PART
        case.row.reason = f"A dispute or an order has us keep everything until {until.isoformat()}."
        return f"everything is kept until {until.isoformat()}, and read for legal duties only"
    kept = duties.kept_back(persons=persons, today=today)
    return "; ".join(f"{each.title} ({each.law}) until {each.until.isoformat()}" for each in kept) or "nothing is kept"


def _erase(case: _Case) -> str:
    if case.row.reason and case.row.outcome == Outcome.IN_PART:
        return "not now: a hold keeps everything"
    assert case.row.customer is not None
    before = ErasureRow.objects.filter(request=case.row.pk).first()  # asked for when the process ended
    if before is None:
        persons = persons_of(case.row.customer)
        kept = duties.kept_back(persons=persons, today=timezone.now().date())
        number = erasing.ask(persons=persons, customers=1, by=case.by, kept=kept, request=case.row.pk)
    else:
        number = before.pk
    case.row.erasure = number
    case.row.save(update_fields=["erasure"])
    return f"erasure {number}"


def _prove(case: _Case) -> str:
    if case.row.erasure is None:
        return "nothing to prove"
    found = ErasureRow.objects.get(pk=case.row.erasure)
    if found.state != ErasureState.PROVEN:
        raise _NotYetError(found.message or "The work process has it on its queue.")
    if found.kept:
        case.row.outcome = Outcome.IN_PART
        case.row.reason = f"A legal duty keeps a part until {max(each['until'] for each in found.kept)}."
    return f"certificate of erasure {found.pk}"


def _answer(case: _Case) -> str:
    row = case.row
    row.outcome = row.outcome or Outcome.DONE
    row.state, row.closed_at = RequestState.CLOSED, timezone.now()
    kept: tuple[KeptBack, ...] = ()
    if row.erasure is not None:
        kept = ErasureRow.objects.get(pk=row.erasure).kept_back()
    link, until = case.package()
    went = letters.send(row.contract(), case.contact, letters.Occasion.CLOSED, link=link, until=until, kept=kept)
    if row.kind == RequestKind.ERASURE and not kept and row.erasure is not None:
        row.customer = None
        if went:
            row.contact = None
    with transaction.atomic(using=router.db_for_write(RequestRow)):
        row.save()
        access.audit_by(who=case.by, what="request.close", on=f"request:{row.pk}", outcome=str(row.outcome))
    return "the letter was mailed" if went else "hand the letter over: it was not mailed"


def _step(name: str) -> dict[str, Any]:
    return {"name": name, "state": "waiting", "outcome": "", "at": None}


def _note(row: RequestRow, step: dict[str, Any], state: str, told: str) -> None:
    step.update(state=state, outcome=told[:300], at=timezone.now().isoformat())
    row.save()


STEPS: Final[dict[RequestKind, tuple[str, ...]]] = {
    RequestKind.ACCESS: ("gather", "answer"),
    RequestKind.PORTABILITY: ("gather", "answer"),
    RequestKind.RECTIFICATION: ("correct", "answer"),
    RequestKind.RESTRICTION: ("restrict", "answer"),
    RequestKind.OBJECTION: ("object", "answer"),
    RequestKind.DO_NOT_SELL: ("do_not_sell", "answer"),
    RequestKind.ERASURE: ("duties", "erase", "prove", "answer"),
}
DO: Final[dict[str, Callable[[_Case], str]]] = {
    "gather": _gather,
    "correct": _correct,
    "restrict": _restrict,
    "object": _object,
    "do_not_sell": _do_not_sell,
    "duties": _look_for_duties,
    "erase": _erase,
    "prove": _prove,
    "answer": _answer,
}
