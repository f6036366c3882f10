"""Consents from files: good rows are taken, wrong ones refused one by one."""

from __future__ import annotations

import pytest

from domains.customers.people import known
from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import How, ImportedConsents, Proof
from sojourn.domains.privacy.models import ConsentWord
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
NORTH = Viewer(name="person:4", role=Role.AGENT, scopes=frozenset(Scope), units=frozenset({"north"}))
TC_STRING = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"


def take(text: str, viewer: Viewer = SYSTEM) -> ImportedConsents:
    return actions.import_consents(text=text, name="crm.csv", viewer=viewer)


def test_a_row_a_word_is_recognised_by_its_header() -> None:
    ana = known("u-1", email="ana@example.com")
    found = take(
        "Email;Topic;Status;Opt In Time;Notice\n"
        "ANA@example.com;marketing;subscribed;2026-01-05T10:00:00Z;1\n"
        "ana@example.com;research;unsubscribed;;\n"
        "nobody@example.com;marketing;yes;;\n"
        "ana@example.com;raffle;yes;;\n"
        "ana@example.com;marketing;maybe;;\n"
        "ana@example.com;marketing;yes;5th of May;\n"
        ";marketing;yes;;\n"
    )
    assert (found.rows, found.taken, found.refused_rows) == (7, 2, 5)
    assert [(row.line, row.reason.split(":")[0].split(".")[0]) for row in found.refused] == [
        (4, "There is no such customer"),
        (5, "There is no purpose 'raffle' that can be refused"),
        (6, "'maybe' is neither yes nor no"),
        (7, "at"),
        (8, "The row names nobody"),
    ]
    words = queries.words_of_customer(ana)
    assert {(word.purpose, word.allowed, word.how, word.source, word.notice) for word in words} == {
        ("marketing", True, How.IMPORT, "crm.csv", 1),
        ("research", False, How.IMPORT, "crm.csv", None),
    }
    assert AuditRow.objects.get(what="consent.import").detail["refused"] == "5"


def test_a_row_a_customer_has_a_column_for_each_purpose() -> None:
    known("u-1")
    known("u-2")
    found = take("user_id,marketing,research\nu-1,yes,no\nu-2,,\nu-2,yes,\n")
    assert (found.taken, [row.reason for row in found.refused]) == (2, ["The row says nothing about any purpose."])
    assert ConsentWord.objects.count() == 3


def test_a_header_that_says_too_little_is_refused() -> None:
    with pytest.raises(InvalidError, match="whose consent"):
        take("purpose,allowed\nmarketing,yes\n")
    with pytest.raises(InvalidError, match="a column for each purpose"):
        take("user_id,colour\nu-1,red\n")


def test_who_imports_reaches_their_own_customers_only() -> None:
    north, south = known("u-1"), known("u-2")
    load([event(north, "Opened", 0, unit="north"), event(south, "Opened", 0, unit="south")])
    found = take("user_id,marketing\nu-1,yes\nu-2,yes\n", NORTH)
    assert (found.taken, found.refused[0].reason) == (1, "There is no such customer.")
    with pytest.raises(ForbiddenError):
        take("user_id,marketing\nu-1,yes\n", Viewer(name="person:5", role=Role.ANALYST))


def test_a_shared_mail_address_names_nobody_in_particular() -> None:
    known("u-1", email="us@example.com")
    known("u-2", email="us@example.com")
    found = take("email,marketing\nus@example.com,yes\n")
    assert "Several customers share" in found.refused[0].reason
    with pytest.raises(ConflictError):
        actions.customer_called(email="us@example.com", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.customer_called(user_id="u-9", viewer=SYSTEM)


def test_a_tc_string_is_read_and_kept_sealed_as_evidence() -> None:
    ana = known("u-1")
    actions.note_choices(
        customer=ana, choices={}, proof=Proof(how=How.TCF, source="site"), tc_string=TC_STRING, viewer=SYSTEM
    )
    words = {word.purpose: word for word in queries.words_of_customer(ana)}
    assert words["marketing"].allowed is False, "purpose 4 was not granted"
    assert all(word.has_evidence for word in words.values())
    row = ConsentWord.objects.filter(person=ana).first()
    assert row is not None and row.evidence is not None
    assert TC_STRING.encode() not in bytes(row.evidence)
