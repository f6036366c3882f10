"""Do: say which employee of the events somebody who signs in is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import chain, granted, hooks
from sojourn.domains.access.contracts import SYSTEM, Person, Right, Viewer
from sojourn.domains.access.models import Account, EmployeeRow
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

IDS_MOST = 20
ID_MAX_CHARACTERS = 500


def set_employee(*, person_id: int, ids: Iterable[str], viewer: Viewer) -> Person:
    """Say under which employee ids somebody stands in the events, instead of those before; none: under none.

    Only the random numbers of the ids are kept. Who says it must see figures about employees of the whole organisation:
    else they could give themselves a colleague's. Raise ForbiddenError, InvalidError (an id that no event names),
    ConflictError (an id that is somebody else's), NotFoundError.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    granted.require_rights(viewer, [Right.EMPLOYEES_READ])
    numbers = _numbers(list(dict.fromkeys(each.strip() for each in ids)))
    with transaction.atomic(using=router.db_for_write(EmployeeRow)):
        account = Account.objects.select_for_update().filter(pk=person_id).first()
        if account is None:
            raise NotFoundError("There is no such person.")
        if EmployeeRow.objects.filter(number__in=numbers).exclude(account=account).exists():
            raise ConflictError("One of these employee ids is somebody else's; take it from them first.")
        _link(account, numbers, who=viewer.name)
    return account.contract()


def follow_employee(*, person_id: int, ids: Iterable[str]) -> Person:
    """Let the identity provider say which employee somebody is who signs in, instead of what was said before.

    Ids that no event names so far are left out, and so are those that are somebody else's: the first who has one keeps
    it until somebody takes it from them. Where that leaves none, or none is told, all stays as it was. Raise
    NotFoundError.
    """
    told = [each for each in dict.fromkeys(each.strip() for each in ids) if 0 < len(each) <= ID_MAX_CHARACTERS]
    numbers = set(_known(told[:IDS_MOST]).values())
    with transaction.atomic(using=router.db_for_write(EmployeeRow)):
        account = Account.objects.select_for_update().filter(pk=person_id).first()
        if account is None:
            raise NotFoundError("There is no such person.")
        taken = EmployeeRow.objects.filter(number__in=numbers).exclude(account=account)
        numbers -= set(taken.values_list("number", flat=True))
        if numbers and numbers != set(account.employees.values_list("number", flat=True)):
            _link(account, numbers, who=SYSTEM.name)
    return account.contract()


def _link(account: Account, numbers: set[int], *, who: str) -> None:
    account.employees.exclude(number__in=numbers).delete()
    for number in numbers - set(account.employees.values_list("number", flat=True)):
        account.employees.create(number=number)
    said = {"numbers": " ".join(map(str, sorted(numbers)))}
    chain.append(at=timezone.now(), who=who, what="person.employee", on=f"person:{account.pk}", detail=said)


def _known(ids: Sequence[str]) -> dict[str, int]:
    return {each: number for answer in hooks.employee_numbers for each, number in answer(ids).items()}


def _numbers(ids: Sequence[str]) -> set[int]:
    if len(ids) > IDS_MOST:
        raise InvalidError(f"ids: more than {IDS_MOST}.")
    if not all(0 < len(each) <= ID_MAX_CHARACTERS for each in ids):
        raise InvalidError(f"ids: each has 1 to {ID_MAX_CHARACTERS} characters.")
    known = _known(ids)
    unknown = [place for place, each in enumerate(ids, 1) if each not in known]
    if unknown:
        raise InvalidError(f"ids: no event names an employee by id {unknown[0]} of those given.")
    return set(known.values())
