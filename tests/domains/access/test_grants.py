"""Roles are given in parts of the organisation; a right counts where it is given, and nobody gives what they lack."""

from __future__ import annotations

import pytest

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import SYSTEM, Person, Right, Role, RoleGrant, Scope, Viewer
from sojourn.domains.organisation import actions as organisation
from sojourn.domains.organisation.contracts import Unit
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db
READ = frozenset({Scope.READ})
PASSWORD = "quiet harbour at dusk"


@pytest.fixture(autouse=True)
def tree() -> None:
    """Have two regions and a branch."""
    rows = [("north", None), ("south", None), ("b1", "north")]
    units = [Unit(code=code, name=code, kind="x", parent=parent) for code, parent in rows]
    organisation.save_units(units, by=SYSTEM.name)


def someone(role: str = "viewer", unit: str | None = None) -> Person:
    number = len(queries.people(viewer=SYSTEM))
    return actions.create_person(email=f"p{number}@example.com", role=role, unit=unit, viewer=SYSTEM)


def manager(*rights: Right) -> Viewer:
    """Give somebody who manages people and has little else."""
    actions.save_role(slug="hr", name="Staff", rights=[Right.PEOPLE_MANAGE, *rights], viewer=SYSTEM)
    return queries.viewer_of(someone("hr").id)


def test_a_right_counts_where_it_is_given() -> None:
    ana = someone("agent", "north")
    actions.grant_to_person(person_id=ana.id, role="viewer", viewer=SYSTEM)
    viewer = queries.viewer_of(ana.id)
    assert viewer.units_for(Right.CUSTOMERS_READ) == {"north"}
    assert viewer.units_for(Right.FIGURES_READ) is None
    assert viewer.units_for(Right.PEOPLE_MANAGE) == frozenset()
    assert viewer.units == {"north"}  # where no right is named: where all of them count
    assert viewer.within(Right.FIGURES_READ).units is None
    assert viewer.within(Right.CUSTOMERS_READ).units == {"north"}
    actions.withdraw_from_person(person_id=ana.id, role="agent", unit="north", viewer=SYSTEM)
    assert not queries.viewer_of(ana.id).can(Right.CUSTOMERS_READ)


def test_two_units_are_seen_together() -> None:
    ana = someone("agent", "north")
    actions.grant_to_person(person_id=ana.id, role="agent", unit="south", viewer=SYSTEM)
    assert queries.viewer_of(ana.id).units == {"north", "south"}


def test_what_belongs_to_no_unit_needs_the_whole() -> None:
    viewer = queries.viewer_of(someone("administrator", "north").id)
    assert viewer.can(Right.CUSTOMERS_READ) and viewer.can(Right.JOURNEYS_WRITE)
    for right in (Right.PEOPLE_MANAGE, Right.SOURCES_MANAGE, Right.PLAN_WRITE, Right.AUDIT_READ, Right.BACKUPS_RUN):
        assert not viewer.can(right)
        with pytest.raises(ForbiddenError, match="whole organisation"):
            viewer.require(right)
    with pytest.raises(ForbiddenError, match="whole organisation"):
        viewer.require(Right.FIGURES_READ, whole=True)


def test_without_a_grant_nothing_opens() -> None:
    ana = someone("viewer")
    actions.withdraw_from_person(person_id=ana.id, role="viewer", viewer=SYSTEM)
    viewer = queries.viewer_of(ana.id)
    assert viewer.rights == frozenset() and viewer.units_for(Right.FIGURES_READ) == frozenset()


