"""Do: make roles of the organisation's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import chain, granted
from sojourn.domains.access.contracts import NamedRole, Right, Viewer
from sojourn.domains.access.models import GrantRow, GroupRow, RoleRow
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
NAME_MAX_CHARACTERS = 100


def save_role(*, slug: str, name: str, rights: Iterable[Right], viewer: Viewer) -> NamedRole:
    """Make a role of the organisation's own, or change it; who has it has its new rights at once.

    Raise ForbiddenError when it holds rights that the viewer has not in the whole organisation, InvalidError.
    """
    viewer.require(Right.PEOPLE_MANAGE)
    wanted = frozenset(rights)
    if not SLUG.fullmatch(slug):
        raise InvalidError("slug: small letters, digits, - and _, at most 63; a letter or digit first.")
    if slug in granted.BUILT_IN:
        raise InvalidError("slug: this role comes with Sojourn and stays as it is; choose another name.")
    if not name.strip() or len(name.strip()) > NAME_MAX_CHARACTERS or "\x00" in name:
        raise InvalidError(f"name: give the role a name of 1 to {NAME_MAX_CHARACTERS} characters.")
    if not wanted:
        raise InvalidError("rights: give the role at least one right.")
    granted.require_rights(viewer, wanted)
    with transaction.atomic(using=router.db_for_write(RoleRow)):
        listed = sorted(right.value for right in wanted)
        RoleRow.objects.update_or_create(slug=slug, defaults={"name": name.strip(), "rights": listed})
        said = {"rights": " ".join(listed)}
        chain.append(at=timezone.now(), who=viewer.name, what="role.save", on=f"role:{slug}", detail=said)
    return granted.named_role(slug)


def delete_role(*, slug: str, viewer: Viewer) -> None:
    """Delete a role of the organisation's own; raise ConflictError while somebody has it, NotFoundError."""
    viewer.require(Right.PEOPLE_MANAGE)
    if slug in granted.BUILT_IN:
        raise ConflictError("This role comes with Sojourn and stays.")
    with transaction.atomic(using=router.db_for_write(RoleRow)):
        row = RoleRow.objects.select_for_update().filter(slug=slug).first()
        if row is None:
            raise NotFoundError("There is no such role.")
        if GrantRow.objects.filter(role=slug).exists() or GroupRow.objects.filter(role=slug).exists():
            raise ConflictError("Somebody has this role, or a group gives it; take it back first.")
        row.delete()
        chain.append(at=timezone.now(), who=viewer.name, what="role.delete", on=f"role:{slug}", detail={})
