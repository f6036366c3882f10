"""A customer's page reads the same state once, and the next page what has changed since."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from domains.customers.people import AGENT, known
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.customers import queries
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import queries as door
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.look import one_look

pytestmark = pytest.mark.django_db(databases="__all__")


def allowed(customer: int) -> bool:
    return bool(door.reachable([customer], purpose=Purpose.ANALYTICS, viewer=SYSTEM)[0])


def test_panels_ask_for_a_state_once() -> None:
    ana = known("K-1", name="Ana Keller")
    load([event(ana, "Opened", 1)])
    queries.panels(customer=ana, viewer=AGENT)
    with CaptureQueriesContext(connections["default"]) as asked:
        queries.panels(customer=ana, viewer=AGENT)
    epochs = [each for each in asked.captured_queries if "privacy_consentepoch" in each["sql"]]
    assert len(epochs) <= 3, "consents, purposes and their version"


def test_what_changes_counts_from_the_next_look_on() -> None:
    load([event(1, "Opened", 1)])
    with one_look():
        assert allowed(1)
    privacy.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    with one_look(), one_look():
        assert not allowed(1)
