"""Customers > People and Computed traits: lists by what customers did and what is computed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import (
    AccountKind,
    ComputedValue,
    CustomerState,
    How,
    PeopleAsked,
    PersonLine,
    SavedList,
    TraitRule,
)
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import InvalidError, SojournError
from sojourn.surfaces.web import numbers
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.saved_lists import DELETED, is_said, opened, parameters, said_by
from sojourn.surfaces.web.told import computed_text, linked

LIMIT = 50
OFFSET_MOST = 99_999_999
DAYS = (7, 28, 90, 365)
PURPOSES = ((Purpose.ANALYTICS, gettext_lazy("analytics")), (Purpose.MARKETING, gettext_lazy("marketing")))
STATES = (
    (CustomerState.CUSTOMER, gettext_lazy("customers")),
    (CustomerState.PROSPECT, gettext_lazy("prospects")),
    (CustomerState.ANONYMOUS, gettext_lazy("anonymous visitors")),
)
BELONGINGS = (
    (AccountKind.ACCOUNT, gettext_lazy("an account")),
    (AccountKind.HOUSEHOLD, gettext_lazy("a household")),
    (AccountKind.COMPANY, gettext_lazy("a company")),
)
SORTS = (
    ("last_at", gettext_lazy("Last seen")),
    ("first_at", gettext_lazy("First seen")),
    ("events", gettext_lazy("Events")),
)
HOWS = (
    (How.COUNT, gettext_lazy("Number of events")),
    (How.SUM, gettext_lazy("Sum of money")),
    (How.FIRST, gettext_lazy("First")),
    (How.LAST, gettext_lazy("Last")),
    (How.MOST_FREQUENT, gettext_lazy("Most frequent")),
    (How.UNIQUE_COUNT, gettext_lazy("Number of different ones")),
    (How.UNIQUE, gettext_lazy("Different ones")),
)
COLUMNS = 10
SHAPES = (
    ("hubspot", "HubSpot"), ("salesforce", "Salesforce"), ("dynamics", "Dynamics 365"), ("zendesk", "Zendesk"),
    ("freshdesk", "Freshdesk"), ("zammad", "Zammad"), ("intercom", "Intercom"), ("shopify", "Shopify"),
)  # fmt: skip


@page(Right.CUSTOMERS_LIST)
def people(request: PageRequest) -> HttpResponse:
    """List customers by filters, pseudonymous; the look is audited."""
    saved = opened(request)
    as_saved = saved is not None and not is_said(request)
    said = said_by(request, saved)
    rules = queries.traits(viewer=request.viewer)
    context: dict[str, Any] = {
        "said": said,
        "columns": said["col"].split(" ") if said["col"] else [each.slug for each in rules[:COLUMNS]],
        "rules": rules,
        "days": DAYS,
        "states": STATES,
        "belongings": BELONGINGS,
        "sorts": [*SORTS, *((each.slug, each.name) for each in rules if each.how is not How.UNIQUE)],
        "purposes": PURPOSES,
        "shapes": SHAPES,
        "saved": saved,
        "saved_lists": queries.saved_lists(viewer=request.viewer),
        "as_saved": as_saved,
        "may_change": saved is not None and queries.may_change_list(saved, viewer=request.viewer),
        "deleted": request.session.pop(DELETED, None),
    }
    begin = numbers.plain(request.GET.get("from", "0"), most=OFFSET_MOST) or 0
    try:
        found = actions.people(asked=_asked(request, saved), viewer=request.viewer, limit=LIMIT, offset=begin)
    except SojournError as refusal:
        return render(request, "web/people_list.html", {**context, "refused": refusal.message}, status=refusal.status)
    kept = [] if as_saved else [(name, value) for name, value in said.items() if value]
    kept += [("saved", saved.id)] if saved else []
    shown = [each for each in rules if each.slug in context["columns"]]
    context |= {
        "found": found,
        "shown": shown,
        "lines": [_line(row, shown) for row in found.rows],
        "following": linked([*kept, ("from", str(found.next_offset))]) if found.next_offset else "",
        "first": linked(kept) if begin else "",
        "as_file": linked(kept),
        "last_shown": begin + len(found.rows),
        "is_filtered": bool(kept),
        "kept": [("of" if name == "saved" else name, value) for name, value in kept],
    }
    return render(request, "web/people_list.html", context)


@page(Right.CUSTOMERS_EXPORT)
def people_export(request: PageRequest, file_format: str) -> HttpResponseBase:
    """Give the list as a file."""
    made = actions.export_people(
        asked=_asked(request, opened(request)),
        viewer=request.viewer,
        file_format=actions.ListFormat.PARQUET if file_format == "parquet" else actions.ListFormat.CSV,
        shape=file_format if file_format in queries.SHAPES else "",
    )
    answer = StreamingHttpResponse(made.pieces, content_type=made.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


@page()
def traits(request: PageRequest) -> HttpResponse:
    """List the computed traits; who may write the plan makes and deletes them."""
    context: dict[str, Any] = {"rules": queries.traits(viewer=request.viewer), "hows": HOWS, "said": {}}
    if request.method == "POST":
        said = {name: request.POST.get(name, "").strip() for name in _TRAIT_FIELDS}
        try:
            rule = actions.save_trait(rule=_rule(said), viewer=request.viewer)
        except InvalidError as refusal:
            context |= {"refused": refusal.message, "said": said}
            return render(request, "web/computed_traits.html", context, status=422)
        messages.success(request, _("%(name)s is saved.") % {"name": rule.name})
        return redirect("computed-traits")
    return render(request, "web/computed_traits.html", context)


@page(Right.PLAN_WRITE)
@require_POST
def trait_delete(request: PageRequest, slug: str) -> HttpResponse:
    """Delete a computed trait."""
    actions.delete_trait(slug=slug, viewer=request.viewer)
    messages.success(request, _("Deleted."))
    return redirect("computed-traits")


@page(Right.CUSTOMERS_READ)
def computed(request: PageRequest, number: int) -> HttpResponse:
    """Show one customer's computed traits; the customer's page asks for them when it is there."""
    lines = [(rule, computed_text(value)) for rule, value in queries.computed(customer=number, viewer=request.viewer)]
    template = "web/customer_computed.html" if request.htmx else "web/customer_computed_page.html"
    return render(request, template, {"number": number, "computed": lines})


_TRAIT_FIELDS = ("slug", "name", "how", "of", "currency", "events", "days")


def _rule(said: dict[str, str]) -> TraitRule:
    days = said["days"]
    if days and not (days.isascii() and days.isdigit() and len(days) < 6):
        raise InvalidError(_("window_days: write a number of days, or nothing for all of time."))
    if said["how"] not in set(How):
        raise InvalidError(_("how: choose what is computed."))
    return TraitRule(
        slug=said["slug"],
        name=said["name"],
        how=How(said["how"]),
        of=said["of"],
        currency=said["currency"].upper(),
        events=tuple(filter(None, (each.strip() for each in said["events"].splitlines()))),
        window_days=int(days) if days else None,
    )


def _asked(request: PageRequest, saved: SavedList | None) -> PeopleAsked:
    """Say which customers the page lists; without a choice of columns, the first computed traits."""
    as_saved = saved is not None and not is_said(request)
    wanted = saved.parameters if saved and as_saved else parameters(said_by(request, saved))
    asked = queries.asked_for(wanted, viewer=request.viewer)
    if asked.traits:
        return asked
    return replace(asked, traits=tuple(each.slug for each in queries.traits(viewer=request.viewer)[:COLUMNS]))


def _line(row: PersonLine, rules: Sequence[TraitRule]) -> dict[str, Any]:
    values: list[ComputedValue | None] = [row.traits.get(each.slug) for each in rules]
    return {"row": row, "values": [computed_text(value) for value in values]}
