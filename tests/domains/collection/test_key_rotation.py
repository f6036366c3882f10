"""A key is rotated while a loader loads: nothing is lost, and when all is sealed anew the old key can go."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.models import RefusedItem
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.models import Identifier, Trait
from sojourn.engine.stream.spool import Frame, SpoolWriter
from sojourn.kit import sealing
from sojourn.kit.errors import ConflictError
from sojourn.surfaces.worker.work import run_once

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
PEOPLE = 40


@pytest.fixture
def writer(place: Path, settings: Any) -> Any:
    made = SpoolWriter(settings.SOJOURN.spool, sealing.sealer(settings.SOJOURN), 1 << 20)
    yield made
    made.close()


def send(writer: SpoolWriter, numbers: range, *, named: bool = False, run: int = 0) -> None:
    items = [
        {
            "type": "identify",
            "userId": f"user-{each}",
            "messageId": f"m{each}-{run}",
            "traits": {"email": f"u{each}@b.example", **({"name": f"Ana Name{each}"} if named else {})},
        }
        for each in numbers
    ]
    items += [{"type": "track", "event": "", "messageId": f"bad{each}"} for each in numbers[:2]]
    raw = [json.dumps(each).encode() for each in items]
    writer.append([Frame("web", "items", time.time_ns() // 1_000, items=raw)])


def let_age(settings: Any) -> None:
    """Let the key be older than any transaction that may still bring what the one before sealed."""
    past = time.time() - 60
    os.utime(settings.SOJOURN.keys_file, (past, past))


def mails() -> set[str]:
    persons = list(Trait.objects.values_list("person", flat=True))
    return {str(each.value) for each in identity.traits_of(persons)}


def test_a_key_is_rotated_while_events_are_loaded_and_the_old_one_goes(writer: Any, settings: Any) -> None:
    send(writer, range(PEOPLE))
    run_once(settings.SOJOURN)
    before = settings.SOJOURN.keys_file.read_text().strip()
    ended = threading.Event()
    thread = threading.Thread(target=load_more, args=(writer, settings, ended))
    thread.start()
    actions.rotate_key(viewer=SYSTEM)
    actions.reseal()
    assert mails() >= {f"u{each}@b.example" for each in range(PEOPLE)}, "reads go on"
    thread.join(60)
    assert ended.is_set()
    actions.reseal()
    let_age(settings)
    assert actions.retire_keys(viewer=SYSTEM) == 1
    assert before not in settings.SOJOURN.keys_file.read_text()
    assert mails() == {f"u{each}@b.example" for each in range(PEOPLE * 2)}
    assert Identifier.objects.filter(kind="user").count() == PEOPLE * 2
    assert all(b"bad" in queries.refused_payload(each)[1] for each in RefusedItem.objects.values_list("pk", flat=True))
    known = {bytes(each) for each in Identifier.objects.values_list("blind", flat=True)}
    sealer = sealing.sealer(settings.SOJOURN)
    assert sealer.blind("user", "user-3") in known, "who is known stays known, under the new key"


def load_more(writer: SpoolWriter, settings: Any, ended: threading.Event) -> None:
    from django.db import connections

    for at in range(PEOPLE, PEOPLE * 2, 8):
        send(writer, range(at, at + 8))
        run_once(settings.SOJOURN)
    connections.close_all()
    ended.set()


def test_a_run_that_ends_in_the_middle_is_gone_on_with(writer: Any, settings: Any, monkeypatch: Any) -> None:
    send(writer, range(PEOPLE))
    run_once(settings.SOJOURN)
    monkeypatch.setattr("sojourn.domains.collection.actions.keys.AT_ONCE", 10)
    monkeypatch.setattr("sojourn.domains.collection.actions.keys.jobs.is_bound", lambda: True)
    actions.rotate_key(viewer=SYSTEM)
    left = [1, 2, 3]
    monkeypatch.setattr("sojourn.kit.durable.reach", lambda point: left.pop())
    with pytest.raises(IndexError):
        actions.reseal()
    half = {each.name: each.waiting for each in queries.encryption().columns}
    assert 0 < sum(half.values()) < sum(each.values for each in queries.encryption().columns)
    let_age(settings)
    with pytest.raises(ConflictError, match="still seal something"):
        actions.retire_keys(viewer=SYSTEM)
    monkeypatch.undo()
    actions.reseal()
    let_age(settings)
    assert actions.retire_keys(viewer=SYSTEM) == 1
    assert len(mails()) == PEOPLE


def test_a_fresh_key_and_events_that_wait_keep_the_old_key(writer: Any, settings: Any) -> None:
    send(writer, range(2))
    actions.rotate_key(viewer=SYSTEM)
    with pytest.raises(ConflictError, match="in a moment"):
        actions.retire_keys(viewer=SYSTEM)
    let_age(settings)
    with pytest.raises(ConflictError, match="events in the spool"):
        actions.retire_keys(viewer=SYSTEM)
    run_once(settings.SOJOURN)
    assert actions.retire_keys(viewer=SYSTEM) == 1
