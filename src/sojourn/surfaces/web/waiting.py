"""What waits for somebody: refused items, silent sources, broken plans, failed imports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.catalogue.contracts import FreshnessState
from sojourn.domains.collection import queries as collection
from sojourn.domains.collection.contracts import DeliveryStatus, Pressure
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.surfaces.web import figures

RECENT = timedelta(days=7)
PAIRS_MOST = 1_000  # counted on Home


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One thing that waits, in words, and where to see to it."""

    says: str
    url: str
    icon: str = "alert-triangle"
    is_urgent: bool = False


def matters(viewer: Viewer, now: datetime) -> list[Matter]:
    """List what waits for this viewer, urgent things first."""
    found = [*_pressure(), *_sources()]
    if viewer.can(Right.IMPORTS_RUN):
        found += [*_imports(now), *_quarantine(now)]
    if viewer.can(Right.PLAN_WRITE):
        found += _plan()
    found += _requests(viewer)
    if viewer.can(Right.IDENTITY_REVIEW):
        found += _pairs(viewer)
    return sorted(found, key=lambda each: not each.is_urgent)


def _requests(viewer: Viewer) -> Iterator[Matter]:
    late = privacy.overdue(viewer=viewer)
    if late:
        says = ngettext("%(n)s request of a customer is late.", "%(n)s requests of customers are late.", late)
        yield Matter(says=says % {"n": late}, url=reverse("requests"), icon="clock", is_urgent=True)


def _pairs(viewer: Viewer) -> Iterator[Matter]:
    n = identity.waiting(viewer=viewer, most=PAIRS_MOST)
    if n:
        says = ngettext("%(n)s pair of customers may be one person.", "%(n)s pairs of customers may be one person.", n)
        if n == PAIRS_MOST:
            says = _("%(n)s pairs of customers or more may be one person.")
        yield Matter(says=says % {"n": figures.whole(n)}, url=reverse("identity-review"), icon="users")


def _pressure() -> Iterator[Matter]:
    if collection.back_pressure().state is not Pressure.OPEN:
        yield Matter(says=_("Intake takes no events: there is no room."), url=reverse("flow"), is_urgent=True)


def _sources() -> Iterator[Matter]:
    for each in catalogue.freshness():
        promised = each.expected_every_minutes
        if promised and each.state in (FreshnessState.LATE, FreshnessState.SILENT):
            says = _("%(source)s is %(state)s: it should send every %(minutes)s minutes.") % {
                "source": each.source,
                "state": _("late") if each.state is FreshnessState.LATE else _("silent"),
                "minutes": promised,
            }
            yield Matter(says=says, url=reverse("source", args=[each.source]), icon="clock", is_urgent=True)


def _imports(now: datetime) -> Iterator[Matter]:
    for each in collection.deliveries(limit=20):
        url = reverse("import", args=[each.id])
        if each.status is DeliveryStatus.FAILED and each.created_at > now - RECENT:
            yield Matter(says=_("The import of %(file)s failed.") % {"file": each.name}, url=url, is_urgent=True)
        elif each.status is DeliveryStatus.WAITING and not each.is_queued:
            says = _("%(file)s waits for you to look at it.") % {"file": each.name}
            yield Matter(says=says, url=url, icon="file-import")


def _quarantine(now: datetime) -> Iterator[Matter]:
    refused = sum(each.refused for each in collection.flow(since=now - RECENT, until=now))
    if refused:
        says = ngettext(
            "%(n)s item was refused in the last 7 days.", "%(n)s items were refused in the last 7 days.", refused
        ) % {"n": figures.whole(refused)}
        yield Matter(says=says, url=reverse("quarantine"), icon="shield-exclamation")


def _plan() -> Iterator[Matter]:
    broken = catalogue.violations()
    if broken:
        worst = broken[0]
        says = ngettext(
            "Events break the tracking plan in %(n)s way, most often %(event)s.",
            "Events break the tracking plan in %(n)s ways, most often %(event)s.",
            len(broken),
        ) % {"n": len(broken), "event": worst.event}
        yield Matter(says=says, url=reverse("plan"), icon="list-check")
