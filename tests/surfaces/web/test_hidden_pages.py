"""Pages say what they hide from a viewer who may not see figures of few customers."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.kit import sealing

pytestmark = pytest.mark.django_db(databases="__all__")
NOTE = "Figures of fewer than 5 customers"


@pytest.fixture
def viewer(tmp_path: Path, settings: Any) -> Client:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    sealing.sealer(settings.SOJOURN)
    people = [way for way, many in {"AB": 12, "AC": 9, "CA": 2}.items() for _ in range(many)]
    load([
        {**event(person, letter, 0), "occurred_at": BEGIN + timedelta(days=place, seconds=person)}
        for person, way in enumerate(people, start=1)
        for place, letter in enumerate(way)
    ])  # fmt: skip
    made = access.create_person(email="viewer@bank.example", role=Role.VIEWER, viewer=SYSTEM)
    client = Client()
    client.force_login(get_user_model().objects.get(pk=made.id), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/journeys/explorer?period=all&step=C",
        "/journeys/paths?period=all&root=A",
        "/journeys/retention?period=all&by=day&starts=C",
    ],
)
def test_a_page_says_that_figures_of_few_are_hidden(viewer: Client, address: str) -> None:
    page = viewer.get(address)
    assert page.status_code == 200
    assert NOTE in page.content.decode()
