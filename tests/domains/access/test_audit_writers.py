"""Writers at the same time make one chain, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from sojourn.domains.access import actions, chain, queries
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.access.models import AuditRow

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 4, 12


def write(writer: int) -> None:
    """Write entries, every third in a transaction with another, every fourth taken back."""
    try:
        for number in range(EACH):
            with transaction.atomic():
                actions.audit(viewer=SYSTEM, what="customer.view", on=f"customer:{writer}", n=str(number))
                if number % 3 == 0:
                    actions.audit(viewer=SYSTEM, what="customer.note", on=f"customer:{writer}", n=str(number))
                if number % 4 == 3:
                    transaction.set_rollback(True)
    finally:
        connections.close_all()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_an_entry_is_linked_in_its_own_transaction_and_nobody_waits_for_the_end_of_anothers() -> None:
    settings.SOJOURN.audit_head_file.unlink(missing_ok=True)
    chain.key()  # made and committed
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.audit(viewer=SYSTEM, what="customer.view", on="customer:1")
            assert AuditRow.objects.get().place == 1, "what is deleted after the commit leaves a gap"
            pool.submit(write_one).result(timeout=30)  # it does not wait for this transaction to end
        assert list(AuditRow.objects.order_by("place").values_list("place", flat=True)) == [1, 2]
    assert queries.audit_check(viewer=SYSTEM).ok
    settings.SOJOURN.audit_head_file.unlink()


def write_one() -> None:
    """Write one entry on a connection of its own."""
    try:
        actions.audit(viewer=SYSTEM, what="customer.view", on="customer:2")
    finally:
        connections.close_all()


def test_writers_at_once_make_one_chain_and_note_its_end() -> None:
    settings.SOJOURN.audit_head_file.unlink(missing_ok=True)
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    kept = sum(1 + (number % 3 == 0) for number in range(EACH) if number % 4 != 3)
    assert AuditRow.objects.filter(place__isnull=False).count() == WRITERS * kept
    assert chain.noted() == chain.end()
    found = queries.audit_check(viewer=SYSTEM)
    assert (found.ok, found.rows, found.place, found.noted) == (True, WRITERS * kept, WRITERS * kept, WRITERS * kept)
    settings.SOJOURN.audit_head_file.unlink()
