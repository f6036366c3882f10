"""Who fails to get in is noted without naming anybody, and cannot flood the log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sojourn.domains.access import actions, failures
from sojourn.domains.access.contracts import SYSTEM, Scope
from sojourn.domains.access.models import AuditRow

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def unsaid() -> Iterator[None]:
    failures.forget()
    yield
    failures.forget()


def noted() -> list[tuple[str, str, dict[str, str]]]:
    rows = AuditRow.objects.filter(who="nobody").order_by("pk")
    return [(row.what, row.object, row.detail) for row in rows]


def test_an_entry_says_a_known_person_by_number_and_an_unknown_address_by_a_keyed_digest() -> None:
    ana = actions.create_person(email="ana@example.com", role="viewer", viewer=SYSTEM)
    actions.note_failed_sign_in(email=" Ana@Example.com ", now=NOW)
    actions.note_failed_sign_in(email="bo@example.com", now=NOW)
    actions.note_failed_sign_in(email="BO@example.com", now=NOW)
    (_, known, detail), (_, unknown, _), (_, again, _) = noted()
    assert (known, detail) == (f"person:{ana.id}", {"by": "password"})
    assert unknown == again
    assert unknown.startswith("address:")
    assert "bo@" not in unknown


def test_a_wrong_key_is_noted_by_its_number_when_it_was_one() -> None:
    made = actions.create_key(name="a", scopes=frozenset(Scope), viewer=SYSTEM)
    actions.note_failed_key(made.secret, now=NOW)
    actions.note_failed_key("guessed", now=NOW)
    assert [(what, on) for what, on, _ in noted()] == [("key.fail", f"key:{made.key.id}"), ("key.fail", "key:unknown")]


def test_many_failures_are_few_entries_and_the_next_says_how_many_there_were() -> None:
    for _ in range(40):
        actions.note_failed_key("guessed", now=NOW)
    assert len(noted()) == failures.EACH_MOST
    failures._full.clear()  # as after ten seconds
    actions.note_failed_key("guessed", now=NOW + failures.WINDOW + timedelta(seconds=1))
    assert noted()[-1][2]["not_noted_before"] == "35"


def test_failures_of_many_addresses_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "ALL_MOST", 12)
    for number in range(30):
        actions.note_failed_sign_in(email=f"guess{number}@example.com", now=NOW)
    assert len(noted()) == 12
    assert len(failures._unsaid) <= 13
