"""A company's stores hold mails, phones and names in encrypted traits only; the scan proves that it can see."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils.module_loading import autodiscover_modules

from sojourn.domains.collection.models import Command
from sojourn.domains.privacy import queries
from sojourn.domains.privacy.queries import Needles
from sojourn.engine.scanning.probing import markers
from sojourn.engine.stream.spool import Frame, SpoolWriter
from sojourn.kit import sealed, sealing
from sojourn.surfaces.worker.work import run_once

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
MAIL, PHONE, NAME = "ana.silva@example.com", "+4915123456789", "Ana Silva-Oliveira"
WANTED = Needles(texts=(MAIL, PHONE, NAME))
BLIND = {
    "identity.Identifier.blind",
    "identity.Trait.blind",
    "identity.Tombstone.digest",
    "identity.Proposed.mark",
    "customers.AccountRow.blind",
}
OPEN = {"collection.ObservationRow.payload"}  # names and counts, after they were cleaned


@pytest.fixture
def company(place: Path, settings: Any) -> Path:
    """A company that has loaded one good event, one refused, and a trait."""
    autodiscover_modules("plugins", "tasks")
    settings.SOJOURN.temporary.mkdir(exist_ok=True)
    writer = SpoolWriter(settings.SOJOURN.spool, sealing.sealer(settings.SOJOURN), 1 << 20)
    items = [
        {"type": "identify", "userId": MAIL, "traits": {"email": MAIL, "phone": PHONE, "name": NAME}},
        {"type": "track", "event": "Asked", "userId": MAIL, "properties": {"comment": f"I am {NAME}", "who": MAIL}},
        {"type": "track", "event": "", "userId": MAIL},
    ]
    now = time.time_ns() // 1_000
    writer.append([Frame("web", "items", now, items=[json.dumps(each).encode() for each in items])])
    writer.close()
    run_once(settings.SOJOURN)
    return place


def test_what_is_personal_stands_in_sealed_values_only(company: Path) -> None:
    clean_but_for_spool = queries.scan(WANTED)
    spool = next(each for each in clean_but_for_spool.stores if each.store == "spool")
    assert set(clean_but_for_spool.found) <= {"spool", "collection.RefusedItem.payload (opened)"}
    assert all(each.is_probed for each in clean_but_for_spool.stores)
    kept = queries.scan(WANTED, kept=True).found
    assert {"identity.Identifier.sealed (opened)", "identity.Trait.sealed (opened)"} <= set(kept)
    assert "segments" in {each.store for each in clean_but_for_spool.stores}
    assert spool.rows >= 0


@pytest.mark.parametrize("store", ["segments", "timeline", "cache", "tmp", "other files"])
def test_a_planted_marker_makes_its_store_unclean(company: Path, store: str) -> None:
    planted = markers()
    assert queries.scan(planted).is_clean()
    folder = company if store == "other files" else company / store
    folder.mkdir(exist_ok=True)
    (folder / "left").write_text(planted.texts[0])
    found = queries.scan(planted)
    assert not found.is_clean()
    assert set(found.found) == {store}


def test_a_mail_in_a_job_argument_is_found(company: Path) -> None:
    Command.objects.create(kind="erase", arguments={"who": MAIL}, created_us=1)
    assert not queries.scan(WANTED).is_clean()


def test_a_scan_that_finds_no_marker_refuses_to_say_clean(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.domains.privacy.scanning.probe", lambda *_: frozenset({"files", "spool"}))
    with pytest.raises(queries.UnprovenError):
        queries.scan(markers()).is_clean()


def test_a_log_elsewhere_is_looked_at_and_the_probes_leave_nothing(company: Path, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text(f"GET /customers?mail={MAIL}")
    assert queries.scan(WANTED, also=[log]).found["other places"] == 1
    assert not list((company / "tmp").iterdir())


def test_every_sealed_column_is_named() -> None:
    autodiscover_modules("plugins", "tasks")
    missing = [
        name
        for model in apps.get_models()
        if model.__module__.startswith("sojourn.")
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField)
        and (name := f"{model._meta.label}.{field.name}") not in {*sealed.COLUMNS, *BLIND, *OPEN}
    ]
    assert not missing, "say in the room's plugins.py: kit.sealed.seals(...)"
