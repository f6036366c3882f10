"""Measures > Extracts: files for BI tools, and SQL over one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import ExtractTerms, SqlAnswer
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

SHOWN_ROWS = 200
FIRST = """SELECT event, count(*) AS events, count(DISTINCT user_id) AS customers
FROM events
GROUP BY event
ORDER BY events DESC"""


class ExtractForm(PlainForm):
    """A new extract."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=63,
        help_text=gettext_lazy("A small letter, then small letters, digits, - and _."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        help_text=gettext_lazy("Only customers whom its lawful basis covers are in the extract."),
    )
    last_days = forms.IntegerField(
        label=gettext_lazy("Events of the last days"),
        min_value=1,
        max_value=36_500,
        required=False,
        help_text=gettext_lazy("Left empty: all events."),
    )
    every_hours = forms.IntegerField(
        label=gettext_lazy("Made anew every so many hours"), min_value=1, max_value=744, initial=24
    )
    lease_days = forms.IntegerField(
        label=gettext_lazy("Kept for days"),
        min_value=1,
        max_value=365,
        initial=90,
        help_text=gettext_lazy("Then its file goes, unless somebody renews it."),
    )

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        choices = [(each.name, each.title) for each in queries.purposes() if each.is_active and each.can_refuse]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]


class SqlForm(PlainForm):
    """A statement."""

    statement = forms.CharField(
        label=gettext_lazy("Statement"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control code", "spellcheck": "false"}),
        help_text=gettext_lazy("One SELECT over the table events. It sees this extract and nothing else."),
    )


@page(Right.EVENTS_EXPORT)
def extracts(request: PageRequest) -> HttpResponse:
    """List the extracts."""
    return render(request, "web/extracts.html", {"rows": queries.extracts(viewer=request.viewer)})


@page(Right.EVENTS_EXPORT)
def extract_new(request: PageRequest) -> HttpResponse:
    """Ask for an extract."""
    form = ExtractForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        terms = ExtractTerms(**form.cleaned_data)
        if form.attempt(lambda: actions.ask_for_extract(terms, viewer=request.viewer)):
            messages.success(request, _("The extract is being made."))
            return redirect("extract", name=terms.name)
    return render(
        request,
        "web/form.html",
        {
            "form": form,
            "what": _("New extract"),
            "back": "extracts",
            "area": _("Extracts"),
            "do": _("Make the extract"),
        },
    )


@page(Right.EVENTS_EXPORT)
def extract(request: PageRequest, name: str) -> HttpResponse:
    """Show an extract, and answer a statement over it; what is typed stands in no address."""
    found = queries.extract(name, viewer=request.viewer)
    asked = request.POST if request.method == "POST" else None
    form = SqlForm(asked, initial={"statement": FIRST})
    answer: SqlAnswer | None = None
    if request.method == "POST" and form.is_valid():
        statement = form.cleaned_data["statement"]
        answer = form.attempt(lambda: queries.sql(statement, name=name, viewer=request.viewer, rows=SHOWN_ROWS))
    rows = list(zip(*(each.to_pylist() for each in answer.table.columns), strict=True)) if answer else []
    context = {"extract": found, "form": form, "answer": answer, "rows": rows, "most": SHOWN_ROWS}
    return render(request, "web/extract.html", context)


@page(Right.EVENTS_EXPORT)
@require_POST
def extract_change(request: PageRequest, name: str) -> HttpResponseBase:
    """Renew or delete an extract."""
    if request.POST.get("what") == "delete":
        actions.delete_extract(name, viewer=request.viewer)
        messages.success(request, _("The extract and its file are gone."))
        return redirect("extracts")
    actions.renew_extract(name, viewer=request.viewer)
    messages.success(request, _("The extract is being made anew; its lease begins again."))
    return redirect("extract", name=name)


@page(Right.EVENTS_EXPORT)
def extract_file(request: PageRequest, name: str) -> HttpResponseBase:
    """Send an extract's file."""
    file = actions.take_extract(name, viewer=request.viewer)
    media = "application/vnd.apache.parquet"
    return FileResponse(file, content_type=media, as_attachment=True, filename=f"{name}.parquet")
