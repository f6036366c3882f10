"""Every purpose in use can be read for by its name, a company's own too; each sees only whom it covers."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import autodiscover_modules

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.privacy import actions
from sojourn.domains.privacy.contracts import Basis, Purpose
from sojourn.kit import sealing
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
SPAN = "since=2026-01-01T00:00:00Z&until=2027-01-01T00:00:00Z"
ALL_BITS = 63 | 64


@pytest.fixture(autouse=True)
def _raffle(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    actions.save_purpose(name="raffle", title="Raffle", basis=Basis.OPT_IN, viewer=SYSTEM)
    load(
        [
            event(person, name, at, purposes=ALL_BITS)
            for person in (1, 2, 3)
            for at, name in enumerate(("Opened", "Paid"))
        ]
    )
    actions.record_consent(customer=1, purpose=Purpose("raffle"), allowed=True, at=BEGIN)
    actions.record_consent(customer=2, purpose=Purpose("raffle"), allowed=False, at=BEGIN)
    actions.refresh_timeline()
    yield


@pytest.mark.parametrize(
    "address", ["graph", "variants", "paths", "retention", "lifecycle", "funnel?step=Opened&step=Paid", "process"]
)
def test_a_purpose_of_the_companys_own_sees_who_agreed_to_it(address: str) -> None:
    client = asker(Role.ANALYST)
    joined = "&" if "?" in address else "?"
    told = client.get(f"/api/v1/{address}{joined}{SPAN}&purpose=raffle")
    assert told.status_code == 200, told.content
    coverage = told.json()["coverage"]
    assert (coverage["purpose"], coverage["customers"]) == ("raffle", 1)
    assert client.get(f"/api/v1/{address}{joined}{SPAN}").json()["coverage"]["customers"] == 3


@pytest.mark.parametrize("name", ["gossip", "Raffle!", "", "x" * 400])
def test_a_purpose_that_is_not_there_is_refused_with_those_that_are(name: str) -> None:
    answer = asker(Role.ANALYST).get(f"/api/v1/graph?{SPAN}&purpose={name}")
    assert answer.status_code == 422
    assert re.search("There is no such purpose; there are .*analytics, .*raffle", answer.content.decode())


def test_a_retired_purpose_is_refused() -> None:
    actions.save_purpose(name="raffle", title="Raffle", basis=Basis.OPT_IN, is_active=False, viewer=SYSTEM)
    assert asker(Role.ANALYST).get(f"/api/v1/graph?{SPAN}&purpose=raffle").status_code == 422


def test_a_purpose_under_contract_opens_to_bound_roles_only_and_is_noted() -> None:
    address = f"/api/v1/graph?{SPAN}&purpose=service"
    assert asker(Role.ANALYST).get(address).status_code == 403
    assert asker(Role.ADMINISTRATOR).get(address).json()["coverage"]["customers"] == 3
    assert "purpose:service" in {each.object for each in access.audit_log(viewer=SYSTEM)}
