"""Settings > Webhooks: where new events are sent on to, and what became of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import MessageState, NewSecret, Purpose, Replay, WebhookTerms
from sojourn.surfaces.web import numbers
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

SHOWN = 50


class WebhookForm(PlainForm):
    """Where a webhook leads and what it is told of."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("Such as https://example.com/hooks; no address inside a private network."),
    )
    events = forms.CharField(
        label=gettext_lazy("Events"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control code", "spellcheck": "false"}),
        help_text=gettext_lazy("One a line; * alone stands for all."),
    )

    def names(self) -> tuple[str, ...]:
        """Give the names of events asked for."""
        return tuple(line.strip() for line in self.cleaned_data["events"].splitlines() if line.strip())


class NewWebhookForm(WebhookForm):
    """A new webhook."""

    field_order = ("name", "url", "events", "purpose")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=63,
        help_text=gettext_lazy("A small letter, then small letters, digits, - and _."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        help_text=gettext_lazy("Only events of customers whom its lawful basis covers when they are sent."),
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            (each.name, each.title)
            for each in queries.purposes()
            if each.is_active and (each.can_refuse or each.name == Purpose.SERVICE)
        ]


@page(Right.WEBHOOKS_MANAGE)
def webhooks(request: PageRequest) -> HttpResponse:
    """List the webhooks."""
    return render(request, "web/webhooks.html", {"rows": queries.webhooks(viewer=request.viewer)})


@page(Right.WEBHOOKS_MANAGE)
def webhook_new(request: PageRequest) -> HttpResponse:
    """Make a webhook, and show its secret this once."""
    form = NewWebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        terms = WebhookTerms(name=said["name"], url=said["url"], events=form.names(), purpose=said["purpose"])
        made = form.attempt(lambda: actions.make_webhook(terms, viewer=request.viewer))
        if made:
            return _shown(request, made.webhook.terms.name, made=made)
    return _form(request, form, what=_("New webhook"), do=_("Make the webhook"), leave=reverse("webhooks"))


@page(Right.WEBHOOKS_MANAGE)
def webhook(request: PageRequest, name: str) -> HttpResponse:
    """Show a webhook with its last messages."""
    return _shown(request, name)


@page(Right.WEBHOOKS_MANAGE)
def webhook_edit(request: PageRequest, name: str) -> HttpResponse:
    """Change where a webhook leads and what it is told of."""
    terms = queries.webhook(name, viewer=request.viewer).terms
    initial = {"url": terms.url, "events": "\n".join(terms.events)}
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        url, events = form.cleaned_data["url"], form.names()
        if form.attempt(lambda: actions.change_webhook(name, url=url, events=events, viewer=request.viewer)):
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook", name=name)
    leave = reverse("webhook", kwargs={"name": name})
    return _form(request, form, what=_("Change %(name)s") % {"name": name}, do=_("Save"), leave=leave)


@page(Right.WEBHOOKS_MANAGE)
@require_POST
def webhook_change(request: PageRequest, name: str) -> HttpResponseBase:
    """Do one thing with a webhook."""
    what, viewer = request.POST.get("what", ""), request.viewer
    if what == "rotate":
        return _shown(request, name, made=actions.rotate_webhook(name, viewer=viewer))
    if what == "delete":
        actions.delete_webhook(name, viewer=viewer)
        messages.success(request, _("The webhook is gone."))
        return redirect("webhooks")
    if what in ("on", "off"):
        actions.change_webhook(name, is_active=what == "on", viewer=viewer)
        messages.success(request, _("The webhook is on.") if what == "on" else _("The webhook is off."))
    elif what == "test":
        actions.try_webhook(name, viewer=viewer)
        messages.success(request, _("A test message is on its way."))
    elif what == "replay":
        asked = Replay(message=numbers.plain(request.POST.get("message", "")))
        count = actions.replay_webhook(name, asked, viewer=viewer)
        said = ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", count)
        messages.success(request, said % {"n": count})
    return redirect("webhook", name=name)


def _shown(request: PageRequest, name: str, made: NewSecret | None = None) -> HttpResponse:
    found = queries.webhook(name, viewer=request.viewer)
    asked = request.GET.get("state", "")
    state = MessageState(asked) if asked in set(MessageState) else None
    rows = queries.webhook_messages(name, state=state, limit=SHOWN, viewer=request.viewer)
    states = [(each.value, found.messages[each.value]) for each in MessageState]
    heard = {"*"} | {each.name for each in catalogue.discovered()}
    unheard = [each for each in found.terms.events if each not in heard]
    context = {
        "webhook": found,
        "unheard": unheard,
        "rows": rows,
        "state": state,
        "states": states,
        "made": made,
        "most": SHOWN,
    }
    return render(request, "web/webhook.html", context)


def _form(request: PageRequest, form: PlainForm, *, what: str, do: str, leave: str) -> HttpResponse:
    context = {"form": form, "what": what, "do": do, "leave": leave, "back": "webhooks", "area": _("Webhooks")}
    return render(request, "web/form.html", context)
