"""Sources are published to intake at each change."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.catalogue import actions, publication, queries
from sojourn.domains.catalogue.contracts import BatchObservation, FreshnessState, SeenEvents, SourceKind
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import micros

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def published() -> dict[str, Any]:
    rows = json.loads(settings.SOJOURN.write_keys_file.read_text())["sources"]
    return {row["slug"]: row for row in rows}


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def test_a_new_source_is_published_without_its_key(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = actions.create_source(slug="web", kind=SourceKind.WEB, is_strict=True, rate=50, viewer=SYSTEM)
    assert made.channel == "web" and made.name == "web"
    row = {"slug": "web", "key_sha256": digest(made.write_key), "strict": True, "active": True, "channel": "web"}
    assert published()["web"] == {**row, "rate": 50}
    assert made.write_key not in settings.SOJOURN.write_keys_file.read_text()


def test_rotation_closes_the_old_key(django_capture_on_commit_callbacks: Any) -> None:
    old = actions.create_source(slug="web", viewer=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        new = actions.rotate_write_key(slug="web", viewer=SYSTEM)
    assert new.write_key != old.write_key
    assert published()["web"]["key_sha256"] == digest(new.write_key)


def test_a_source_is_changed_switched_off_and_removed(django_capture_on_commit_callbacks: Any) -> None:
    actions.create_source(slug="web", expected_every_minutes=5, viewer=SYSTEM)
    with django_capture_on_commit_callbacks(execute=True):
        changed = actions.change_source(slug="web", name="Shop", is_active=False, viewer=SYSTEM)
    assert (changed.name, changed.expected_every_minutes) == ("Shop", 5)
    assert published()["web"]["active"] is False
    assert actions.change_source(slug="web", expected_every_minutes=0, viewer=SYSTEM).expected_every_minutes is None
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_source(slug="web", viewer=SYSTEM)
    assert published() == {}
    with pytest.raises(NotFoundError):
        queries.source("web")


def test_a_slug_is_taken_once_and_must_be_a_folder_name() -> None:
    actions.create_source(slug="web", viewer=SYSTEM)
    with pytest.raises(ConflictError):
        actions.create_source(slug="web", viewer=SYSTEM)
    for slug in ("", "Web", "a/b", "..", "-a", "a" * 64, "a\n"):
        with pytest.raises(InvalidError):
            actions.create_source(slug=slug, viewer=SYSTEM)
    assert actions.ensure_source(slug="web", viewer=SYSTEM).slug == "web"
    assert actions.ensure_source(slug="files", viewer=SYSTEM).kind is SourceKind.FILE


def test_only_administrators_change_sources() -> None:
    analyst = Viewer(name="person:2", role=Role.ANALYST, scopes=frozenset(Scope))
    with pytest.raises(ForbiddenError):
        actions.create_source(slug="web", viewer=analyst)


def test_a_reader_of_the_published_file_sees_the_old_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "intake" / "sources.json"
    publication.publish(path, lambda: ())
    held = path.open()
    publication.publish(path, queries.sources)
    assert json.load(held) == {"sources": []}
    held.close()
    assert sorted(each.name for each in path.parent.iterdir()) == [".lock", "sources.json"]


def test_changes_of_sources_are_seen_by_the_loader() -> None:
    before = queries.rules_version()
    actions.create_source(slug="web", kind=SourceKind.WEB, viewer=SYSTEM)
    assert queries.rules_version() > before
    assert queries.loading_rules().channels == {"web": "web"}


def test_a_source_is_fresh_late_or_silent_by_its_promise() -> None:
    actions.create_source(slug="web", expected_every_minutes=10, viewer=SYSTEM)
    actions.create_source(slug="quiet", viewer=SYSTEM)

    def states(after: timedelta) -> dict[str, FreshnessState]:
        return {each.source: each.state for each in queries.freshness(now=NOW + after)}

    assert states(timedelta()) == {"web": FreshnessState.SILENT, "quiet": FreshnessState.SILENT}
    seen = tuple(
        SeenEvents(event="Paid", source=slug, count=3, first_us=0, last_us=0) for slug in ("web", "quiet", "stranger")
    )
    actions.note(BatchObservation(batch=1, received_us=micros(NOW), events=seen))
    assert states(timedelta(minutes=10)) == {"web": FreshnessState.OK, "quiet": FreshnessState.OPEN}
    assert states(timedelta(minutes=11))["web"] is FreshnessState.LATE
    assert states(timedelta(minutes=101))["web"] is FreshnessState.SILENT
    actions.change_source(slug="web", is_active=False, viewer=SYSTEM)
    assert [each.source for each in queries.freshness(now=NOW)] == ["quiet"]


def test_a_viewer_sees_sources_without_their_write_keys() -> None:
    actions.create_source(slug="till", viewer=SYSTEM)
    looker = Viewer(name="person:9", role=Role.VIEWER)
    found = queries.source("till")
    assert found.write_key
    assert queries.shown(found, viewer=SYSTEM).write_key == found.write_key
    assert queries.shown(found, viewer=looker).write_key == ""
