"""Who is whom: why a customer is one person, and the rules that say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Behind
from sojourn.domains.identity import actions as identity_actions
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import EdgeKind, GraphEdge, Refusal, Why
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError
from sojourn.kit.ids import short
from sojourn.surfaces.web import identity_picture, numbers
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.rule_words import rule_lines

KINDS = {
    "user": gettext_lazy("Customer number"),
    "anonymous": gettext_lazy("Device"),
    "stay": gettext_lazy("Time on a shared device"),
    "email": gettext_lazy("Mail address"),
    "phone": gettext_lazy("Phone number"),
}
EDGES = {
    EdgeKind.SIGN_IN: gettext_lazy("signed in on"),
    EdgeKind.ALIAS: gettext_lazy("was called the same as"),
    EdgeKind.HOLDS: gettext_lazy("gave"),
    EdgeKind.VERIFIED: gettext_lazy("proved"),
    EdgeKind.DECISION: gettext_lazy("was decided to be"),
    EdgeKind.KEPT: gettext_lazy("was joined by an older version with"),
}
REFUSALS = {
    Refusal.BLOCKED: gettext_lazy("no: the value means nothing"),
    Refusal.LIMIT: gettext_lazy("no: too many of the kind"),
    Refusal.TWO_NUMBERS: gettext_lazy("no: it would make two customer numbers one"),
    Refusal.SHARED: gettext_lazy("no: several customers share it"),
    Refusal.CROWDED: gettext_lazy("no: too many have it"),
    Refusal.KIND: gettext_lazy("no: identifiers of this kind join nobody"),
    Refusal.RETRACTED: gettext_lazy("no: somebody took it out"),
}
VERBS = {
    "merge": gettext_lazy("made one"),
    "separate": gettext_lazy("took edges out"),
    "undo": gettext_lazy("undid a decision"),
}


@page(Right.IDENTITY_REVIEW)
def customer_identity(request: PageRequest, number: int) -> HttpResponse:
    """Say why a customer is one person, edge by edge."""
    found = queries.why(customer=number, viewer=request.viewer)
    if found.customer != number:
        return redirect("customer-identity", number=found.customer)
    names = access.names({each.by for each in found.decisions})
    told = queries.behind(found, viewer=request.viewer)
    edges = [_edge(each, told) for each in found.edges]
    context = {
        "number": number,
        "persons": [(_kind(kind), _value(person, told), person == number) for person, kind in found.persons],
        "edges": edges,
        "pictures": _pictures(found, told),
        "decisions": [
            {"decision": each, "verb": VERBS.get(each.verb, each.verb), "by": names.get(each.by, each.by)}
            for each in found.decisions
        ],
        "is_cut": found.is_cut,
    }
    return render(request, "web/customer_identity.html", context)


@page(Right.IDENTITY_REVIEW)
@require_POST
def customer_take_out(request: PageRequest, number: int) -> HttpResponse:
    """Take an edge of a customer out of the graph."""
    edge = _number(request.POST.get("edge", ""))
    _attempt(
        request,
        lambda: actions.take_out(customer=number, edges=[edge], why=request.POST.get("why", ""), viewer=request.viewer),
        _("It is taken out. Undo it below."),
    )
    return redirect("customer-identity", number=number)


@page(Right.IDENTITY_REVIEW)
@require_POST
def customer_undo(request: PageRequest, number: int) -> HttpResponse:
    """Undo a decision about a customer."""
    decision = _number(request.POST.get("decision", ""))
    _attempt(
        request,
        lambda: actions.undo_decision(decision=decision, why=request.POST.get("why", ""), viewer=request.viewer),
        _("The decision is undone."),
    )
    return redirect("customer-identity", number=number)


@page(Right.IDENTITY_RULES)
def identity_rules(request: PageRequest) -> HttpResponse:
    """Show the rules of identity, try changed ones, and let them hold."""
    text, why = request.POST.get("text", identity.rules_text()), request.POST.get("why", "")
    context: dict[str, Any] = {"text": text, "why": why, "base": request.POST.get("base", "")}
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "undo":
                saved = identity_actions.undo_rules(viewer=request.viewer)
            elif request.POST.get("do") == "apply":
                base = _number(request.POST.get("base", ""))
                saved = identity_actions.save_rules(text=text, why=why, base=base, viewer=request.viewer)
            else:
                saved = None
                context["effect"] = identity_actions.try_rules(text=text, viewer=request.viewer)
                context["lines"] = rule_lines(identity.rules_of(text))
        except (InvalidError, ConflictError, NotFoundError) as refusal:
            context["refused"], status = refusal.message, 422
        else:
            if saved is not None:
                messages.success(
                    request,
                    _("Version %(version)s holds for new events; the stored data follow.") % {"version": saved.version},
                )
                return redirect("identity-rules")
    context.setdefault("lines", rule_lines(identity.rules_in_force()))
    versions = identity.rule_versions()
    names = access.names({each.saved_by for each in versions})
    context |= {
        "base": context["base"] or (versions[0].version if versions else 0),
        "versions": [
            {"version": each, "by": names.get(each.saved_by, each.saved_by), "percent": round(each.progress * 100)}
            for each in versions
        ],
    }
    return render(request, "web/identity_rules.html", context, status=status)


def _edge(edge: GraphEdge, told: Behind) -> dict[str, Any]:
    return {
        "edge": edge,
        "event": told.events.get(edge.event_id, ""),
        "from": _kind(edge.person_kind),
        "from_value": _value(edge.person, told),
        "verb": EDGES[edge.kind],
        "to": _kind(edge.other_kind),
        "to_value": _value(edge.other, told),
        "joins": _("yes") if edge.refusal is None else REFUSALS[edge.refusal],
        "can_go": edge.refusal is not Refusal.RETRACTED and not edge.decision,
        "is_dated": edge.at.year > 1970,
    }


def _pictures(found: Why, told: Behind) -> list[dict[str, Any]]:
    kinds = dict(found.persons) | {each.other: each.other_kind for each in found.edges}
    kinds |= {each.person: each.person_kind for each in found.edges}
    named = identity_picture.Named(
        token=lambda token: (str(_kind(kinds[token])), _value(token, told)),
        edge=lambda edge: told.events.get(edge.event_id) or str(EDGES[edge.kind]),
    )
    return identity_picture.drawn(found, named)


def _value(token: int, told: Behind) -> str:
    return told.values.get(token) or short(token)


def _kind(kind: str) -> Any:
    return KINDS.get(kind, kind or _("Person"))


def _number(text: str) -> int:
    return numbers.plain(text) or 0


def _attempt(request: PageRequest, do: Callable[[], object], done: str) -> None:
    try:
        do()
    except (InvalidError, ConflictError) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
