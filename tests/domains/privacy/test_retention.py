"""Retention rules take old events, or a property of them, from segments and timeline; a preview counts before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.collection import actions as collection
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import RetentionRule
from sojourn.domains.privacy.models import RetentionRow
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
VIEWS = RetentionRule(name="page-views", title="Page views", events=("Viewed",), field="", days=30)
COUNTRY = RetentionRule(name="country", title="Countries", events=(), field="ip_country", days=30)


@pytest.fixture(autouse=True)
def _events(place: Path) -> Iterator[None]:
    autodiscover_modules("plugins", "tasks")
    fresh = {**event(2, "Viewed", 0, properties='{"ip_country":"DE"}'), "occurred_at": timezone.now()}
    old = event(1, "Viewed", 0, properties='{"ip_country":"DE","step":1}')
    load([old, event(1, "Bought", 1, properties='{"ip_country":"FR"}'), fresh])
    yield


def night(*, days: int) -> None:
    actions.keep_data_rights(now=timezone.now() + timedelta(days=days))
    collection.run_commands()
    actions.finish_erasures()


def seen() -> list[tuple[int, str, object]]:
    rows = queries.events(viewer=SYSTEM).rows
    return sorted((row.customer, row.name, row.properties.get("ip_country")) for row in rows)


def test_old_events_go_from_stream_and_timeline_and_younger_ones_stay() -> None:
    told = queries.retention_preview(rule=VIEWS, viewer=SYSTEM)
    assert (told.rows, told.customers) == (1, 1)
    actions.save_retention(rule=VIEWS, viewer=SYSTEM)
    RetentionRow.objects.update(starts_on=timezone.now().date())

    night(days=0)

    assert seen() == [(1, "Bought", "FR"), (2, "Viewed", "DE")]
    assert {term.name: term.events for term in queries.vocabulary(viewer=SYSTEM).names} == {"Bought": 1, "Viewed": 1}
    assert queries.retention_rules(viewer=SYSTEM)[0].ran_rows == 1
    assert queries.retention_preview(rule=VIEWS, viewer=SYSTEM).rows == 0


def test_a_property_goes_and_the_event_stays() -> None:
    assert queries.retention_preview(rule=COUNTRY, viewer=SYSTEM).rows == 2
    actions.save_retention(rule=COUNTRY, viewer=SYSTEM)
    RetentionRow.objects.update(starts_on=timezone.now().date())
    night(days=0)
    assert seen() == [(1, "Bought", None), (1, "Viewed", None), (2, "Viewed", "DE")]


def test_a_rule_that_is_taken_back_before_its_first_night_has_done_nothing() -> None:
    actions.save_retention(rule=VIEWS, viewer=SYSTEM)
    night(days=0)
    assert len(seen()) == 3, "it begins on the next night"
    actions.delete_retention(name="page-views", viewer=SYSTEM)
    night(days=1)
    assert len(seen()) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Page Views"},
        {"title": ""},
        {"days": 0},
        {"field": "a'; DROP"},
        {"events": tuple(str(n) for n in range(201))},
    ],
)
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    fields = {"name": "a", "title": "A", "events": (), "field": "", "days": 3} | wrong
    with pytest.raises(InvalidError, match=next(iter(wrong))):
        actions.save_retention(rule=RetentionRule(**fields), viewer=SYSTEM)  # type: ignore[arg-type]


def test_only_who_manages_retention_may_change_or_preview_it() -> None:
    analyst = Viewer(name="person:3", role=Role.ANALYST, scopes=SYSTEM.scopes)
    with pytest.raises(ForbiddenError):
        actions.save_retention(rule=VIEWS, viewer=analyst)
    with pytest.raises(ForbiddenError):
        queries.retention_preview(rule=VIEWS, viewer=analyst)
    with pytest.raises(NotFoundError):
        actions.delete_retention(name="nothing", viewer=SYSTEM)
