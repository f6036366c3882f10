"""A pickup is made, its server's key confirmed, its place looked at, fetched from and left, on its pages."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from engine.stream.places.servers import PASSWORD, USER, Sftp
from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.collection import queries
from sojourn.kit import jobs

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
ADDRESS = "/settings/pickups/"


@pytest.fixture
def client(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Sign an administrator in, over an empty data folder without a server."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path / "data", incoming_quiet_seconds=0)
    monkeypatch.setattr(jobs, "_queue", [])
    catalogue.create_source(slug="shop", viewer=SYSTEM)
    who = access.create_person(email="chief@example.com", role=Role.ADMINISTRATOR.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    return client


def test_a_pickup_from_its_making_to_its_end(client: Client, tmp_path: Path) -> None:
    def post(address: str, **said: str) -> str:
        return client.post(ADDRESS + address, said, follow=True).content.decode()

    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "monday.csv").write_text("user_id,event,timestamp\nana,Visit,2026-01-05\n")
    assert "Nothing is fetched yet" in client.get(ADDRESS).content.decode()
    with Sftp(tmp_path / "served").serving() as server:
        said = {
            "name": "branches", "where_host": "127.0.0.1", "where_port": str(server.port), "where_user": USER,
            "secret": PASSWORD, "source": "shop", "pattern": "*.csv", "zone": "UTC",
        }  # fmt: skip
        refused = post("new/sftp", **said)
        assert "Give this or a time of day (daily_at), one of the two." in refused and 'value="branches"' in refused
        made = post("new/sftp", **said, daily_at="02:30")
        assert "daily at 02:30, UTC" in made and PASSWORD not in made
        looked = post("of/branches/change", what="look")
        assert "This is the right key" in looked
        key = looked.partition('name="host_key" value="')[2].partition('"')[0]
        assert "The key is confirmed." in post("of/branches/change", what="confirm", host_key=key)
        assert "takes it" in post("of/branches/change", what="look")
        assert "A round begins within seconds." in post("of/branches/change", what="run")
        assert [each.rows_good for each in queries.deliveries()] == [1]
        assert "leaves it: taken already" in post("of/branches/change", what="look")
    page = client.get(f"{ADDRESS}of/branches/edit").content.decode()
    assert key in page and PASSWORD not in page
    kept = {name: value for name, value in said.items() if name not in ("name", "secret")}
    assert "every 30 minutes" in post("of/branches/edit", **kept, every_minutes="30", where_host_key=key)
    assert "The pickup is off." in post("of/branches/change", what="off")
    assert "The pickup is on." in post("of/branches/change", what="on")
    assert "cannot be reached" in post("of/branches/change", what="look")
    assert "The pickup is gone" in post("of/branches/change", what="delete")
    assert client.get(f"{ADDRESS}of/branches").status_code == 404
    assert client.get(f"{ADDRESS}new/nothing").status_code == 404
