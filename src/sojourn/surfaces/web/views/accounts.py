"""Customers > Accounts: products held, households and companies with their people, and who is a prospect."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Account, AccountKind, AccountsAsked, MemberRole, ProspectRule
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.web import numbers
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.told import linked

LIMIT = 50
KINDS = (
    (AccountKind.ACCOUNT, gettext_lazy("products held")),
    (AccountKind.HOUSEHOLD, gettext_lazy("households")),
    (AccountKind.COMPANY, gettext_lazy("companies")),
)
KIND = {
    AccountKind.ACCOUNT: gettext_lazy("product held"),
    AccountKind.HOUSEHOLD: gettext_lazy("household"),
    AccountKind.COMPANY: gettext_lazy("company"),
}
ROLES = {
    MemberRole.HOLDER: gettext_lazy("holder"),
    MemberRole.JOINT_HOLDER: gettext_lazy("joint holder"),
    MemberRole.AUTHORISED: gettext_lazy("authorised"),
    MemberRole.MEMBER: gettext_lazy("member"),
    MemberRole.CONTACT: gettext_lazy("contact"),
    MemberRole.OWNER: gettext_lazy("owner"),
}
ASKED = ("kind", "product", "unit", "open", "joint")
CHOICE = {"yes": True, "no": False}


@page(Right.CUSTOMERS_READ)
def accounts(request: PageRequest) -> HttpResponse:
    """List accounts by filters, or find one by its number, which comes in the body and never in an address."""
    said = {name: request.GET.get(name, "").strip()[:63] for name in ASKED}
    context: dict[str, Any] = {"said": said, "kinds": KINDS, "rule": queries.prospect_rule()}
    if request.method == "POST":
        try:
            found = actions.find_accounts(key=request.POST.get("number", "")[:200], viewer=request.viewer)
        except InvalidError as refusal:
            return render(request, "web/accounts.html", {**context, "refused": refusal.message}, status=422)
        if len(found) == 1:
            return redirect("account", number=found[0].id)
        return render(request, "web/accounts.html", {**context, "lines": _lines(found), "is_search": True})
    after = numbers.plain(request.GET.get("from", "")) or 0
    asked = AccountsAsked(
        kind=AccountKind(said["kind"]) if said["kind"] in set(AccountKind) else None,
        product=said["product"],
        unit=said["unit"],
        is_open=CHOICE.get(said["open"]),
        is_joint=CHOICE.get(said["joint"]),
    )
    listed = actions.list_accounts(asked=asked, viewer=request.viewer, after=after, limit=LIMIT)
    kept = [(name, value) for name, value in said.items() if value]
    following = linked([*kept, ("from", str(listed.after))]) if listed.after is not None else ""
    first = linked(kept) or request.path if after else ""
    context |= {"lines": _lines(listed.rows), "following": following, "first": first, "is_filtered": bool(kept)}
    return render(request, "web/accounts.html", context)


@page(Right.CUSTOMERS_READ)
def account(request: PageRequest, number: int) -> HttpResponse:
    """Show an account with its people; the look is audited."""
    found = actions.view_account(number=number, viewer=request.viewer)
    context = {
        "account": found,
        "kind": KIND[found.kind],
        "title": found.name or found.product or found.key,
        "members": [(each, ROLES[each.role]) for each in found.members],
        "more": found.people - found.hidden - sum(each.until is None for each in found.members),
    }
    return render(request, "web/account.html", context)


@page(Right.PLAN_WRITE)
@require_POST
def prospects(request: PageRequest) -> HttpResponse:
    """Set what makes a customer of a prospect."""
    rule = ProspectRule(
        by_number="by_number" in request.POST,
        by_account="by_account" in request.POST,
        products=tuple(filter(None, (each.strip() for each in request.POST.get("products", "").splitlines()))),
    )
    try:
        actions.save_prospect_rule(rule=rule, viewer=request.viewer)
    except InvalidError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Saved. It counts from now on, in lists and figures."))
    return redirect("accounts" if request.viewer.can(Right.CUSTOMERS_READ) else "people-list")


def _lines(found: tuple[Account, ...]) -> list[tuple[Account, Any]]:
    return [(each, KIND[each.kind]) for each in found]
