"""Privacy > Retention and Duties: what goes by itself, and what the law has us keep."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Duty, RetentionRule
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.keeping_forms import DutyForm, RetentionForm, written

DELETED = "kept-deleted"
UNDO_S = 3_600
RULE, DUTY = "rule", "duty"


@page(Right.RETENTION_READ)
def rules(request: PageRequest) -> HttpResponse:
    """List the retention rules with what they last took."""
    context = {"rows": queries.retention_rules(viewer=request.viewer), "deleted": _deleted(request, RULE)}
    return render(request, "web/retention_rules.html", context)


@page(Right.RETENTION_MANAGE)
def rule(request: PageRequest, name: str = "") -> HttpResponse:
    """Make or change a retention rule: first what it would take today, then the rule."""
    held = _rule(request, name) if name else None
    form = RetentionForm(request.POST or None, initial=written(held) if held else {})
    preview = None
    if request.method == "POST" and form.is_valid():
        asked = form.rule()
        if request.POST.get("what") == "save":
            saved = form.attempt(lambda: actions.save_retention(rule=asked, viewer=request.viewer))
            if saved:
                said = {"title": saved.title, "day": saved.starts_on}
                messages.success(request, _("%(title)s works from %(day)s on; until then it can be undone.") % said)
                return redirect("retention-rules")
        else:
            preview = form.attempt(lambda: queries.retention_preview(rule=asked, viewer=request.viewer))
    return render(request, "web/retention_rule.html", {"form": form, "preview": preview, "held": held})


@page(Right.RETENTION_MANAGE)
@require_POST
def rule_delete(request: PageRequest, name: str) -> HttpResponse:
    """Delete a retention rule; the next page offers to bring it back."""
    gone = _rule(request, name)
    actions.delete_retention(name=name, viewer=request.viewer)
    _offer(request, RULE, gone)
    return redirect("retention-rules")


@page(Right.RETENTION_READ)
def duties(request: PageRequest) -> HttpResponse:
    """List the statutory duties."""
    context = {"rows": queries.duties(viewer=request.viewer), "deleted": _deleted(request, DUTY)}
    return render(request, "web/duties.html", context)


@page(Right.RETENTION_MANAGE)
def duty(request: PageRequest, name: str = "") -> HttpResponse:
    """Make or change a statutory duty."""
    held = _duty(request, name) if name else None
    form = DutyForm(request.POST or None, initial=written(held) if held else {})
    if request.method == "POST" and form.is_valid():
        saved = form.attempt(lambda: actions.save_duty(duty=form.duty(), viewer=request.viewer))
        if saved:
            messages.success(request, _("%(title)s counts for erasures from now on.") % {"title": saved.title})
            return redirect("duties")
    context = {
        "form": form,
        "what": held.title if held else _("New duty"),
        "back": "duties",
        "area": _("Duties"),
        "do": _("Save the duty"),
        "intro": _("An erasure leaves what a duty keeps, locked to that duty, and takes it on the day it runs out."),
    }
    return render(request, "web/form.html", context)


@page(Right.RETENTION_MANAGE)
@require_POST
def duty_delete(request: PageRequest, name: str) -> HttpResponse:
    """Delete a statutory duty; the next page offers to bring it back."""
    gone = _duty(request, name)
    actions.delete_duty(name=name, viewer=request.viewer)
    _offer(request, DUTY, gone)
    return redirect("duties")


@page(Right.RETENTION_MANAGE)
@require_POST
def kept_restore(request: PageRequest) -> HttpResponse:
    """Bring a rule or duty back that was just deleted."""
    try:
        kind, given = signing.loads(request.POST.get("signed", ""), salt=DELETED, max_age=UNDO_S)
    except signing.BadSignature:
        raise InvalidError(_("This cannot be brought back any more. Write it down anew.")) from None
    form = RetentionForm(given) if kind == RULE else DutyForm(given)
    if not form.is_valid():
        raise InvalidError(_("This cannot be brought back any more. Write it down anew."))
    if isinstance(form, RetentionForm):
        actions.save_retention(rule=form.rule(), viewer=request.viewer)
    else:
        actions.save_duty(duty=form.duty(), viewer=request.viewer)
    messages.success(request, _("%(title)s is back.") % {"title": given["title"]})
    return redirect("retention-rules" if kind == RULE else "duties")


def _rule(request: PageRequest, name: str) -> RetentionRule:
    found = next((each for each in queries.retention_rules(viewer=request.viewer) if each.name == name), None)
    if found is None:
        raise NotFoundError("There is no retention rule of this name.")
    return found


def _duty(request: PageRequest, name: str) -> Duty:
    found = next((each for each in queries.duties(viewer=request.viewer) if each.name == name), None)
    if found is None:
        raise NotFoundError("There is no duty of this name.")
    return found


def _offer(request: PageRequest, kind: str, gone: RetentionRule | Duty) -> None:
    signed = signing.dumps([kind, written(gone)], salt=DELETED)
    request.session[DELETED] = {"kind": kind, "title": gone.title, "signed": signed}


def _deleted(request: PageRequest, kind: str) -> dict[str, str] | None:
    offered: dict[str, str] | None = request.session.get(DELETED)
    if offered is None or offered["kind"] != kind:
        return None
    del request.session[DELETED]
    return offered
