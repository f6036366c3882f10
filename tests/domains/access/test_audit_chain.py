"""The audit log is a chain: whatever is changed behind Sojourn's back is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection, transaction

from sojourn.domains.access import actions, chain, queries, rules
from sojourn.domains.access.contracts import SYSTEM, AuditAsked, AuditCheck, Role, Tampering, Viewer
from sojourn.domains.access.models import AuditKey, AuditRow
from sojourn.kit import sealing
from sojourn.kit.errors import ForbiddenError, InvalidError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AUDITOR = Viewer(name="person:5", role=Role.AUDITOR)
ROWS = 6
COPIED = "at, who, what, object, detail, seal, digest"


@pytest.fixture
def written() -> Iterator[None]:
    """Six entries, their end noted outside the database, as after commits."""
    settings.SOJOURN.audit_head_file.unlink(missing_ok=True)
    for number in range(1, ROWS + 1):
        actions.audit(viewer=SYSTEM, what="customer.view", on=f"customer:{number}", now=NOW, n=str(number))
    chain.link()
    chain.note(*chain.end())
    yield
    settings.SOJOURN.audit_head_file.unlink(missing_ok=True)


def check() -> AuditCheck:
    return queries.audit_check(viewer=AUDITOR)


def run(statement: str, *given: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)


def row_at(number: int) -> int:
    """Give the id of the row at a place."""
    return AuditRow.objects.get(place=number).pk


def test_a_log_that_nobody_touched_is_whole(written: None) -> None:
    found = check()
    assert found.ok and (found.rows, found.place, found.noted, found.waiting) == (ROWS, ROWS, ROWS, 0)


def change_a_cell(column: str, value: str) -> Callable[[], None]:
    return lambda: run(f"UPDATE access_auditrow SET {column} = %s WHERE place = 3", value)


@pytest.mark.parametrize(
    "change",
    [
        change_a_cell("who", "person:2"),
        change_a_cell("what", "customer.edit"),
        change_a_cell("object", "customer:9"),
        change_a_cell("detail", '{"n": "4"}'),
        change_a_cell("at", "2026-01-02 00:00:00+00:00"),
        change_a_cell("mark", "0" * 32),
        change_a_cell("seal", "0" * 64),
    ],
)
def test_a_changed_cell_is_found(written: None, change: Callable[[], None]) -> None:
    change()
    found = check()
    assert not found.ok
    assert [(each.kind, each.place) for each in found.findings] == [(Tampering.CHANGED, 3)]


def test_a_changed_digest_is_found(written: None) -> None:
    run("UPDATE access_auditrow SET digest = %s WHERE place = 3", "0" * 64)
    assert [(each.kind, each.place) for each in check().findings] == [(Tampering.MOVED, 3), (Tampering.MOVED, 4)]


def test_a_removed_row_is_found(written: None) -> None:
    run("DELETE FROM access_auditrow WHERE place = 3")
    assert [(each.kind, each.place) for each in check().findings] == [(Tampering.MISSING, 3)]


def test_a_removed_row_is_found_though_the_rest_moves_up(written: None) -> None:
    run("DELETE FROM access_auditrow WHERE place = 3")
    for at in range(4, ROWS + 1):
        run("UPDATE access_auditrow SET place = %s WHERE place = %s", at - 1, at)
    kinds = [(each.kind, each.place) for each in check().findings]
    assert (Tampering.MOVED, 3) in kinds and (Tampering.TRUNCATED, ROWS) in kinds


def test_rows_cut_off_at_the_end_are_found(written: None) -> None:
    run("DELETE FROM access_auditrow WHERE place > 4")
    found = check()
    assert [(each.kind, each.place) for each in found.findings] == [(Tampering.TRUNCATED, ROWS)]
    actions.audit(viewer=SYSTEM, what="key.create", on="key:1")
    assert not check().ok, "an entry written afterwards does not hide it"
    actions.audit(viewer=SYSTEM, what="key.create", on="key:2")
    assert [(each.kind, each.place) for each in check().findings] == [(Tampering.REPLACED, ROWS)]
    actions.audit(viewer=SYSTEM, what="key.create", on="key:3")
    chain.note(*chain.end())
    assert [(each.kind, each.place) for each in check().findings] == [(Tampering.REPLACED, ROWS)]


def test_an_emptied_log_is_found(written: None) -> None:
    run("DELETE FROM access_auditrow")
    assert [each.kind for each in check().findings] == [Tampering.TRUNCATED]
    run("DELETE FROM access_auditkey")
    assert [each.kind for each in check().findings] == [Tampering.FOREIGN]


def test_an_inserted_row_is_found(written: None) -> None:
    run(
        f"INSERT INTO access_auditrow (mark, place, {COPIED}) SELECT %s, 7, {COPIED}"
        " FROM access_auditrow WHERE id = %s",
        "a" * 32,
        row_at(2),
    )
    assert (Tampering.CHANGED, 7) in [(each.kind, each.place) for each in check().findings]


def test_an_inserted_row_without_a_place_is_never_linked(written: None) -> None:
    run(
        f"INSERT INTO access_auditrow (mark, {COPIED}) SELECT %s, {COPIED} FROM access_auditrow WHERE id = %s",
        "a" * 32,
        row_at(2),
    )
    actions.audit(viewer=SYSTEM, what="key.create", on="key:1")
    found = check()
    assert [(each.kind, each.place) for each in found.findings] == [(Tampering.CHANGED, None)]
    assert found.place == ROWS + 1


def test_two_rows_that_change_places_are_found(written: None) -> None:
    third, fourth = row_at(3), row_at(4)
    run("UPDATE access_auditrow SET place = 0 WHERE id = %s", third)
    run("UPDATE access_auditrow SET place = 3 WHERE id = %s", fourth)
    run("UPDATE access_auditrow SET place = 4 WHERE id = %s", third)
    assert {each.kind for each in check().findings} == {Tampering.MOVED}


def test_rows_that_change_numbers_are_found(written: None) -> None:
    run("UPDATE access_auditrow SET id = 1000000 WHERE id = %s", row_at(3))
    assert [(each.kind, each.place) for each in check().findings] == [(Tampering.MOVED, 3)]


def test_who_knows_all_but_the_key_cannot_write_the_chain_anew(written: None) -> None:
    digest = ""
    for row in AuditRow.objects.order_by("place"):
        line = chain.line_of(row).replace("system", "person:9")
        seal = rules.audit_seal(b"guessed" * 5, mark=row.mark, line=line)
        digest = rules.audit_link(
            b"guessed" * 5, before=digest, place=row.place or 0, row=row.pk, mark=row.mark, line=line
        )
        run("UPDATE access_auditrow SET who = 'person:9', seal = %s, digest = %s WHERE id = %s", seal, digest, row.pk)
    found = check()
    assert {each.kind for each in found.findings} == {Tampering.CHANGED, Tampering.REPLACED}
    assert found.wrong == ROWS + 1


def test_a_digest_kept_elsewhere_is_compared(written: None) -> None:
    kept = AuditRow.objects.get(place=4).digest
    assert queries.audit_check(viewer=AUDITOR, kept=(4, kept)).ok
    assert not queries.audit_check(viewer=AUDITOR, kept=(4, "0" * 64)).ok
    assert not queries.audit_check(viewer=AUDITOR, kept=(ROWS + 1, kept)).ok


def test_an_entry_that_its_transaction_takes_back_leaves_no_gap(written: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.audit(viewer=SYSTEM, what="key.create", on="key:1")
        raise ZeroDivisionError
    actions.audit(viewer=SYSTEM, what="key.create", on="key:2")
    found = check()
    assert found.ok and found.rows == ROWS + 1


def test_the_end_noted_outside_never_goes_back(written: None) -> None:
    before = settings.SOJOURN.audit_head_file.read_text()
    chain.note(2, "0" * 64)
    assert settings.SOJOURN.audit_head_file.read_text() == before
    assert set(json.loads(before)) == {"place", "digest", "seal"}


def test_the_key_lies_sealed_in_the_database(written: None) -> None:
    sealed = bytes(AuditKey.objects.get().sealed)
    assert chain.key() not in sealed
    assert sealing.sealer(settings.SOJOURN).open(sealed, use=chain.USE) == chain.key()


def test_the_log_is_searched_by_who_what_object_and_period(written: None) -> None:
    actions.audit(viewer=AUDITOR, what="key.create", on="key:1", now=datetime(2026, 2, 1, tzinfo=UTC))

    def found(**asked: object) -> list[str]:
        return [each.object for each in queries.audit_log(viewer=AUDITOR, asked=AuditAsked(**asked))]  # type: ignore[arg-type]

    assert found(who="person:5") == found(what="key.create") == found(what="key.") == ["key:1"]
    assert found(since=datetime(2026, 1, 15, tzinfo=UTC)) == ["key:1"]
    assert found(object="customer:2", until=datetime(2026, 1, 15, tzinfo=UTC)) == ["customer:2"]
    assert len(found(object="customer:")) == ROWS
    assert found(what="key") == []
    with pytest.raises(InvalidError, match="until"):
        found(since=NOW, until=NOW)
    with pytest.raises(ForbiddenError):
        queries.audit_log(viewer=Viewer(name="person:1", role=Role.ANALYST))
    with pytest.raises(ForbiddenError):
        queries.audit_check(viewer=Viewer(name="person:1", role=Role.ANALYST))


def test_who_looked_at_a_customer_is_told_to_those_who_serve_them(written: None) -> None:
    agent = Viewer(name="person:8", role=Role.AGENT)
    actions.audit(viewer=agent, what="customer.view", on="customer:2")
    actions.audit(viewer=agent, what="customer.note", on="customer:2")
    assert [(each.who, each.what) for each in queries.looks(on="customer:2", viewer=agent)] == [
        ("person:8", "customer.view"),
        ("system", "customer.view"),
    ]
    with pytest.raises(ForbiddenError):
        queries.looks(on="customer:2", viewer=Viewer(name="person:1", role=Role.MARKETER))


def test_a_glance_looks_at_the_last_entries_only(written: None) -> None:
    found = queries.audit_glance(most=3)
    assert found.ok and (found.rows, found.place) == (3, ROWS)
    run("UPDATE access_auditrow SET who = %s WHERE place = 2", "person:2")
    assert queries.audit_glance(most=3).ok
    assert not queries.audit_glance(most=5).ok
    run("DELETE FROM access_auditrow WHERE place = 5")
    assert [(each.kind, each.place) for each in queries.audit_glance(most=3).findings] == [(Tampering.MISSING, 5)]
    run("DELETE FROM access_auditrow WHERE place = 6")
    assert (Tampering.TRUNCATED, ROWS) in [(each.kind, each.place) for each in queries.audit_glance(most=3).findings]
