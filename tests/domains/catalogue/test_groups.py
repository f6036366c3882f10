"""Groups of events: which event belongs where, what it is shown as, and what names suggest."""

from __future__ import annotations

import pytest

from sojourn.domains.access.contracts import ForbiddenError, Role, Scope, Viewer
from sojourn.domains.catalogue import actions, document, grouping, queries
from sojourn.domains.catalogue.contracts import BatchObservation, EventGroup, Level, SeenEvents
from sojourn.domains.catalogue.document import PlanError
from sojourn.kit.errors import NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
ANALYST = Viewer(name="ana", role=Role.ANALYST, scopes=frozenset(Scope))
READER = Viewer(name="rea", role=Role.VIEWER)
PLAN = """
events: {Paid: }
groups:
  Login: [login_web, login_app]
  Cards: {events: ["card.*"], kind: Service}
  Blocking: {events: [card.blocked], kind: Service}
"""
NAMES = ("login_web", "login_app", "card.ordered", "card.blocked", "Paid")


def test_an_event_belongs_to_the_group_that_spells_it_out_before_one_whose_star_fits() -> None:
    groups = document.read(PLAN).groups
    assert grouping.shown_as(NAMES, groups, Level.GROUPS) == {
        "login_web": "Login", "login_app": "Login", "card.ordered": "Cards", "card.blocked": "Blocking", "Paid": "Paid",
    }  # fmt: skip
    assert grouping.shown_as(("Login", "Logins"), groups, Level.GROUPS) == {"Login": "Login", "Logins": "Logins"}


def test_kinds_bring_groups_together_and_what_is_expanded_is_shown_one_level_lower() -> None:
    groups = document.read(PLAN).groups
    shown = grouping.shown_as(NAMES, groups, Level.KINDS)
    assert shown["card.ordered"] == shown["card.blocked"] == "Service" and shown["login_web"] == "Login"
    open_kind = grouping.shown_as(NAMES, groups, Level.KINDS, ("Service",))
    assert (open_kind["card.ordered"], open_kind["card.blocked"]) == ("Cards", "Blocking")
    both = grouping.shown_as(NAMES, groups, Level.KINDS, ("Service", "Cards"))
    assert both["card.ordered"] == "card.ordered"
    assert grouping.shown_as(NAMES, groups, Level.EVENTS) == {name: name for name in NAMES}


def test_a_plan_keeps_its_groups_when_it_is_written_and_read_again() -> None:
    plan = document.read(PLAN)
    assert document.read(document.write(plan)) == plan


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("{A: [x], B: [x]}", "x is in the group A already"),
        ("{A: [B], B: [x]}", "no name for a group"),
        ("{A: []}", "name 1 to"),
        ("{A: ['*']}", "besides"),
        ("{A: {event: [x]}}", "unknown"),
        ("{A: x}", "must map"),
        ("[x]", "must map"),
    ],
)
def test_groups_that_cannot_be_are_refused(groups: str, said: str) -> None:
    with pytest.raises(PlanError, match=said):
        document.read(f"groups: {groups}")


def test_names_that_begin_alike_suggest_groups() -> None:
    counts = {
        "card.ordered": 5, "card.blocked": 9, "card.pin.set": 1, "card.pin.sent": 1, "page_viewed:/products/a": 3,
        "page_viewed:/products/b": 4, "page_viewed:/products/c": 1, "Paid": 7, "Branch Visited": 2,
    }  # fmt: skip
    found = grouping.suggested(counts, ())
    assert [(group.name, group.events) for group, _ in found] == [
        ("Card", ("card.*",)), ("Page viewed products", ("page_viewed:/products/*",)),
    ]  # fmt: skip
    assert found[0][1] == ("card.blocked", "card.ordered", "card.pin.sent", "card.pin.set")
    assert not grouping.suggested(counts, [EventGroup(name="All", events=("card.*", "page*"))])
    assert not grouping.suggested({"app_a": 1, "app_b": 1, "app_c": 1}, ())  # what all share says nothing


def test_saved_groups_are_versions_of_the_plan() -> None:
    actions.note(_seen(login_web=5, login_app=7, Paid=1))
    plan = actions.save_group(group=EventGroup(name="Login", events=("login_*",)), viewer=ANALYST)
    assert plan.version == 1
    (row,) = queries.grouped()
    assert (row.members, row.count) == (("login_app", "login_web"), 12)
    actions.save_group(group=EventGroup(name="Login", events=("login_web",), kind="Access"), viewer=ANALYST)
    assert [each.events for each in queries.groups()] == [("login_web",)]
    actions.save_group(group=EventGroup(name="Sign-in", events=("login_web",)), instead_of="Login", viewer=ANALYST)
    assert [each.name for each in queries.groups()] == ["Sign-in"]
    assert actions.delete_group(name="Sign-in", viewer=ANALYST).version == 4
    assert queries.groups() == () and queries.plan(2).groups[0].kind == "Access"
    with pytest.raises(NotFoundError):
        actions.delete_group(name="Login", viewer=ANALYST)


def test_readers_save_no_groups() -> None:
    with pytest.raises(ForbiddenError):
        actions.save_group(group=EventGroup(name="Login", events=("login_*",)), viewer=READER)
    with pytest.raises(ForbiddenError):
        actions.delete_group(name="Login", viewer=READER)


def _seen(**counts: int) -> BatchObservation:
    events = tuple(
        SeenEvents(event=name, source="shop", count=count, first_us=1, last_us=2) for name, count in counts.items()
    )
    return BatchObservation(batch=1, received_us=2, events=events)


def test_two_suggestions_never_have_one_name() -> None:
    counts = {f"{beginning}{what}": 1 for beginning in ("card.", "Card ", "x_") for what in "abc"}
    assert {group.name for group, _ in grouping.suggested(counts, ())} == {"Card", "card.*", "X"}
