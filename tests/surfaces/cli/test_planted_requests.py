"""The demo company's desk has requests in every state, one of them late."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.db import router, transaction
from django.utils.module_loading import autodiscover_modules

from domains.identity.claiming import said
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions as collection
from sojourn.domains.customers import queries as customers
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity import queries as queries_of_identity
from sojourn.domains.identity.models import Identifier
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.contracts import RequestState
from sojourn.kit import sealing
from sojourn.surfaces.cli.furnishing import plant_requests
from sojourn.surfaces.cli.planting import plant_customers

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


def test_traits_are_computed_and_matching_runs_by_itself() -> None:
    plant_customers()
    plant_customers()
    assert [each.slug for each in customers.traits(viewer=SYSTEM)] == [
        "channel",
        "complaints",
        "sign-ins",
        "transferred",
    ]
    assert queries_of_identity.matching_terms().every_days == 7


def test_requests_are_planted_in_several_states_and_once(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    identity.resolver().forget()
    with collection.writing(), transaction.atomic(using=router.db_for_write(Identifier)):
        identity.resolve(said(*((f"HB-{100_007 + place}", None) for place in range(6)))).write()

    plant_requests()
    plant_requests()

    found = queries.requests(viewer=SYSTEM)
    assert len(found) == 6
    assert {each.state for each in found} >= {
        RequestState.OPEN,
        RequestState.UNVERIFIED,
        RequestState.PAUSED,
        RequestState.CLOSED,
    }
    assert queries.overdue(viewer=SYSTEM) == 1
    assert [each.name for each in queries.duties(viewer=SYSTEM)] == ["bank-records"]
