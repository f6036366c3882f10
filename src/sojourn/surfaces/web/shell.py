"""What stands around every page: the left bar, the workspace, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.access.queries import has_mail
from sojourn.surfaces.web.doors import lacks_factor, viewer_of

Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the left bar; `name` is the address's name, `parts` stand below it while it is open."""

    label: Words
    name: str
    icon: str = ""
    right: Right = Right.FIGURES_READ
    whole: bool = False  # the right counts in the whole organisation only
    parts: tuple[Entry, ...] = ()
    holds: tuple[str, ...] = ()  # names of pages below it whose addresses do not lie below its own
    pages: tuple[str, ...] = ()  # names of pages that are its own though their addresses lie below another's

    @property
    def url(self) -> str:
        """Where the entry leads."""
        return reverse(self.name)

    def above(self, path: str) -> str:
        """Give the longest address of the entry's that a path lies below, "" when there is none."""
        urls = (reverse(name) for name in (self.name, *self.holds))
        return max((url for url in urls if (path == url if url == "/" else path.startswith(url))), key=len, default="")


# A customer's pages, for those who find customers; for others they lie below the list.
CUSTOMER = ("customer", "customer-identity", "customer-computed", "note-change")
BAR = (
    Entry(label=_("Home"), name="home", icon="home"),
    Entry(
        label=_("Journeys"),
        name="explorer",
        icon="route",
        parts=(
            Entry(label=_("Explorer"), name="explorer", holds=("customers",)),
            Entry(label=_("Paths"), name="paths"),
            Entry(label=_("Patterns"), name="patterns"),
            Entry(label=_("Retention"), name="retention"),
            Entry(label=_("Cases"), name="cases"),
            Entry(label=_("Process"), name="process"),
            Entry(label=_("Attribution"), name="attribution"),
            Entry(label=_("Compare"), name="compare"),
            Entry(label=_("Saved questions"), name="saved-questions"),
            Entry(label=_("Named journeys"), name="journeys"),
        ),
    ),
    Entry(
        label=_("Customers"),
        name="customer-search",
        icon="users",
        right=Right.CUSTOMERS_READ,
        parts=(
            Entry(label=_("Find"), name="customer-search", right=Right.CUSTOMERS_READ, pages=CUSTOMER),
            Entry(label=_("People"), name="people-list", right=Right.CUSTOMERS_LIST),
            Entry(label=_("Accounts"), name="accounts", right=Right.CUSTOMERS_READ),
            Entry(label=_("Computed traits"), name="computed-traits"),
            Entry(label=_("Identity review"), name="identity-review", right=Right.IDENTITY_REVIEW),
            Entry(label=_("Identity rules"), name="identity-rules", right=Right.IDENTITY_RULES),
        ),
    ),
    Entry(
        label=_("Voice"),
        name="surveys",
        icon="message",
        parts=(
            Entry(label=_("Surveys"), name="surveys", whole=True),
            Entry(label=_("Comments"), name="comments"),
            Entry(label=_("Drivers"), name="drivers"),
        ),
    ),
    Entry(
        label=_("Measures"),
        name="kpis",
        icon="ruler-measure",
        parts=(
            Entry(label=_("KPIs"), name="kpis"),
            Entry(label=_("League tables"), name="league"),
            Entry(label=_("Extracts"), name="extracts", right=Right.EVENTS_EXPORT),
        ),
    ),
    Entry(
        label=_("Privacy"),
        name="consents",
        icon="shield-exclamation",
        right=Right.CONSENTS_READ,
        parts=(
            Entry(label=_("Consents"), name="consents", right=Right.CONSENTS_READ),
            Entry(label=_("Purposes"), name="purposes", right=Right.CONSENTS_READ),
            Entry(label=_("Requests"), name="requests", right=Right.REQUESTS_HANDLE),
            Entry(label=_("Retention rules"), name="retention-rules", right=Right.RETENTION_READ),
            Entry(label=_("Duties"), name="duties", right=Right.RETENTION_READ),
            Entry(label=_("Holds"), name="holds", right=Right.RETENTION_READ),
            Entry(label=_("Audit"), name="audit", right=Right.AUDIT_READ),
        ),
    ),
    Entry(
        label=_("Settings"),
        name="sources",
        icon="settings",
        parts=(
            Entry(label=_("Sources"), name="sources", whole=True),
            Entry(label=_("Tracking plan"), name="plan", whole=True),
            Entry(label=_("Imports"), name="imports", right=Right.IMPORTS_RUN),
            Entry(label=_("Pickups"), name="pickups", right=Right.SOURCES_MANAGE),
            Entry(label=_("Quarantine"), name="quarantine", right=Right.IMPORTS_RUN),
            Entry(label=_("Flow of data"), name="flow", whole=True),
            Entry(label=_("People"), name="people", right=Right.PEOPLE_MANAGE),
            Entry(label=_("Units"), name="units", right=Right.UNITS_MANAGE),
            Entry(label=_("Roles"), name="roles", right=Right.PEOPLE_MANAGE),
            Entry(label=_("API keys"), name="keys", right=Right.PEOPLE_MANAGE),
            Entry(label=_("Webhooks"), name="webhooks", right=Right.WEBHOOKS_MANAGE),
            Entry(label=_("Backups"), name="backups", right=Right.BACKUPS_RUN),
            Entry(label=_("Health"), name="health", right=Right.BACKUPS_RUN),
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as one viewer sees it on one page."""

    entry: Entry
    is_here: bool
    parts: tuple[Line, ...] = ()

    @property
    def url(self) -> str:
        """Where the line leads: to the first page below it that its viewer may open, or its own."""
        return self.parts[0].entry.url if self.parts else self.entry.url


def bar(viewer: Viewer, path: str, page: str = "") -> tuple[Line, ...]:
    """Give the left bar's lines for a viewer on the page at `path`, of the name `page`."""
    return tuple(_line(entry, viewer, path, page) for entry in BAR if _may(viewer, entry))


def shell(request: HttpRequest) -> dict[str, object]:
    """Give every template the left bar, the workspace's name and the viewer."""
    viewer = viewer_of(request) if hasattr(request, "user") else None
    page = request.resolver_match.url_name or "" if request.resolver_match else ""
    lines = bar(viewer, request.path, page) if viewer else ()
    return {
        "workspace": settings.SOJOURN.workspace,
        "viewer": viewer,
        "has_mail": has_mail(),
        "floor": settings.SOJOURN.k_floor,
        "needs_factor": viewer is not None and lacks_factor(request),
        "bar": lines,
        "section": next((each for each in lines if each.is_here), None),
    }


def _may(viewer: Viewer, entry: Entry) -> bool:
    if entry.parts:
        return any(_may(viewer, part) for part in entry.parts)
    return viewer.can(entry.right) and not (entry.whole and viewer.units_for(entry.right) is not None)


def _line(entry: Entry, viewer: Viewer, path: str, page: str) -> Line:
    parts = tuple(part for part in entry.parts if _may(viewer, part))
    here = _nearest(parts or (entry,), path, page)
    return Line(
        entry=entry, is_here=here is not None, parts=tuple(Line(entry=part, is_here=part is here) for part in parts)
    )


def _nearest(entries: tuple[Entry, ...], path: str, page: str) -> Entry | None:
    """Give the entry that a page is of: it names the page, or its address is the longest that the path lies below."""
    own = next((each for each in entries if page in each.pages), None)
    return own or max(
        (each for each in entries if each.above(path)), key=lambda each: len(each.above(path)), default=None
    )
