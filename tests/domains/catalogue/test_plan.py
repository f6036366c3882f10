"""The tracking plan is read with errors that name the line, versioned, and handed to the loader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.catalogue import actions, document, queries
from sojourn.domains.catalogue.contracts import Plan, PlannedEvent, PlannedProperty
from sojourn.kit.errors import ConflictError, ForbiddenError

TEXT = """
closed: true
common:
  $app_version: {type: string, dimension: true}
events:
  Card Application Started:
    description: Somebody began to ask for a card.
    owner: cards
    properties:
      product: {type: string, required: true, allowed: [gold, basic]}
      income: number
      mail: {type: string, personal: true}
  Signed In:
"""


def test_a_plan_is_read() -> None:
    plan = document.read(TEXT)
    assert plan.closed
    assert plan.common == (PlannedProperty(name="$app_version", type="string", dimension=True),)
    started, signed_in = plan.events
    assert (started.owner, signed_in) == ("cards", PlannedEvent(name="Signed In"))
    assert started.properties == (
        PlannedProperty(name="product", type="string", required=True, allowed=("gold", "basic")),
        PlannedProperty(name="income", type="number"),
        PlannedProperty(name="mail", type="string", personal=True),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("events: [a", "line 1: this is not YAML"),
        ("a: b: c", "line 1: this is not YAML"),
        ("- a", "line 1: plan: must map"),
        ("event:\n  A:", "line 2: plan.event: unknown; known are closed, common, events"),
        ("events:\n  A:\n    propertys: {}", "line 3: events.A.propertys: unknown"),
        ("events:\n  A:\n    properties:\n      x: text", "line 4: events.A.properties.x: unknown type 'text'"),
        ("events:\n  A:\n    properties:\n      x: {type: [a]}", "line 4: events.A.properties.x.type: must be text"),
        ("events:\n  A:\n    properties:\n      x: {required: maybe}", "required: must be true or false"),
        ("events:\n  A:\n    properties:\n      x: {allowed: gold}", "allowed: must be a list"),
        ("events:\n  A:\n  A:", "line 3: events.A: stands here twice"),
        ("events:\n  '': {}", "line 2: events: a name must have 1 to 200 characters"),
        ("common:\n  x: {personal: true, dimension: true}", "line 2: common.x: a personal property cannot be"),
        ("closed: often", "line 1: closed: must be true or false"),
        ("events: &a\n  A: *a", "references"),
        ("events: \x00", "not YAML"),
    ],
)
def test_a_plan_that_means_nothing_names_line_and_field(text: str, message: str) -> None:
    with pytest.raises(document.PlanError) as refusal:
        document.read(text)
    assert message in refusal.value.message


names = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Co", "Cn"]), min_size=1, max_size=20).filter(str.strip)
properties = st.builds(
    PlannedProperty,
    name=names,
    type=st.sampled_from(document.TYPES),
    required=st.booleans(),
    personal=st.booleans(),
    allowed=st.lists(names, max_size=3).map(tuple),
)
events = st.builds(
    PlannedEvent,
    name=names,
    description=names,
    properties=st.lists(properties, max_size=3, unique_by=lambda each: each.name).map(tuple),
)


@given(
    plan=st.builds(
        Plan,
        closed=st.booleans(),
        events=st.lists(events, max_size=3, unique_by=lambda each: each.name).map(tuple),
        common=st.lists(properties, max_size=2, unique_by=lambda each: each.name).map(tuple),
    )
)
def test_a_plan_that_is_written_reads_back_the_same(plan: Plan) -> None:
    assert document.read(document.write(plan)) == plan


@pytest.mark.django_db
def test_versions_are_added_and_the_same_plan_makes_none() -> None:
    assert queries.plan() == Plan()
    first = actions.save_plan(text=TEXT, viewer=SYSTEM)
    assert (first.version, actions.save_plan(text=TEXT, viewer=SYSTEM).version) == (1, 1)
    second = actions.save_plan(text="events: {A: {}}", base=1, viewer=SYSTEM)
    assert queries.plan() == second and queries.plan(1) == first
    assert [each.version for each in queries.plan_versions()] == [2, 1]
    assert document.read(queries.plan_text(1)).events == first.events
    with pytest.raises(ConflictError, match="version 2"):
        actions.save_plan(text=TEXT, base=1, viewer=SYSTEM)
    with pytest.raises(ForbiddenError):
        actions.save_plan(text=TEXT, viewer=Viewer(name="person:1", role=Role.VIEWER))


@pytest.mark.django_db
def test_the_loader_gets_a_compact_view() -> None:
    before = queries.loading_rules()
    assert (before.closed, before.events) == (False, {})
    actions.save_plan(text=TEXT, viewer=SYSTEM)
    rules = queries.loading_rules()
    assert rules.version > before.version
    assert rules.closed and rules.personal == {"mail"} and rules.dimensions == ("$app_version",)
    assert set(rules.events) == {"Card Application Started", "Signed In"}
    assert rules.events["Card Application Started"]["product"].required
