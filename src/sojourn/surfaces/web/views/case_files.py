"""Measures > Extracts > For a tool: tickets and orders in the columns of other tools."""

from __future__ import annotations

from django import forms
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import actions, queries
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

DAYS = (
    ("28", gettext_lazy("the last 28 days")),
    ("90", gettext_lazy("the last 90 days")),
    ("365", gettext_lazy("the last 365 days")),
    ("", gettext_lazy("all of time")),
)


class CasesForm(PlainForm):
    """Which tickets or orders leave."""

    shape = forms.ChoiceField(label=gettext_lazy("File"), choices=list(queries.CASE_SHAPES.items()))
    days = forms.ChoiceField(
        label=gettext_lazy("Something happened to them in"),
        choices=DAYS,
        required=False,
        initial="90",
        help_text=gettext_lazy("Each leaves whole, with what happened before."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=63,
        required=False,
        help_text=gettext_lazy("Its short name. Empty: tickets and orders of every source."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), help_text=gettext_lazy("Only customers whom its lawful basis covers are in it.")
    )

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        choices = [(each.name, each.title) for each in privacy.purposes() if each.is_active and each.can_refuse]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]
        self.fields["purpose"].initial = Purpose.ANALYTICS.value

    def file(self, viewer: Viewer) -> actions.CaseExport:
        """Ask for the file; raise InvalidError where there is nothing to put into it."""
        said = self.cleaned_data
        days, source = said["days"], said["source"].strip()
        made = actions.export_cases(
            shape=said["shape"],
            period=privacy.recent_period(days=int(days), viewer=viewer) if days else Period(),
            events=EventFilter(dimensions={"source": (source,)} if source else {}),
            purpose=Purpose(said["purpose"]),
            viewer=viewer,
        )
        if not made.cases:
            if days or source:
                raise InvalidError(_("There is no such ticket or order. Take a longer time or another source."))
            raise InvalidError(_("There is no such ticket or order of a customer whom the purpose covers."))
        return made


@page(Right.EVENTS_EXPORT)
def case_file(request: PageRequest) -> HttpResponseBase:
    """Ask which, and send the file."""
    form = CasesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.attempt(lambda: form.file(request.viewer))
        if made is not None:
            answer = StreamingHttpResponse(made.pieces, content_type=made.media_type)
            answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
            return answer
    intro = _("A CSV file in the tool's own columns, as the import reads them. It is noted in the audit log.")
    if request.viewer.can(Right.CUSTOMERS_READ):
        intro += " " + _("Names, contact data and texts are in it.")
    else:
        intro += " " + _("Names, contact data and texts are left out: your role does not read customers.")
    return render(
        request,
        "web/form.html",
        {
            "form": form,
            "intro": intro,
            "what": _("Tickets and orders for a tool"),
            "back": "extracts",
            "area": _("Extracts"),
            "do": _("Download"),
        },
    )
