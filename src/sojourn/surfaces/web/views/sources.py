"""Settings > Sources: write keys, and snippets that already point here."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import actions, queries
from sojourn.domains.catalogue.contracts import SourceKind
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import SourceForm
from sojourn.surfaces.web.snippets import snippets


@page(Right.FIGURES_READ, whole=True)
def sources(request: PageRequest) -> HttpResponse:
    """List the sources with how fresh they are."""
    fresh = {each.source: each for each in queries.freshness()}
    rows = [{"source": each, "fresh": fresh.get(each.slug)} for each in queries.sources()]
    return render(request, "web/sources.html", {"rows": rows})


@page(Right.SOURCES_MANAGE)
def source_new(request: PageRequest) -> HttpResponse:
    """Make a source."""
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = form.attempt(
            lambda: actions.create_source(
                slug=given["slug"],
                name=given["name"],
                kind=SourceKind(given["kind"]),
                channel=given["channel"],
                is_strict=given["is_strict"],
                expected_every_minutes=given["expected_every_minutes"],
                viewer=request.viewer,
            )
        )
        if made:
            messages.success(request, _("The source is ready. Send it its first event with one of these."))
            return redirect("source", slug=made.slug)
    return render(
        request,
        "web/form.html",
        {"form": form, "what": _("New source"), "back": "sources", "area": _("Sources"), "do": _("Make the source")},
    )


@page(Right.FIGURES_READ, whole=True)
def source(request: PageRequest, slug: str) -> HttpResponse:
    """Show one source; its write key and snippets to those who may change things."""
    found = queries.source(slug)
    fresh = next((each for each in queries.freshness() if each.source == slug), None)
    context = {"source": found, "fresh": fresh, "snippets": snippets(found.write_key, _intake(request))}
    return render(request, "web/source.html", context)


@page(Right.SOURCES_MANAGE)
@require_POST
def source_change(request: PageRequest, slug: str) -> HttpResponse:
    """Rotate a write key, close or open a source."""
    what = request.POST.get("what")
    if what == "rotate":
        actions.rotate_write_key(slug=slug, viewer=request.viewer)
        messages.success(request, _("There is a new write key. The old one opens nothing any more."))
    elif what in ("close", "open"):
        actions.change_source(slug=slug, is_active=what == "open", viewer=request.viewer)
        messages.success(request, _("The source is closed.") if what == "close" else _("The source is open."))
    return redirect("source", slug=slug)


def _intake(request: PageRequest) -> str:
    known: str = settings.SOJOURN.public_intake_url
    if known:
        return known.rstrip("/")
    host = request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    return f"{request.scheme}://{host}:{settings.SOJOURN.intake_port}"