def test_a_grant_is_given_once_and_names_what_is_there() -> None:
    ana = someone()
    with pytest.raises(ConflictError, match="already"):
        actions.grant_to_person(person_id=ana.id, role="viewer", viewer=SYSTEM)
    with pytest.raises(InvalidError, match="role: "):
        actions.grant_to_person(person_id=ana.id, role="boss", viewer=SYSTEM)
    with pytest.raises(InvalidError, match="unit: "):
        actions.grant_to_person(person_id=ana.id, role="viewer", unit="east", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.grant_to_person(person_id=98_765, role="viewer", viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.withdraw_from_person(person_id=ana.id, role="viewer", unit="north", viewer=SYSTEM)


def test_nobody_gives_a_right_that_they_do_not_have() -> None:
    staff, admin, ana = manager(Right.FIGURES_READ), someone("administrator"), someone()
    for attempt in (
        lambda: actions.grant_to_person(person_id=ana.id, role="analyst", viewer=staff),
        lambda: actions.change_role(person_id=ana.id, role="administrator", viewer=staff),
        lambda: actions.create_person(email="new@example.com", role="agent", unit="north", viewer=staff),
        lambda: actions.create_key(name="new", scopes=READ, role="administrator", viewer=staff),
        lambda: actions.save_role(slug="hr", name="Staff", rights=list(Right), viewer=staff),
        lambda: actions.map_group(group="all", role="administrator", viewer=staff),
        lambda: actions.set_password(person_id=admin.id, password=PASSWORD, viewer=staff),  # to sign in as them
    ):
        with pytest.raises(ForbiddenError, match="You have not the right"):
            attempt()
    actions.create_person(email="bo@example.com", role="viewer", unit="north", viewer=staff)
    actions.set_password(person_id=ana.id, password=PASSWORD, viewer=staff)


def test_the_last_administrator_of_the_whole_stays() -> None:
    only = someone("administrator")
    someone("administrator", "north")
    with pytest.raises(actions.LastAdministratorError):
        actions.withdraw_from_person(person_id=only.id, role="administrator", viewer=SYSTEM)
    someone("administrator")
    assert actions.withdraw_from_person(person_id=only.id, role="administrator", viewer=SYSTEM) == ()


def test_a_role_of_ones_own_is_its_rights() -> None:
    made = actions.save_role(slug="desk", name="Desk", rights=[Right.FIGURES_READ, Right.CUSTOMERS_READ], viewer=SYSTEM)
    ana = someone("desk", "b1")
    assert queries.viewer_of(ana.id).rights == set(made.rights)
    actions.save_role(slug="desk", name="Desk", rights=[Right.FIGURES_READ], viewer=SYSTEM)
    assert queries.viewer_of(ana.id).rights == {Right.FIGURES_READ}  # at once
    with pytest.raises(ConflictError, match="has this role"):
        actions.delete_role(slug="desk", viewer=SYSTEM)
    actions.withdraw_from_person(person_id=ana.id, role="desk", unit="b1", viewer=SYSTEM)
    actions.delete_role(slug="desk", viewer=SYSTEM)
    assert [each.slug for each in queries.roles()] == [role.value for role in Role]
    with pytest.raises(NotFoundError):
        queries.role("desk")


@pytest.mark.parametrize(
    ("slug", "name", "rights"),
    [("analyst", "A", 1), ("No Slug", "A", 1), ("a", " ", 1), ("a", "A", 0), ("a", "x" * 101, 1)],
)
def test_a_role_that_cannot_be_is_refused(slug: str, name: str, rights: int) -> None:
    with pytest.raises(InvalidError):
        actions.save_role(slug=slug, name=name, rights=[Right.FIGURES_READ] * rights, viewer=SYSTEM)
    with pytest.raises(ConflictError):
        actions.delete_role(slug="viewer", viewer=SYSTEM)


def test_groups_of_the_identity_provider_give_and_take_roles_at_sign_in() -> None:
    actions.map_group(group="cx-north", role="agent", unit="north", viewer=SYSTEM)
    actions.map_group(group="cx-north", role="viewer", viewer=SYSTEM)
    actions.map_group(group="boss", role="cx_lead", viewer=SYSTEM)
    ana = someone("marketer", "south")
    given = actions.apply_groups(person_id=ana.id, groups=["cx-north", "unknown"])
    by_hand = RoleGrant(role="marketer", unit="south")
    north = RoleGrant(role="agent", unit="north", group="cx-north")
    assert set(given) == {by_hand, north, RoleGrant(role="viewer", group="cx-north")}
    assert actions.apply_groups(person_id=ana.id, groups=["cx-north"]) == given
    noted = len(queries.audit_log(viewer=SYSTEM))
    assert set(actions.apply_groups(person_id=ana.id, groups=["boss"])) == {
        by_hand,
        RoleGrant(role="cx_lead", group="boss"),
    }
    assert len(queries.audit_log(viewer=SYSTEM)) == noted + 1
    with pytest.raises(NotFoundError):  # what a group gave is taken back by the group only
        actions.withdraw_from_person(person_id=ana.id, role="cx_lead", viewer=SYSTEM)
    actions.unmap_group(group="boss", role="cx_lead", viewer=SYSTEM)
    assert actions.apply_groups(person_id=ana.id, groups=["boss"]) == (by_hand,)


def test_groups_cannot_take_the_last_administrator() -> None:
    actions.map_group(group="admins", role="administrator", viewer=SYSTEM)
    ana = someone("viewer")
    actions.apply_groups(person_id=ana.id, groups=["admins"])
    kept = actions.apply_groups(person_id=ana.id, groups=[])
    assert RoleGrant(role="administrator", group="admins") in kept
    someone("administrator")
    assert actions.apply_groups(person_id=ana.id, groups=[]) == (RoleGrant(role="viewer"),)


def test_a_key_has_grants_of_its_own() -> None:
    made = actions.create_key(name="branch", scopes=READ, role="agent", unit="b1", viewer=SYSTEM)
    actions.grant_to_key(key_id=made.key.id, role="viewer", unit="north", viewer=SYSTEM)
    viewer = queries.viewer_of_key(made.secret)
    assert viewer is not None
    assert viewer.units_for(Right.CUSTOMERS_READ) == {"b1"}
    assert viewer.units_for(Right.FIGURES_READ) == {"b1", "north"}
    assert not viewer.can(Right.CUSTOMERS_WRITE)  # its scope is read
    left = actions.withdraw_from_key(key_id=made.key.id, role="agent", unit="b1", viewer=SYSTEM)
    assert left == (RoleGrant(role="viewer", unit="north"),)
