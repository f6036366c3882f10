"""Searching for a customer: by what they are known, one hit a customer, nobody out of reach, nothing kept."""

from __future__ import annotations

import pytest

from domains.customers.people import AGENT, known
from domains.privacy.bank import link
from sojourn.domains.access.models import AuditRow
from sojourn.domains.customers import actions
from sojourn.domains.customers.contracts import CustomerState, FoundBy
from sojourn.kit.errors import InvalidError
from sojourn.kit.ids import short

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_customer_is_found_once_by_whatever_any_of_their_persons_is_known() -> None:
    ana = known("K-1", name="Ana Keller", email="ana@example.com")
    device = known(device="d-1", phone="+49 151 2345678")
    link([(ana, device)])
    for text in ("K-1", "d-1", "ana@example.com", "+49151 2345678", "keller ana", str(ana), short(device)):
        hits = actions.search(text=text, viewer=AGENT)
        assert [(hit.customer, hit.name, hit.state) for hit in hits.rows] == [
            (ana, "Ana Keller", CustomerState.CUSTOMER)
        ], text
    assert actions.search(text="K-1", viewer=AGENT).rows[0].found_by is FoundBy.NUMBER


def test_customers_of_one_name_are_told_apart() -> None:
    known("K-1", name="Ana Keller", address={"city": "Bonn", "street": "Domplatz 1"})
    known("K-2", name="Ana Keller", town="Kiel")
    hits = actions.search(text="keller", viewer=AGENT)
    assert {(hit.numbers, hit.town) for hit in hits.rows} == {(("K-1",), "Bonn"), (("K-2",), "Kiel")}


def test_a_number_that_is_nobody_s_finds_nobody() -> None:
    known("K-1", email="ana@example.com")
    for text in ("0", "7fff-ffff", "9223372036854775807", "99999999999999999999", "ffff-ffff"):
        assert actions.search(text=text, viewer=AGENT).total == 0


def test_a_search_that_finds_more_says_so() -> None:
    people = {known(f"K-{place}", last_name="Keller") for place in range(4)}
    hits = actions.search(text="keller", viewer=AGENT, limit=3)
    assert (len(hits.rows), hits.total, hits.is_cut) == (3, 4, True)
    assert {hit.customer for hit in hits.rows} < people


def test_the_audit_log_says_that_somebody_searched_and_not_for_whom() -> None:
    known("K-1", name="Ana Keller")
    actions.search(text="Keller", viewer=AGENT)
    entry = AuditRow.objects.get(what__startswith="customer.")
    assert (entry.what, entry.object) == ("customer.search", "customers")
    assert "eller" not in str(entry.detail)


@pytest.mark.parametrize("text", ["", "   ", "x" * 201])
def test_a_search_for_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidError):
        actions.search(text=text, viewer=AGENT)
