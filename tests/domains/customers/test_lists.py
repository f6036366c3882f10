"""Lists by what senders told, and lists under a name."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domains.customers.people import known
from domains.privacy.bank import BEGIN, event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Known, PeopleAsked
from sojourn.domains.privacy import actions as privacy
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
NOW = BEGIN + timedelta(days=10)
MARKETER = Viewer(name="person:3", role=Role.MARKETER, scopes=frozenset(Scope))
ANALYST = Viewer(name="person:4", role=Role.ANALYST, scopes=frozenset(Scope))
PLANNED = (("known", "plan=premium"), ("sort", "events"), ("ascending", "true"))


@pytest.fixture(autouse=True)
def floor(settings: Any, place: Path) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, k_floor=2, time_zone="UTC")


def planned(*plans: str) -> list[int]:
    people = [known(f"K-{at}", plan=plan) for at, plan in enumerate(plans)]
    load([event(person, "Opened", at) for at, person in enumerate(people)])
    privacy.refresh_timeline()
    return people


def listed(viewer: Viewer, value: str) -> Any:
    asked = PeopleAsked(known=(Known(trait="plan", value=value),))
    return actions.people(asked=asked, viewer=viewer, now=NOW)


def test_a_list_holds_whose_trait_is_so_and_hides_whether_a_few_or_none_are() -> None:
    people = planned("Premium", "basic", "premium", "rare")
    page = listed(MARKETER, "premium")
    assert ({row.customer for row in page.rows}, page.total) == ({people[0], people[2]}, 2)
    one, none = listed(MARKETER, "rare"), listed(MARKETER, "nobody's")
    assert (one.rows, one.total, one.too_few) == (none.rows, none.total, none.too_few) == ((), 0, True)
    with pytest.raises(InvalidError, match="Fewer than"):
        actions.export_people(asked=PeopleAsked(known=(Known(trait="plan", value="x"),)), viewer=MARKETER, now=NOW)
    told = str(list(AuditRow.objects.values_list("detail", flat=True)))
    assert "plan" in told
    assert "premium" not in told


@pytest.mark.parametrize("text", ["email=a@b.de", "name=Ana", "plan=ana@example.com", "plan", "=x", "plan="])
def test_no_list_asks_who_somebody_is(text: str) -> None:
    with pytest.raises(InvalidError, match=r"^known: "):
        queries.asked_for((("known", text),), viewer=SYSTEM)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ((("sort", "nothing"),), "no such computed trait"),
        ((("colour", "red"),), "colour: "),
        ((("days", "1"), ("days", "2")), "days: "),
        ((("state", "king"),), "state: "),
        ((("since", "yesterday"),), "since: "),
        ((("where", "web"),), "where: "),
        ((("purpose", "contract"),), "purpose: "),
    ],
)
def test_a_list_that_nothing_could_show_is_not_saved(parameters: Any, said: str) -> None:
    with pytest.raises((InvalidError, NotFoundError), match=said):
        actions.save_list(name="x", parameters=parameters, viewer=MARKETER)


def test_a_saved_list_opens_for_whom_it_is_meant_and_holds_who_fits_then() -> None:
    planned("premium", "premium")
    mine = actions.save_list(name=" Premium ", parameters=PLANNED, viewer=MARKETER)
    shared = actions.save_list(name="All", parameters=(), viewer=MARKETER, is_shared=True)
    assert [each.name for each in queries.saved_lists(viewer=MARKETER)] == ["All", "Premium"]
    assert [each.name for each in queries.saved_lists(viewer=ANALYST)] == ["All"]
    with pytest.raises(NotFoundError):
        queries.saved_list(id=mine.id, viewer=ANALYST)
    asked = queries.asked_for(queries.saved_list(id=mine.id, viewer=MARKETER).parameters, viewer=MARKETER)
    assert (asked.known, asked.sort, asked.ascending) == ((Known(trait="plan", value="premium"),), "events", True)
    assert actions.people(asked=asked, viewer=MARKETER, now=NOW).total == 2
    with pytest.raises(ForbiddenError):
        actions.change_list(id=shared.id, name="Mine now", viewer=ANALYST)
    for nobody in (Viewer(name="person:9", role=Role.VIEWER), Viewer(name="person:8", role=Role.AGENT)):
        with pytest.raises(ForbiddenError):
            queries.saved_lists(viewer=nobody)


def test_a_saved_list_is_renamed_shared_deleted_and_brought_back_and_all_is_audited() -> None:
    made = actions.save_list(name="Premium", parameters=PLANNED, viewer=MARKETER)
    changed = actions.change_list(id=made.id, name="Gold", is_shared=True, viewer=MARKETER)
    assert (changed.name, changed.is_shared, changed.parameters) == ("Gold", True, PLANNED)
    actions.delete_list(id=made.id, viewer=SYSTEM, now=NOW)
    assert queries.saved_lists(viewer=MARKETER) == ()
    with pytest.raises(NotFoundError):
        actions.restore_list(id=made.id, viewer=MARKETER, now=NOW + timedelta(days=2))
    assert actions.restore_list(id=made.id, viewer=MARKETER, now=NOW).name == "Gold"
    what = AuditRow.objects.filter(object=f"list:{made.id}").order_by("pk").values_list("what", flat=True)
    assert list(what) == ["list.save", "list.change", "list.delete", "list.restore"]
