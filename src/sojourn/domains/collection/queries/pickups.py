"""Ask pickups: which there are, and what lies at their places."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Count

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.collection import pickups as thought
from sojourn.domains.collection.contracts import FileSeen, Pickup, PickupKind
from sojourn.domains.collection.models import PickedRow, PickupRow
from sojourn.engine.stream import places
from sojourn.engine.stream.places.words import Address
from sojourn.kit import sealing
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import instant

SEALED_FOR = "pickup"
ALARMING = 3  # rounds in a row that failed


def pickups(*, viewer: Viewer) -> tuple[Pickup, ...]:
    """List the pickups by name; raise ForbiddenError."""
    viewer.require(Right.SOURCES_MANAGE, looking=True)
    rows = PickupRow.objects.annotate(files=Count("picked")).order_by("name")
    return tuple(row.contract(row.files) for row in rows)


def pickup(name: str, *, viewer: Viewer) -> Pickup:
    """Give one pickup; raise ForbiddenError, NotFoundError."""
    row = held(name, viewer, looking=True)
    return row.contract(row.picked.count())


def look(name: str, *, viewer: Viewer) -> tuple[FileSeen, ...]:
    """Look at a pickup's place, and say of each file what the next round does with it.

    Nothing is fetched. Raise ForbiddenError, NotFoundError, PlaceError.
    """
    row = held(name, viewer)
    with places.opened(place_of(row), secret_of(row)) as place:
        return tuple(thought.seen(row.terms(), place.files(), marks(row)))


def failing_pickups() -> tuple[tuple[str, str], ...]:
    """List the active pickups of which the last three rounds failed: name and why."""
    rows = PickupRow.objects.filter(is_active=True, failures__gte=ALARMING).order_by("name")
    return tuple((row.name, row.message) for row in rows)


def held(name: str, viewer: Viewer, *, looking: bool = False) -> PickupRow:
    """Give the row of a pickup that the viewer may manage, or look at; raise ForbiddenError, NotFoundError."""
    viewer.require(Right.SOURCES_MANAGE, looking=looking)
    row = PickupRow.objects.filter(name=name).first()
    if row is None:
        raise NotFoundError("There is no such pickup.")
    return row


def place_of(row: PickupRow, *, until_us: int | None = None) -> Address:
    """Give a pickup's address; a database is asked from the last round's end until this one's."""
    if row.kind != PickupKind.DATABASE:
        return thought.address(PickupKind(row.kind), row.where)
    since = None if row.since_us is None else instant(row.since_us)
    until = None if until_us is None else instant(until_us)
    return thought.address(PickupKind.DATABASE, row.where, since=since, until=until)


def secret_of(row: PickupRow) -> str:
    """Open a pickup's secret."""
    return sealing.sealer(settings.SOJOURN).open(bytes(row.secret), use=SEALED_FOR).decode()


def marks(row: PickupRow) -> dict[str, str]:
    """Give the marks of the files that were taken, by name."""
    return dict(PickedRow.objects.filter(pickup=row).values_list("name", "mark"))
