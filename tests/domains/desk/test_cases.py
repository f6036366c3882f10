"""A customer case has an owner, a reason, a due time and a history, and is seen by who may see its customer."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domains.customers.people import AGENT, ANALYST, known
from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as people
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import hooks as collection_hooks
from sojourn.domains.desk import actions, queries, rules
from sojourn.domains.desk.contracts import CaseStatus, CustomerCase, StepKind, Which
from sojourn.domains.desk.hours import HoursError, week
from sojourn.domains.desk.models import CaseRow, StepRow
from sojourn.domains.desk.rules import Week
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import queries as door
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from sojourn.surfaces.worker.work import run_once

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)


def opened(customer: int, **given: object) -> CustomerCase:
    return actions.open_case(**{"customer": customer, "reason": "low-score", "viewer": AGENT, "now": FRIDAY, **given})  # type: ignore[arg-type]


def signed_in(email: str, role: Role = Role.AGENT, unit: str | None = None) -> Viewer:
    return people.viewer_of(access.create_person(email=email, role=role, unit=unit, viewer=SYSTEM).id)


def test_a_case_is_due_after_the_desks_hours_and_tells_its_history() -> None:
    ana, ben = known("K-1"), signed_in("ben@example.com")
    made = opened(ana, due_hours=2, text="Waited forty minutes.", viewer=ben, owner="me")
    assert (made.customer, made.status, made.owner, made.reason) == (ana, CaseStatus.OPEN, ben.name, "low-score")
    assert made.due_at == datetime(2026, 3, 9, 10, tzinfo=UTC), "two of the desk's hours, over a weekend"
    assert b"forty" not in bytes(StepRow.objects.get().sealed)
    actions.note_case(number=made.id, text="Called.", viewer=ben, now=FRIDAY)
    actions.set_due(number=made.id, due_at=FRIDAY + timedelta(9), text="They are away.", viewer=ben, now=FRIDAY)
    actions.move_case(number=made.id, status=CaseStatus.WAITING, viewer=ben, now=FRIDAY)
    actions.move_case(number=made.id, status=CaseStatus.CLOSED, text="Fee returned.", viewer=ben, now=FRIDAY)
    again = actions.move_case(number=made.id, status=CaseStatus.REOPENED, viewer=ben, now=FRIDAY)
    assert again.status is CaseStatus.REOPENED
    assert again.closed_at is None
    assert [(each.what, each.text) for each in queries.case(made.id, viewer=AGENT).history] == [
        (StepKind.OPENED, "Waited forty minutes."), (StepKind.NOTED, "Called."), (StepKind.DUE, "They are away."),
        (StepKind.WAITING, ""), (StepKind.CLOSED, "Fee returned."), (StepKind.REOPENED, ""),
    ]  # fmt: skip


def test_every_change_is_an_event_of_the_customer() -> None:
    collection.record(name="Page Viewed", occurred_at=FRIDAY, user_id="K-1")
    run_once(settings.SOJOURN)
    ana = known("K-1")
    made = opened(ana, text="Secret words.")
    actions.move_case(number=made.id, status=CaseStatus.CLOSED, text="Done.", viewer=AGENT, now=FRIDAY)
    run_once(settings.SOJOURN)
    found = door.events(viewer=SYSTEM).rows
    assert [each.name for each in reversed(found)] == ["Page Viewed", "Case Opened", "Case Closed"]
    assert found[0].customer == ana
    assert "Secret" not in str(found)


def test_one_case_of_a_customer_and_reason_is_alive() -> None:
    ana = known("K-1")
    first, again, other = opened(ana), opened(ana, text="And again."), opened(ana, reason="fees")
    assert again.id == first.id
    assert [each.what for each in again.history] == [StepKind.OPENED, StepKind.HEARD]
    assert other.id != first.id
    actions.move_case(number=first.id, status=CaseStatus.CLOSED, text="Done.", viewer=AGENT)
    second = opened(ana).id
    assert second != first.id
    with pytest.raises(ConflictError, match=f"Case {second}"):
        actions.move_case(number=first.id, status=CaseStatus.REOPENED, viewer=AGENT)


def test_what_is_closed_is_not_worked_on() -> None:
    made = opened(known("K-1"))
    with pytest.raises(InvalidError, match="text"):
        actions.move_case(number=made.id, status=CaseStatus.CLOSED, viewer=AGENT)
    actions.move_case(number=made.id, status=CaseStatus.CLOSED, text="Done.", viewer=AGENT)
    with pytest.raises(ConflictError, match="closed"):
        actions.assign_case(number=made.id, owner="", viewer=AGENT)
    with pytest.raises(ConflictError, match="closed"):
        actions.move_case(number=made.id, status=CaseStatus.WAITING, viewer=AGENT)


def test_lists_show_mine_nobodys_and_the_late_ones_next_due_first() -> None:
    ben, eva = signed_in("ben@example.com"), signed_in("eva@example.com", Role.AGENT_MANAGER)
    late = opened(known("K-1"), owner="ben@example.com", due_hours=1)
    soon = opened(known("K-2"), due_hours=9)
    now = FRIDAY + timedelta(days=3, hours=-3)

    def numbers(which: Which, viewer: Viewer) -> list[int]:
        return [each.id for each in queries.cases(viewer=viewer, which=which, now=now).rows]

    assert numbers(Which.ALL, ben) == [late.id, soon.id]
    assert numbers(Which.MINE, ben) == [late.id]
    assert numbers(Which.UNOWNED, ben) == [soon.id]
    assert numbers(Which.OVERDUE, eva) == [late.id]
    assert queries.is_case_late(now=now)
    assert actions.escalate(now=now) == 1
    assert not queries.is_case_late(now=now)
    assert actions.escalate(now=now) == 0, "once for each due time"
    assert numbers(Which.ESCALATED, eva) == [late.id]
    first = queries.cases(viewer=ben, limit=1)
    assert first.next_place is not None
    assert [each.id for each in queries.cases(viewer=ben, limit=1, after=first.next_place).rows] == [soon.id]


def test_a_case_is_hidden_with_its_customer_and_outside_of_its_unit() -> None:
    organisation.save_units(
        [Unit(code=each, name=each, kind="branch", parent=None) for each in ("north", "south")], by=SYSTEM.name
    )
    collection.record(name="Called", occurred_at=FRIDAY, user_id="K-1", properties={"unit": "north"})
    run_once(settings.SOJOURN)
    privacy.refresh_timeline()
    ana, ben = known("K-1"), known("K-2")
    north, south = (dataclasses.replace(AGENT, units=frozenset({each})) for each in ("north", "south"))
    made, other = opened(ana, viewer=north), opened(ben, unit="south")
    assert made.unit == "north"
    assert [each.id for each in queries.cases(viewer=north).rows] == [made.id]
    assert queries.cases(viewer=south).rows == (), "the customer of the case there has no event there"
    with pytest.raises(NotFoundError):
        queries.case(made.id, viewer=south)
    with pytest.raises(NotFoundError):
        actions.note_case(number=other.id, text="x", viewer=north)
    with pytest.raises(InvalidError, match="owner"):
        actions.assign_case(number=made.id, owner=_south_mail(), viewer=AGENT)
    with pytest.raises(ForbiddenError):
        queries.cases(viewer=ANALYST)


def _south_mail() -> str:
    signed_in("sid@example.com", unit="south")
    return "sid@example.com"


def test_cases_go_and_are_told_with_their_customer() -> None:
    ana, ben = known("K-1"), known("K-2")
    opened(ana, text="Mine.")
    kept = opened(ben)
    [held] = queries.told_of_cases((ana,))
    [told] = held.records
    assert told["history"][0]["text"] == "Mine."
    for each in collection_hooks.erase_persons:
        each((ana,))
    assert list(CaseRow.objects.values_list("pk", flat=True)) == [kept.id]
    assert StepRow.objects.count() == 1


def test_the_desks_week_is_the_companys(place: Path) -> None:
    assert week() == Week()
    own = place / "desk" / "hours.yaml"
    own.parent.mkdir()
    own.write_text('days: [sat]\nfrom: "10:00"\nuntil: "12:00"\n')
    made = opened(known("K-1"), due_hours=3)
    assert made.due_at == datetime(2026, 3, 14, 11, tzinfo=UTC)


@pytest.mark.parametrize("text", ["days: [someday]", "from: 9", "a: b", "[", '{from: "17:00", until: "09:00"}'])
def test_a_week_that_says_nothing_is_refused(place: Path, text: str) -> None:
    own = place / "desk" / "hours.yaml"
    own.parent.mkdir()
    own.write_text(text)
    with pytest.raises(HoursError):
        week()


@given(ahead=st.integers(0, 525_000), minutes=st.integers(1, 900))
@hypothesis_settings(max_examples=30, deadline=None)
def test_the_due_time_equals_a_count_minute_by_minute(ahead: int, minutes: int) -> None:
    zone, at = ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=ahead)
    due = rules.due_at(at, hours=minutes / 60, week=Week(), zone=zone, is_holiday=_is_holiday)
    left, then = minutes, at
    while left:
        local, then = then.astimezone(zone), then + timedelta(minutes=1)
        left -= local.weekday() < 5 and 9 <= local.hour < 17 and not _is_holiday(local.date())
    assert abs(due - then) < timedelta(seconds=1)


def _is_holiday(day: date) -> bool:
    return (day.month, day.day) in ((1, 1), (12, 25))
