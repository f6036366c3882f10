"""Privacy > Consents and Purposes, and the consents of one customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Basis, ConsentDay, How, NoticeText, Proof, PurposeTerms
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.kit.ids import short
from sojourn.surfaces.web.consent_forms import ChoiceForm, NoticeForm, PurposeForm
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

BASES = {
    Basis.OPT_IN: gettext_lazy("consent"),
    Basis.OPT_OUT: gettext_lazy("legitimate interest"),
    Basis.CONTRACT: gettext_lazy("contract"),
    Basis.LEGAL_DUTY: gettext_lazy("legal duty"),
}
HOWS = {
    How.PREFERENCE_CENTRE: gettext_lazy("preference centre"),
    How.AGENT: gettext_lazy("told to us"),
    How.FORM: gettext_lazy("form"),
    How.API: gettext_lazy("API"),
    How.IMPORT: gettext_lazy("import"),
    How.BANNER: gettext_lazy("consent banner"),
    How.TCF: gettext_lazy("TCF string"),
    How.GPC: gettext_lazy("browser's signal"),
    How.SDK: gettext_lazy("sent with events"),
}
DAYS_SHOWN = 14


@page(Right.CONSENTS_READ)
def consents(request: PageRequest) -> HttpResponse:
    """Count how customers stand with each purpose, and their words of the last days."""
    counts = queries.consent_counts(viewer=request.viewer)
    titles = {each.purpose: each.title for each in counts}
    context = {
        "rows": [(each, BASES[each.basis]) for each in counts],
        "customers": max((each.customers for each in counts), default=0),
        "days": _days(queries.consent_days(viewer=request.viewer, days=DAYS_SHOWN), titles),
        "floor": settings.SOJOURN.k_floor,
    }
    return render(request, "web/consents.html", context)


@page(Right.CONSENTS_READ)
def of_customer(request: PageRequest, number: int) -> HttpResponse:
    """Show where a customer stands with each purpose, and every word with its proof."""
    return _of_customer(request, number)


@page(Right.CONSENTS_WRITE)
@require_POST
def customer_change(request: PageRequest, number: int) -> HttpResponse:
    """Note a choice that a customer made, or make a link to their preference centre."""
    if request.POST.get("what") == "link":
        made = actions.make_preference_link(customer=number, viewer=request.viewer)
        return _of_customer(request, number, link=request.build_absolute_uri(made.address))
    form = ChoiceForm(_asked(), request.POST)
    if form.is_valid():
        given = form.cleaned_data
        proof = Proof(how=How.AGENT, by=request.viewer.name)
        choices = {given["purpose"]: given["choice"] == "yes"}
        actions.note_choices(customer=number, choices=choices, proof=proof, viewer=request.viewer)
        messages.success(request, _("Noted. It counts from the next read on."))
    return redirect("customer-consents", number=number)


@page(Right.CONSENTS_READ)
def purposes(request: PageRequest) -> HttpResponse:
    """List the purposes with what they rest on."""
    rows = [(each, BASES[each.basis]) for each in queries.purposes(retired=True)]
    return render(request, "web/purposes.html", {"rows": rows})


@page(Right.PURPOSES_MANAGE)
def purpose_new(request: PageRequest) -> HttpResponse:
    """Make a purpose."""
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _done(form, lambda: _saved(request, form)):
        messages.success(request, _("The purpose is there. Publish a notice, so that customers see what it is."))
        return redirect("purpose", name=form.cleaned_data["name"])
    what = {"what": _("New purpose"), "back": "purposes", "area": _("Purposes"), "do": _("Make the purpose")}
    return render(request, "web/form.html", {"form": form, **what})


@page(Right.CONSENTS_READ)
def purpose(request: PageRequest, name: str) -> HttpResponse:
    """Show a purpose and all notices that were ever shown; change it, publish the next one."""
    terms = _purpose(name)
    form, notice = PurposeForm(initial=_as_given(terms)), NoticeForm()
    if request.method == "POST":
        request.viewer.require(Right.PURPOSES_MANAGE)
        if request.POST.get("what") == "notice":
            notice = NoticeForm(request.POST)
            if notice.is_valid() and _done(notice, lambda: _published(request, name, notice)):
                messages.success(request, _("The notice is published."))
                return redirect("purpose", name=name)
        else:
            form = PurposeForm({**request.POST.dict(), "name": name})
            if form.is_valid() and _done(form, lambda: _saved(request, form)):
                messages.success(request, _("Changed."))
                return redirect("purpose", name=name)
    form.fields.pop("name")
    context = {"terms": terms, "basis": BASES[terms.basis], "form": form, "notice_form": notice}
    return render(request, "web/purpose.html", {**context, "notices": queries.notices(purpose=name)})


def _done(form: PlainForm, do: Callable[[], object]) -> bool:
    return form.attempt(do) is not None


def _of_customer(request: PageRequest, number: int, link: str = "") -> HttpResponse:
    standings = queries.standings(customer=number, viewer=request.viewer)
    words = queries.words(customer=number, viewer=request.viewer)
    names = access.names({each.by for each in words if each.by})
    titles = {each.purpose: each.title for each in standings}
    context = {
        "number": number,
        "token": short(number),
        "standings": [(each, BASES[each.basis]) for each in standings],
        "words": [
            (each, titles.get(each.purpose, each.purpose), HOWS[each.how], names.get(each.by, "")) for each in words
        ],
        "form": ChoiceForm(_asked()),
        "link": link,
    }
    return render(request, "web/customer_consents.html", context)


def _asked() -> list[PurposeTerms]:
    return [each for each in queries.purposes() if each.can_refuse]


def _days(found: tuple[ConsentDay, ...], titles: dict[str, str]) -> list[tuple[ConsentDay, str]]:
    newest_first = sorted(found, key=lambda each: (each.day, each.purpose), reverse=True)
    return [(each, titles[each.purpose]) for each in newest_first if each.purpose in titles]


def _purpose(name: str) -> PurposeTerms:
    try:
        return queries.purpose(name)
    except InvalidError:
        raise NotFoundError("There is no such purpose.") from None


def _as_given(terms: PurposeTerms) -> dict[str, Any]:
    return {
        "title": terms.title,
        "basis": terms.basis.value,
        "expires_months": terms.expires_months,
        "categories": ", ".join(terms.categories),
        "tcf": ", ".join(map(str, terms.tcf)),
        "refused_by_signal": terms.refused_by_signal,
        "right": terms.right,
        "is_active": terms.is_active,
    }


def _saved(request: PageRequest, form: PurposeForm) -> PurposeTerms:
    given = form.cleaned_data
    return actions.save_purpose(
        name=given["name"],
        title=given["title"],
        basis=Basis(given["basis"]),
        expires_months=given["expires_months"],
        refused_by_signal=given["refused_by_signal"],
        categories=form.categories_given(),
        tcf=given["tcf"],
        right=given["right"],
        is_active=given["is_active"],
        viewer=request.viewer,
    )


def _published(request: PageRequest, name: str, form: NoticeForm) -> object:
    given = form.cleaned_data
    texts = {given["language"]: NoticeText(title=given["title"], text=given["text"])}
    return actions.publish_notice(
        purpose=name, texts=texts, opens_earlier=given["opens_earlier"], viewer=request.viewer
    )
