"""Settings > Imports: hand a file in, look at what it would become, load it, see what was refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import Delivery, DeliveryStatus
from sojourn.kit.errors import InvalidError, SojournError
from sojourn.surfaces.web import mapping as mappings
from sojourn.surfaces.web import numbers
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

OPEN = (DeliveryStatus.WAITING, DeliveryStatus.RUNNING)


class UploadForm(PlainForm):
    """A file and where it comes from."""

    source = forms.ChoiceField()
    file = forms.FileField()
    rows = forms.CharField(required=False, max_length=19)
    total = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].label = _("Source")
        self.fields["file"].label = _("File")
        self.fields["file"].help_text = _("CSV, Parquet, JSON lines or XES, also packed with gzip.")
        self.fields["rows"].label = _("Rows announced")
        self.fields["rows"].help_text = _("If the sender says how many there are: a file with others does not enter.")
        self.fields["total"].label = _("Total announced")
        self.fields["total"].help_text = _("If the sender says what the values come to.")
        sources = [(each.slug, each.name) for each in catalogue.sources() if each.is_active]
        self.fields["source"].choices = sources  # type: ignore[attr-defined]


@page(Right.IMPORTS_RUN)
def imports(request: PageRequest) -> HttpResponse:
    """List what was delivered, and take a file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        taken = form.attempt(lambda: _begun(request, form.cleaned_data))
        if taken:
            return redirect("import", number=taken.id)
    listed = queries.deliveries(before=numbers.plain(request.GET.get("before", "")), limit=50)
    context = {"form": form, "deliveries": listed, "has_sources": bool(form.fields["source"].choices)}  # type: ignore[attr-defined]
    return render(request, "web/imports.html", context)


@page(Right.IMPORTS_RUN)
def delivery(request: PageRequest, number: int) -> HttpResponse:
    """Show one delivery: its preview before it is loaded, its progress, its result."""
    found = queries.delivery(number)
    if request.method == "POST":
        return _changed(request, found)
    if found.status == DeliveryStatus.WAITING and not found.is_queued:
        preset = request.GET.get("preset", "")
        return _previewed(request, found, {"name": preset} if preset else None)
    context = {
        "delivery": found,
        "is_open": found.status in OPEN,
        "share": 100 * found.bytes_done / found.bytes_total if found.bytes_total else 0,
        "refused": queries.refused_rows(number, limit=200),
    }
    return render(request, "web/import.html", context)


def _begun(request: PageRequest, said: dict[str, Any]) -> Delivery:
    file, control = said["file"], actions.stated(rows=said["rows"], total=said["total"])
    return actions.begin(
        source=said["source"], name=file.name or "file", file=file, control=control, viewer=request.viewer
    )


def _changed(request: PageRequest, found: Delivery) -> HttpResponse:
    what = request.POST.get("what", "")
    if what == "cancel":
        actions.cancel(delivery=found.id, viewer=request.viewer)
        return redirect("import", number=found.id)
    mapping = mappings.chosen(request.POST, _base(found, request.POST.get("preset", "")))
    if what == "start":
        try:
            actions.start(delivery=found.id, mapping=mapping, viewer=request.viewer)
            return redirect("import", number=found.id)
        except SojournError as refusal:
            return _previewed(request, found, mapping, refusal.message)
    return _previewed(request, found, mapping)


def _base(found: Delivery, preset: str) -> dict[str, Any]:
    """Give the mapping that the choices on the page change: the preset's, or what was found, or nothing."""
    try:
        return queries.preview(found.id, mapping={"name": preset} if preset else None).mapping
    except InvalidError:
        return {}


def _previewed(
    request: PageRequest, found: Delivery, mapping: dict[str, Any] | None, refusal: str = ""
) -> HttpResponse:
    said = mapping or {}
    context: dict[str, Any] = {
        "delivery": found,
        "refusal": refusal,
        "presets": queries.import_presets(),
        "time_zone": said.get("time_zone") or "UTC",
        "clears": said.get("blank") == "clears",
    }
    try:
        preview = queries.preview(found.id, mapping=mapping)
        shown = [name for name in _columns(preview.events) if any(event.get(name) for event in preview.events)]
        rows = [[event.get(name) or "" for name in shown] for event in preview.events]
        context |= {"preview": preview, "fields": mappings.choices(preview.mapping), "shown": shown, "rows": rows}
        context["header"] = preview.header
    except InvalidError as error:  # no preset fits, or the choice makes no sense: the columns can still be chosen
        context["refusal"] = refusal or error.message
        context |= {"fields": mappings.choices(mapping or {}), "header": _header(found)}
    except SojournError as error:
        context["refusal"] = refusal or error.message
    return render(request, "web/import_preview.html", context | {"as_found": mappings.AS_FOUND})


def _header(found: Delivery) -> tuple[str, ...]:
    """Read the file's columns by a mapping that fits every file."""
    try:
        return queries.preview(found.id, mapping=mappings.ANY_FILE).header
    except SojournError:
        return ()


def _columns(events: tuple[dict[str, str | None], ...]) -> list[str]:
    return list(dict.fromkeys(name for event in events for name in event))
