"""From roles given in parts of the organisation to what a viewer may do there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils import timezone

from sojourn.domains.access.contracts import RIGHTS, Grant, NamedRole, Right, Role, RoleGrant, Scope, Viewer
from sojourn.domains.access.models import GrantRow, RoleRow
from sojourn.domains.organisation import queries as organisation
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

BUILT_IN = {role.value: role for role in Role}


def rights_of(roles: Iterable[str]) -> Mapping[str, frozenset[Right]]:
    """Give each role's rights by its short name; a role that is gone has none."""
    wanted = set(roles)
    found = {slug: RIGHTS[role] for slug, role in BUILT_IN.items() if slug in wanted}
    own = wanted - set(BUILT_IN)
    if own:
        found |= {row.slug: _known(row.rights) for row in RoleRow.objects.filter(slug__in=own)}
    return {slug: found.get(slug, frozenset()) for slug in wanted}


def viewer_with(grants: Iterable[RoleGrant], *, name: str, scopes: frozenset[Scope]) -> Viewer:
    """Give the viewer who has these grants."""
    given = tuple(grants)
    if len(given) == 1 and given[0].role in BUILT_IN:
        only = given[0]
        return Viewer(name=name, role=BUILT_IN[only.role], scopes=scopes, units=_part(only))
    rights = rights_of(each.role for each in given)
    made = tuple(Grant(rights=rights[each.role], units=_part(each)) for each in given)
    viewer = Viewer(name=name, scopes=scopes, grants=made)
    units: frozenset[str] | None = None
    for right in viewer.rights:
        there = viewer.units_for(right)
        units = there if units is None else units if there is None else units & there
    return Viewer(name=name, scopes=scopes, grants=made, units=units)


def check(grant: RoleGrant) -> None:
    """Raise InvalidError for a role or a unit that is not there."""
    if grant.role not in BUILT_IN and not RoleRow.objects.filter(slug=grant.role).exists():
        raise InvalidError("role: there is no such role.")
    if grant.unit is not None and not any(unit.code == grant.unit for unit in organisation.units()):
        raise InvalidError("unit: there is no such unit.")


def require_own(viewer: Viewer, grants: Iterable[RoleGrant]) -> None:
    """Raise ForbiddenError unless a viewer has, in the same parts, every right of some grants: none is given on."""
    given = tuple(grants)
    rights = rights_of(each.role for each in given)
    today = timezone.now().date()
    for each in given:
        for right in sorted(rights[each.role]):
            there = viewer.units_for(right)
            if there is not None and (each.unit is None or each.unit not in organisation.descendants(there, at=today)):
                where = "the whole organisation" if each.unit is None else f"the unit {each.unit}"
                raise ForbiddenError(f"You have not the right {right.value} in {where}, which this would give.")


def require_rights(viewer: Viewer, rights: Iterable[Right]) -> None:
    """Raise ForbiddenError unless a viewer has each of these rights in the whole organisation."""
    for right in sorted(rights):
        if viewer.units_for(right) is not None:
            raise ForbiddenError(f"You have not the right {right.value} in the whole organisation, so none can get it.")


def named_role(slug: str) -> NamedRole:
    """Give a role; raise NotFoundError."""
    if slug in BUILT_IN:
        return _built_in(BUILT_IN[slug])
    row = RoleRow.objects.filter(slug=slug).first()
    if row is None:
        raise NotFoundError("There is no such role.")
    return _own(row)


def named_roles() -> tuple[NamedRole, ...]:
    """List the roles: those that every organisation has, then its own by name."""
    own = (_own(row) for row in RoleRow.objects.order_by("name", "slug"))
    return (*(_built_in(role) for role in Role), *own)


def _built_in(role: Role) -> NamedRole:
    name = role.value.replace("_", " ").capitalize().replace("Cx ", "CX ")
    return NamedRole(
        slug=role.value, name=name, rights=_ordered(RIGHTS[role]), is_built_in=True, grants=_count(role.value)
    )


def _own(row: RoleRow) -> NamedRole:
    rights = _ordered(_known(row.rights))
    return NamedRole(slug=row.slug, name=row.name, rights=rights, is_built_in=False, grants=_count(row.slug))


def _count(role: str) -> int:
    return GrantRow.objects.filter(role=role).count()


def _ordered(rights: frozenset[Right]) -> tuple[Right, ...]:
    return tuple(right for right in Right if right in rights)


def _known(rights: Iterable[str]) -> frozenset[Right]:
    return frozenset(Right(each) for each in rights if each in set(Right))


def _part(grant: RoleGrant) -> frozenset[str] | None:
    return None if grant.unit is None else frozenset({grant.unit})
