"""Blind indexes are made anew under a new key: at every moment everybody is found, and nobody becomes somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from domains.collection.test_key_rotation import let_age, send, writer
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.actions.backups import BackupRunsError, turn
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.actions import indexing
from sojourn.domains.identity.models import Identifier, TraitWord
from sojourn.engine.stream.spool import SpoolWriter
from sojourn.kit import sealing
from sojourn.kit.errors import ConflictError
from sojourn.surfaces.worker.work import run_once

__all__ = ["writer"]
pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
PEOPLE = 12


def found() -> dict[str, tuple[Any, ...]]:
    """Look everybody up by each of their identifiers, mail addresses and names."""
    asked = [text for n in range(PEOPLE) for text in (f"user-{n}", f"u{n}@b.example", f"Ana Name{n}")]
    named = identity.with_mails([f"u{n}@b.example" for n in range(PEOPLE)])
    return {text: identity.find(text).persons for text in asked} | named


def blinds() -> set[bytes]:
    return {bytes(each) for each in Identifier.objects.values_list("blind", flat=True)}


def test_everybody_is_found_and_stays_who_they_are_while_indexes_come_under_a_new_key_also_after_a_kill(
    writer: SpoolWriter, settings: Any, monkeypatch: Any
) -> None:
    send(writer, range(PEOPLE), named=True)
    run_once(settings.SOJOURN)
    before, old = found(), blinds()
    tokens = set(Identifier.objects.values_list("token", flat=True))
    assert all(before.values())
    actions.rotate_key(viewer=SYSTEM)
    assert not actions.reindex(), "not while a search may run that knows the old key only"
    let_age(settings)
    monkeypatch.setattr(indexing, "AT_ONCE", 5)
    moments = iter(range(100))

    def look(point: str) -> None:
        if point != "reindex.some":
            return
        assert found() == before
        send(writer, range(PEOPLE), named=True, run=next(moments) + 1)  # events of everybody go on coming
        run_once(settings.SOJOURN)

    def die(point: str) -> None:
        look(point)
        if point == "reindex.some":
            raise KeyboardInterrupt

    monkeypatch.setattr("sojourn.kit.durable.reach", die)
    with pytest.raises(KeyboardInterrupt):
        actions.reindex()
    assert 0 < len(blinds() & old) < len(old), "half of them are on the other side"
    monkeypatch.setattr("sojourn.domains.collection.actions.keys.jobs.is_bound", lambda: True)
    with pytest.raises(ConflictError, match="blind indexes"):
        actions.retire_keys(viewer=SYSTEM)
    monkeypatch.setattr("sojourn.kit.durable.reach", look)
    assert actions.reindex()
    assert found() == before
    assert set(Identifier.objects.values_list("token", flat=True)) == tokens, "what events hold means the same"
    assert not blinds() & old
    monkeypatch.setattr("sojourn.kit.durable.reach", lambda point: None)
    actions.reseal()
    let_age(settings)
    actions.retire_keys(viewer=SYSTEM)
    assert found() == before
    assert TraitWord.objects.count() == 2 * PEOPLE, "no word stands under a key that is gone"
    assert sealing.sealer(settings.SOJOURN).is_indexed and not actions.needs_resealing()
    assert not queries.encryption().waits_for


def test_no_key_comes_while_a_backup_is_made(writer: SpoolWriter) -> None:
    with turn(), pytest.raises(BackupRunsError):
        actions.rotate_key(viewer=SYSTEM)
