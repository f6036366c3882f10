"""Who signs in may be an employee whom events name."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.utils.module_loading import autodiscover_modules

from domains.identity.claiming import said, stored
from sojourn.domains.access import actions, queries
from sojourn.domains.access.contracts import SYSTEM, AuditAsked, Person, Right, Viewer
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, settings: Any) -> None:
    """Have an empty data folder, and the answers of the rooms above."""
    (tmp_path / "data").mkdir()
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path / "data")
    autodiscover_modules("plugins")


def someone(email: str = "ana@example.com", role: str = "agent") -> Person:
    return actions.create_person(email=email, role=role, viewer=SYSTEM)


def numbers(*ids: str) -> list[int]:
    """Let events name employees, and give their numbers."""
    return [int(each) for each in stored(said(*(("u", None) for _ in ids), agent=list(ids))).agent]


def test_somebody_is_the_employees_whose_ids_they_were_given() -> None:
    seven, eight = numbers("E-7", "E-8")
    ana = someone()
    assert queries.viewer_of(ana.id).employees == frozenset()
    changed = actions.set_employee(person_id=ana.id, ids=["E-7", " E-8 ", "E-7"], viewer=SYSTEM)
    assert set(changed.employee_numbers) == {str(seven), str(eight)}
    assert queries.viewer_of(ana.id).employees == {seven, eight}
    assert queries.people(viewer=SYSTEM) == (changed,)
    actions.set_employee(person_id=ana.id, ids=["E-8"], viewer=SYSTEM)
    assert queries.viewer_of(ana.id).employees == {eight}
    actions.set_employee(person_id=ana.id, ids=[], viewer=SYSTEM)
    assert queries.viewer_of(ana.id).employees == frozenset()


def test_each_change_is_in_the_audit_log_by_number_and_never_by_id() -> None:
    (seven,) = numbers("E-7")
    ana = someone()
    actions.set_employee(person_id=ana.id, ids=["E-7"], viewer=SYSTEM)
    (entry,) = queries.audit_log(asked=AuditAsked(what="person.employee"), viewer=SYSTEM)
    assert (entry.who, entry.object, entry.detail) == ("system", f"person:{ana.id}", {"numbers": str(seven)})


def test_an_id_that_no_event_names_is_refused_and_not_repeated() -> None:
    numbers("E-7")
    ana = someone()
    with pytest.raises(InvalidError, match="by id 2 of those given") as refusal:
        actions.set_employee(person_id=ana.id, ids=["E-7", "bo@example.com"], viewer=SYSTEM)
    assert "bo@" not in str(refusal.value)
    for wrong in ([""], ["x" * 501], [str(each) for each in range(21)]):
        with pytest.raises(InvalidError, match="ids:"):
            actions.set_employee(person_id=ana.id, ids=wrong, viewer=SYSTEM)
    with pytest.raises(NotFoundError):
        actions.set_employee(person_id=999, ids=["E-7"], viewer=SYSTEM)


def test_an_employee_is_one_person() -> None:
    numbers("E-7")
    ana, bo = someone(), someone("bo@example.com")
    actions.set_employee(person_id=ana.id, ids=["E-7"], viewer=SYSTEM)
    with pytest.raises(ConflictError, match="somebody else's"):
        actions.set_employee(person_id=bo.id, ids=["E-7"], viewer=SYSTEM)


def test_who_may_not_see_employees_makes_nobody_one() -> None:
    numbers("E-7")
    actions.save_role(slug="hr", name="Staff", rights=[Right.PEOPLE_MANAGE], viewer=SYSTEM)
    staff = queries.viewer_of(someone("hr@example.com", "hr").id)
    with pytest.raises(ForbiddenError, match=r"employees\.read"):
        actions.set_employee(person_id=int(staff.name.removeprefix("person:")), ids=["E-7"], viewer=staff)
    with pytest.raises(ForbiddenError):
        actions.set_employee(person_id=1, ids=[], viewer=Viewer(name="person:1"))
