"""People sign in, have roles, and one administrator always stays."""

from __future__ import annotations

import pytest

from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import SYSTEM, Role, RoleGrant, Scope, Viewer
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db
ANALYST = Viewer(name="person:99", role=Role.ANALYST, scopes=frozenset(Scope))
PASSWORD = "quiet harbour at dusk"


def test_a_person_is_made_with_a_role_and_found_by_address() -> None:
    made = actions.create_person(email=" Ana@Example.com ", role=Role.ANALYST, viewer=SYSTEM)
    assert queries.person_by_email("ANA@example.com") == made
    assert made.grants == (RoleGrant(role="analyst"),) and made.is_active
    assert queries.people(viewer=SYSTEM) == (made,)


def test_an_address_can_be_taken_once() -> None:
    actions.create_person(email="ana@example.com", role=Role.VIEWER, viewer=SYSTEM)
    with pytest.raises(ConflictError, match="already"):
        actions.create_person(email="ANA@example.com", role=Role.VIEWER, viewer=SYSTEM)


@pytest.mark.parametrize("address", ["", "ana", "ana@", "a b@example.com", "ana@example.com\nx"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidError, match="email"):
        actions.create_person(email=address, role=Role.VIEWER, viewer=SYSTEM)


@pytest.mark.parametrize("password", ["short", "password123", "ana@example.com"])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidError, match="password"):
        actions.create_person(email="ana@example.com", role=Role.VIEWER, password=password, viewer=SYSTEM)


def test_the_last_administrator_stays() -> None:
    only = actions.create_person(email="root@example.com", role=Role.ADMINISTRATOR, viewer=SYSTEM)
    with pytest.raises(actions.LastAdministratorError):
        actions.change_role(person_id=only.id, role=Role.VIEWER, viewer=SYSTEM)
    with pytest.raises(actions.LastAdministratorError):
        actions.deactivate(person_id=only.id, viewer=SYSTEM)
    second = actions.create_person(email="two@example.com", role=Role.ADMINISTRATOR, viewer=SYSTEM)
    assert actions.deactivate(person_id=only.id, viewer=SYSTEM).is_active is False
    with pytest.raises(actions.LastAdministratorError):
        actions.change_person(person_id=second.id, role=Role.ANALYST, viewer=SYSTEM)


def test_only_administrators_manage_people() -> None:
    with pytest.raises(ForbiddenError):
        actions.create_person(email="ana@example.com", role=Role.VIEWER, viewer=ANALYST)
    with pytest.raises(ForbiddenError):
        queries.people(viewer=ANALYST)
    readable = Viewer(name="key:1", role=Role.ADMINISTRATOR, scopes=frozenset({Scope.READ}))
    assert queries.people(viewer=readable) == ()
    with pytest.raises(ForbiddenError):
        actions.create_person(email="ana@example.com", role=Role.VIEWER, viewer=readable)


def test_people_set_their_own_password_and_nobody_elses() -> None:
    ana = actions.create_person(email="ana@example.com", role=Role.VIEWER, viewer=SYSTEM)
    bo = actions.create_person(email="bo@example.com", role=Role.VIEWER, viewer=SYSTEM)
    herself = queries.viewer_of(ana.id)
    actions.set_password(person_id=ana.id, password=PASSWORD, viewer=herself)
    with pytest.raises(ForbiddenError):
        actions.set_password(person_id=bo.id, password=PASSWORD, viewer=herself)


def test_who_signs_in_may_do_what_their_role_says() -> None:
    ana = actions.create_person(email="ana@example.com", role=Role.VIEWER, viewer=SYSTEM)
    viewer = queries.viewer_of(ana.id)
    assert viewer == Viewer(name=f"person:{ana.id}", role=Role.VIEWER, scopes=frozenset(Scope))
    actions.deactivate(person_id=ana.id, viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        queries.viewer_of(ana.id)
    actions.activate(person_id=ana.id, viewer=SYSTEM)
    assert queries.viewer_of(ana.id) == viewer


def test_each_act_leaves_an_entry_that_cannot_be_changed() -> None:
    ana = actions.create_person(email="ana@example.com", role=Role.VIEWER, viewer=SYSTEM)
    actions.change_role(person_id=ana.id, role=Role.ANALYST, viewer=SYSTEM)
    entries = queries.audit_log(viewer=SYSTEM)
    assert [(each.what, each.object, each.who) for each in entries] == [
        ("person.role", f"person:{ana.id}", "system"),
        ("person.create", f"person:{ana.id}", "system"),
    ]
    assert "ana@example.com" not in str(entries)
    assert queries.audit_log(viewer=SYSTEM, before=entries[0].id) == entries[1:]

    from sojourn.domains.access.models import AuditRow

    row = AuditRow.objects.first()
    assert row is not None
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()
