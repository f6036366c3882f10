"""A request goes from the first word to the letter; holds and duties answer an erasure in part."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from domains.privacy.bank import event, load
from domains.privacy.test_erasing import MAIL, NAME, USER, ana
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.models import Identifier
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import (
    Channel,
    Contact,
    Duty,
    ErasureState,
    Outcome,
    Purpose,
    Request,
    RequestKind,
    RequestState,
)
from sojourn.domains.privacy.models import PackageRow, RequestRow, Restriction
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
OFFICER = Viewer(name="person:9", role=Role.PRIVACY_OFFICER, scopes=SYSTEM.scopes)
DUTY = Duty(
    name="bank-records",
    title="Records of a bank",
    law="AMLD art. 40",
    events=("Account Opened",),
    traits=("name",),
    ends=("Account Closed",),
    months=60,
)


@pytest.fixture(autouse=True)
def _rooms(place: Path) -> Iterator[None]:
    autodiscover_modules("plugins", "tasks")
    yield


@pytest.fixture
def person() -> int:
    token, _ = ana()
    load([event(token, "Account Opened", 1), event(token, "Page Viewed", 2, channel="web"), event(5, "Page Viewed", 3)])
    return token


def asked(kind: RequestKind, person: int | None, **more: Any) -> Request:
    contact = Contact(**{"name": NAME, "email": MAIL, "message": "Please."} | more)
    made = actions.open_request(
        kind=kind, regulation="gdpr", contact=contact, channel=Channel.PAGE, customer=None, by="customer"
    )
    if person is not None:
        actions.verify_request(number=made.id, customer=person, how="document", viewer=OFFICER)
    return made


def worked(kind: RequestKind, person: int, **more: Any) -> Request:
    made = asked(kind, person, **more)
    actions.begin_request(number=made.id, viewer=OFFICER)
    collection.run_commands()
    actions.finish_erasures()
    return queries.request(made.id, viewer=OFFICER)


def test_an_access_package_tells_everything_and_is_counted(person: int) -> None:
    done = worked(RequestKind.ACCESS, person)

    assert (done.state, done.outcome) == (RequestState.CLOSED, Outcome.DONE)
    assert [each.state for each in done.steps] == ["done", "done"]
    row = PackageRow.objects.get()
    from sojourn.domains.privacy.desk import packages

    name, content = actions.download_package(secret=packages.link_of(row.pk))
    archive = zipfile.ZipFile(io.BytesIO(content))
    told = {each["heading"]: each["records"] for each in json.loads(archive.read("data.json"))["about"]}
    assert name.endswith(".zip")
    assert {each["value"] for each in told["Identifiers"]} == {USER}
    assert MAIL in {each["value"] for each in told["Attributes"]}
    assert [each["name"] for each in told["Events"]] == ["Account Opened", "Page Viewed"]
    assert "Call me at" in json.dumps(told["Texts and personal values"])
    assert told["Requests"][0]["kind"] == "access"
    page = archive.read("read-me.html").decode()
    assert MAIL in page
    assert "<script" not in page
    assert "csv/events.csv" in archive.namelist()
    assert PackageRow.objects.get().downloads == 1
    stored = (packages._folder() / row.file).read_bytes()
    assert MAIL.encode() not in stored, "it lies sealed"
    with pytest.raises(NotFoundError):
        actions.download_package(secret=packages.link_of(row.pk)[:-1] + "x")
    actions.keep_data_rights(now=timezone.now() + timedelta(days=15))
    assert not PackageRow.objects.exists()
    assert not list(packages._folder().iterdir())


def test_a_portable_package_has_no_page_to_read(person: int) -> None:
    worked(RequestKind.PORTABILITY, person)
    from sojourn.domains.privacy.desk import packages

    _, content = actions.download_package(secret=packages.link_of(PackageRow.objects.get().pk))
    assert "read-me.html" not in zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_a_correction_changes_the_trait_with_its_source(person: int) -> None:
    worked(RequestKind.RECTIFICATION, person, corrections={"name": "Ana Corrected"})
    trait = next(each for each in identity.traits_of([person]) if each.name == "name")
    assert (trait.value, trait.source) == ("Ana Corrected", "request")
    with pytest.raises(InvalidError, match="credit_limit"):
        asked(RequestKind.RECTIFICATION, None, corrections={"credit_limit": "1000000"})


def test_restriction_locks_reading_to_legal_duties(person: int) -> None:
    assert seen(person, Purpose.ANALYTICS) and seen(person, Purpose.SERVICE)
    worked(RequestKind.RESTRICTION, person)
    assert not seen(person, Purpose.ANALYTICS)
    assert not seen(person, Purpose.SERVICE)
    assert seen(person, Purpose.REGULATORY)
    assert [row.customer for row in queries.events(viewer=SYSTEM).rows] == [5]
    actions.lift_restriction(customer=person, viewer=OFFICER)
    assert seen(person, Purpose.SERVICE)
    with pytest.raises(NotFoundError):
        actions.lift_restriction(customer=person, viewer=OFFICER)


def seen(person: int, purpose: Purpose) -> bool:
    import numpy as np

    return bool(queries.reachable(np.array([person], np.int64), purpose=purpose, viewer=SYSTEM)[0])


def test_objection_and_do_not_sell_write_consents(person: int) -> None:
    worked(RequestKind.DO_NOT_SELL, person)
    refused = {each.purpose: each.allowed for each in queries.words_of_customer(person)}
    assert refused.get("marketing") is False
    assert "analytics" not in refused
    worked(RequestKind.OBJECTION, person)
    assert not seen(person, Purpose.ANALYTICS)


def test_an_erasure_without_a_duty_is_whole_and_forgets_who_asked(person: int, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, mail_host="mail.invalid")

    done = worked(RequestKind.ERASURE, person)

    assert (done.state, done.outcome) == (RequestState.CLOSED, Outcome.DONE)
    assert done.customer is None
    assert done.erasure is not None
    assert queries.erasure(done.erasure).state is ErasureState.PROVEN
    assert RequestRow.objects.get().contact is None
    assert "nothing of them is left" in mail.outbox[-1].body


def test_an_erasure_under_a_duty_is_in_part_and_completes_itself(person: int, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, mail_host="mail.invalid")
    actions.save_duty(duty=DUTY, viewer=OFFICER)

    done = worked(RequestKind.ERASURE, person)

    assert (done.state, done.outcome) == (RequestState.CLOSED, Outcome.IN_PART)
    assert done.erasure is not None
    found = queries.erasure(done.erasure)
    assert (found.state, found.rows, found.kept[0].law) == (ErasureState.PROVEN, 1, "AMLD art. 40")
    told = queries.erasure_certificate(done.erasure, viewer=OFFICER)
    assert told.content["kept"][0]["until"] == found.until.isoformat()  # type: ignore[index, union-attr]
    letter = mail.outbox[-1].body
    assert "AMLD art. 40" in letter
    assert str(found.until.year) in letter  # type: ignore[union-attr]
    assert [each.name for each in identity.traits_of([person])] == ["name"]
    assert not seen(person, Purpose.SERVICE)
    assert [
        row.name for row in queries.events(purpose=Purpose.REGULATORY, viewer=SYSTEM).rows if row.customer == person
    ] == ["Account Opened"]
    assert [row.customer for row in queries.events(viewer=SYSTEM).rows] == [5]

    actions.delete_duty(name=DUTY.name, viewer=OFFICER)
    actions.keep_data_rights(now=datetime(2100, 1, 1, tzinfo=UTC))
    collection.run_commands()
    actions.finish_erasures()

    assert queries.erasures(viewer=OFFICER)[0].state is ErasureState.PROVEN
    assert not Identifier.objects.filter(kind="user").exists()
    assert not Restriction.objects.exists()
    every = queries.events(purpose=Purpose.REGULATORY, viewer=SYSTEM).rows
    assert [row.customer for row in every] == [5]


def test_a_duty_that_ran_out_keeps_nothing(person: int) -> None:
    load([event(person, "Account Closed", 4)], number=2)
    actions.save_duty(duty=dataclasses.replace(DUTY, months=1), viewer=OFFICER)
    assert worked(RequestKind.ERASURE, person).outcome is Outcome.DONE


def test_a_hold_keeps_everything_until_it_is_released(person: int) -> None:
    hold = actions.place_hold(
        customer=person, reason="Case 7 O 31/26", until=timezone.now().date() + timedelta(90), viewer=OFFICER
    )

    done = worked(RequestKind.ERASURE, person)

    assert (done.outcome, done.erasure) == (Outcome.IN_PART, None)
    assert not seen(person, Purpose.SERVICE)
    assert len(queries.events(purpose=Purpose.REGULATORY, viewer=SYSTEM).rows) == 3
    assert queries.holds(viewer=OFFICER)[0].is_locked
    actions.release_hold(number=hold.id, reason="Settled", viewer=OFFICER)
    actions.keep_data_rights(now=timezone.now())
    collection.run_commands()
    actions.finish_erasures()
    assert len(queries.events(purpose=Purpose.REGULATORY, viewer=SYSTEM).rows) == 1


def test_a_code_proves_who_asks_and_finds_the_customer(person: int) -> None:
    made = asked(RequestKind.ACCESS, None)
    code = actions.send_request_code(number=made.id)
    assert not actions.check_request_code(number=made.id, code="nonsense")
    assert actions.check_request_code(number=made.id, code=code)
    found = queries.request(made.id, viewer=OFFICER)
    assert (found.state, found.customer, found.verified_how) == (RequestState.OPEN, person, "code")
    assert not actions.check_request_code(number=made.id, code=code), "it counts once"


def test_five_wrong_codes_spoil_the_right_one(person: int) -> None:
    made = asked(RequestKind.ACCESS, None)
    code = actions.send_request_code(number=made.id)
    for _ in range(5):
        assert not actions.check_request_code(number=made.id, code="nonsense")
    assert not actions.check_request_code(number=made.id, code=code)


def test_what_is_missing_before_work_is_said(person: int) -> None:
    made = asked(RequestKind.ACCESS, None)
    with pytest.raises(ConflictError, match="which customer"):
        actions.begin_request(number=made.id, viewer=OFFICER)
    with pytest.raises(NotFoundError):
        actions.verify_request(number=made.id, customer=12_345, how="document", viewer=OFFICER)
    with pytest.raises(InvalidError, match="how"):
        actions.verify_request(number=made.id, customer=person, how="guess", viewer=OFFICER)
    with pytest.raises(ForbiddenError):
        actions.begin_request(number=made.id, viewer=Viewer(name="person:2", role=Role.ANALYST, scopes=SYSTEM.scopes))


def test_the_clock_stands_while_something_is_asked_and_is_extended_once(person: int) -> None:
    made = asked(RequestKind.ACCESS, person)
    assert actions.pause_request(number=made.id, why="clarification", viewer=OFFICER).state is RequestState.PAUSED
    with pytest.raises(ConflictError, match="clock stands"):
        actions.begin_request(number=made.id, viewer=OFFICER)
    RequestRow.objects.update(paused_at=timezone.now() - timedelta(days=14))
    again = actions.resume_request(number=made.id, viewer=OFFICER)
    assert timedelta(10) < again.due_on - made.due_on < timedelta(18)
    longer = actions.extend_request(number=made.id, reason="Many systems.", viewer=OFFICER)
    assert longer.due_on > again.due_on
    with pytest.raises(ConflictError, match="already"):
        actions.extend_request(number=made.id, reason="More.", viewer=OFFICER)


def test_a_step_that_cannot_be_done_says_what_to_do_and_goes_on_later(person: int) -> None:
    made = worked(RequestKind.RECTIFICATION, person)
    assert made.state is RequestState.FAILED
    assert "what is to be corrected" in made.steps[0].outcome
    with pytest.raises(InvalidError):
        actions.refuse_request(number=made.id, reason=" ", viewer=OFFICER)
    closed = actions.refuse_request(number=made.id, reason="Nothing was named.", viewer=OFFICER)
    assert closed.outcome is Outcome.REFUSED


def test_a_late_request_is_told_once_a_day(person: int) -> None:
    made = asked(RequestKind.ACCESS, person)
    RequestRow.objects.update(due_on=timezone.now().date() - timedelta(days=2))
    late = queries.request(made.id, viewer=OFFICER)
    assert (late.is_overdue, late.days_left) == (True, -2)
    assert queries.overdue(viewer=OFFICER) == 1
    assert queries.overdue(viewer=Viewer(name="person:2", role=Role.ANALYST, scopes=SYSTEM.scopes)) == 0
