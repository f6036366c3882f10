"""Extracts: what a purpose lets out, made anew when consent, time or an erasure asks for it; SQL over them only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from domains.privacy.bank import BEGIN, event, link, load
from sojourn.domains.access.contracts import LOCAL, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Extract, ExtractState, ExtractTerms, Purpose
from sojourn.domains.privacy.extracts import making
from sojourn.domains.privacy.models import ExtractRow
from sojourn.engine.stream.sandbox import SqlError
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
NOW = datetime(2026, 2, 1, tzinfo=UTC)
NORTH = Viewer(name="local", role=Role.ANALYST, scopes=frozenset(Scope), units=frozenset({"N"}))


@pytest.fixture
def bank() -> None:
    link([(1, 10)])
    load([event(1, "Opened", 0, unit="N"), event(10, "Seen", 1, unit="S"), event(2, "Paid", 2, unit="S")])


def asked(name: str = "bi", **terms: int) -> Extract:
    return actions.ask_for_extract(ExtractTerms(name=name, purpose="analytics", **terms), viewer=LOCAL, now=NOW)


def customers(extract: Extract) -> set[str]:
    return {str(each) for each in pq.read_table(extract.path, columns=["user_id"]).column(0).to_pylist()}


def current(name: str = "bi") -> Extract:
    return queries.extract(name, viewer=LOCAL)


def test_an_extract_holds_what_the_purpose_lets_out_with_identity_resolved(bank: None) -> None:
    made = asked()
    assert (made.state, made.customers, made.events) == (ExtractState.READY, 2, 3)
    assert len(customers(made)) == 2
    assert made.size == Path(made.path).stat().st_size


def test_who_objects_leaves_at_the_next_look(bank: None) -> None:
    before = asked()
    actions.record_consent(customer=2, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert actions.keep_extracts(now=NOW) == 1
    after = current()
    assert (after.customers, after.events) == (1, 2)
    assert not Path(before.path).exists()
    assert actions.keep_extracts(now=NOW) == 0


def test_an_erasure_takes_the_files_away_at_once(bank: None) -> None:
    made = asked()
    actions.drop_extracts()
    assert not Path(made.path).exists()
    with pytest.raises(ConflictError):
        queries.sql("SELECT 1", name="bi", viewer=LOCAL, rows=1)
    actions.keep_extracts(now=NOW)
    assert current().state is ExtractState.READY


def test_what_was_being_made_during_an_erasure_comes_to_nothing(bank: None, place: Path) -> None:
    asked()
    under_way = ExtractRow.objects.get()
    actions.drop_extracts()
    making._make(under_way, NOW)
    assert (current().path, current().state) == ("", ExtractState.WAITING)
    assert list((place / "extracts").iterdir()) == []


def test_a_lease_ends_and_is_renewed(bank: None) -> None:
    made = asked(lease_days=2)
    assert actions.keep_extracts(now=NOW + timedelta(days=3)) == 1
    assert current().state is ExtractState.ENDED
    assert not Path(made.path).exists()
    assert actions.renew_extract("bi", viewer=LOCAL, now=NOW).state is ExtractState.READY


def test_it_is_made_anew_every_so_often(bank: None) -> None:
    made = asked(every_hours=6)
    actions.make_extract(made.id, now=NOW)
    first = current()
    assert actions.keep_extracts(now=NOW + timedelta(hours=5)) == 0
    assert actions.keep_extracts(now=NOW + timedelta(hours=7)) == 1
    assert current().path != first.path


def test_sql_sees_the_extract(bank: None) -> None:
    asked()
    answer = queries.sql("SELECT event FROM events ORDER BY event", name="bi", viewer=LOCAL, rows=2)
    assert answer.table.column("event").to_pylist() == ["Opened", "Paid"]
    assert answer.is_cut
    with pytest.raises(SqlError):
        queries.sql("SELECT * FROM read_parquet('x')", name="bi", viewer=LOCAL, rows=2)


def test_the_audit_log_holds_the_statement_without_its_texts(bank: None) -> None:
    asked()
    queries.sql(
        "SELECT 1 FROM events WHERE event = 'ana@example.com' OR 491701234567 = 1", name="bi", viewer=LOCAL, rows=2
    )
    said = AuditRow.objects.filter(what="extract.sql").get().detail["statement"]
    assert said == "SELECT 1 FROM events WHERE event = ? OR ? = 1"


def test_a_part_of_the_organisation_stays_within_its_own(bank: None) -> None:
    asked()
    own = actions.ask_for_extract(ExtractTerms(name="north", purpose="analytics"), viewer=NORTH, now=NOW)
    assert (own.customers, own.events) == (1, 1)
    assert [each.terms.name for each in queries.extracts(viewer=NORTH)] == ["north"]
    with pytest.raises(NotFoundError):
        queries.sql("SELECT 1", name="bi", viewer=NORTH, rows=1)
    with pytest.raises(ForbiddenError):
        queries.extracts(viewer=Viewer(name="person:9", role=Role.VIEWER))


def test_an_extract_ends_with_its_maker(bank: None) -> None:
    gone = Viewer(name="person:987", role=Role.ANALYST, scopes=frozenset(Scope))
    made = actions.ask_for_extract(ExtractTerms(name="left", purpose="analytics"), viewer=gone, now=NOW)
    assert made.state is ExtractState.FAILED
    assert "no longer here" in made.message


def test_deleting_leaves_no_file(bank: None, place: Path) -> None:
    asked()
    actions.delete_extract("bi", viewer=LOCAL)
    assert list((place / "extracts").iterdir()) == []
    with pytest.raises(NotFoundError):
        current()


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": "Has spaces", "purpose": "analytics"}, "name"),
        ({"name": "a", "purpose": "service"}, "purpose"),
        ({"name": "a", "purpose": "analytics", "last_days": 0}, "last_days"),
        ({"name": "a", "purpose": "analytics", "every_hours": 0}, "every_hours"),
        ({"name": "a", "purpose": "analytics", "lease_days": 366}, "lease_days"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError, match=field):
        actions.ask_for_extract(ExtractTerms(**terms), viewer=LOCAL)  # type: ignore[arg-type]


def test_two_of_one_name_are_refused(bank: None) -> None:
    asked()
    with pytest.raises(ConflictError):
        asked()
