"""Verbs of pickups: make, change, ask for a round, forget a file, delete."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, router, transaction

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import pickups as thought
from sojourn.domains.collection.actions.deliveries import checked_mapping
from sojourn.domains.collection.contracts import Pickup, PickupKind, PickupTerms
from sojourn.domains.collection.models import PickedRow, PickupRow
from sojourn.domains.collection.queries.pickups import SEALED_FOR, held
from sojourn.kit import jobs, sealing
from sojourn.kit.errors import ConflictError, InvalidError
from sojourn.kit.period import instant

JOB: Final = "collection.pick_up"
PICKUPS_MAX: Final = 100
SECRET_MAX: Final = 20_000


def make_pickup(terms: PickupTerms, *, secret: str, viewer: Viewer) -> Pickup:
    """Make a pickup; its first round is at the next time of its schedule, or when asked for.

    `secret` is a password, private key or secret key, sealed at once and never shown. Raise ForbiddenError,
    NotFoundError (source), InvalidError (a term), ConflictError (the name is taken, or there are too many).
    """
    viewer.require(Right.SOURCES_MANAGE)
    _check(terms, secret)
    if PickupRow.objects.count() >= PICKUPS_MAX:
        raise ConflictError(f"There are {PICKUPS_MAX} pickups; delete one first.")
    now = time.time_ns() // 1_000
    try:
        with _together():
            row = PickupRow.objects.create(
                **_columns(terms), secret=_sealed(secret), made_by=viewer.name[:100], next_us=_next(terms, now)
            )
    except IntegrityError:
        raise ConflictError("name: there is a pickup of this name.") from None
    access.audit(viewer=viewer, what="pickup.create", on=f"pickup:{row.pk}", kind=terms.kind.value)
    return row.contract(0)


def change_pickup(
    name: str,
    *,
    changes: dict[str, Any],
    secret: str | None = None,
    is_active: bool | None = None,
    viewer: Viewer,
) -> Pickup:
    """Change terms of a pickup by their names (all but name and kind), its secret, or switch it off or on.

    Raise ForbiddenError, NotFoundError, InvalidError.
    """
    row = held(name, viewer)
    fixed = set(changes) - (set(PickupTerms.__dataclass_fields__) - {"name", "kind"})
    if fixed:
        raise InvalidError(f"{min(fixed)}: cannot be changed; make another pickup.")
    terms = replace(row.terms(), **changes)
    _check(terms, secret)
    said = sorted(name for name in changes if getattr(terms, name) != getattr(row.terms(), name))
    columns = _columns(terms)
    if secret:
        columns["secret"], said = _sealed(secret), [*said, "secret"]
    if is_active is not None and is_active != row.is_active:
        columns["is_active"], said = is_active, [*said, "is_active"]
    if said:
        now = time.time_ns() // 1_000
        with _together():
            PickupRow.objects.filter(pk=row.pk).update(**columns, next_us=_next(terms, now), failures=0, message="")
        access.audit(viewer=viewer, what="pickup.change", on=f"pickup:{row.pk}", changed=",".join(said))
        row.refresh_from_db()
    return row.contract(row.picked.count())


def ask_pickup(name: str, *, again: str = "", viewer: Viewer) -> Pickup:
    """Ask for a round now; `again` names a file that is to be fetched though it did not change.

    Without a server the round is done before this returns. Raise ForbiddenError, NotFoundError, ConflictError when off.
    """
    row = held(name, viewer)
    if not row.is_active:
        raise ConflictError("This pickup is off; switch it on first.")
    with _together():
        if again:
            PickedRow.objects.filter(pickup=row, name=again).delete()
        PickupRow.objects.filter(pk=row.pk).update(next_us=time.time_ns() // 1_000)
    access.audit(viewer=viewer, what="pickup.run", on=f"pickup:{row.pk}")
    if not jobs.is_bound():  # else the work process finds it in the table, within seconds
        jobs.defer(JOB)
    row.refresh_from_db()
    return row.contract(row.picked.count())


def delete_pickup(name: str, *, viewer: Viewer) -> None:
    """Delete a pickup with its secret; what it delivered stays. Raise ForbiddenError, NotFoundError."""
    row = held(name, viewer)
    number = row.pk
    with _together():
        row.delete()
    access.audit(viewer=viewer, what="pickup.delete", on=f"pickup:{number}")


def _check(terms: PickupTerms, secret: str | None) -> None:
    thought.check(terms)
    catalogue.source(terms.source)
    checked_mapping(terms.preset)
    if secret is not None and not 1 <= len(secret) <= SECRET_MAX:
        raise InvalidError("secret: the password, private key or secret key.")


def _columns(terms: PickupTerms) -> dict[str, Any]:
    return {**asdict(terms), "kind": PickupKind(terms.kind).value}


def _next(terms: PickupTerms, now_us: int) -> int:
    return int(thought.following(terms, after=instant(now_us)).timestamp() * 1_000_000)


def _sealed(secret: str) -> bytes:
    return sealing.sealer(settings.SOJOURN).seal(secret.encode(), use=SEALED_FOR)


def _together() -> transaction.Atomic:
    return transaction.atomic(using=router.db_for_write(PickupRow))
