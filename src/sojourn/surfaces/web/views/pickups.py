"""Settings > Pickups: places whose new files are fetched by schedule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sojourn.domains.access.contracts import Right
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import HostKeyError, PickupKind, PickupTerms
from sojourn.kit.errors import SojournError
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.forms import PlainForm

Words = str | Promise
KINDS: dict[PickupKind, Words] = {
    PickupKind.SFTP: gettext_lazy("SFTP server"),
    PickupKind.OBJECTS: gettext_lazy("Object store"),
    PickupKind.DATABASE: gettext_lazy("Database"),
}
SECRETS: dict[PickupKind, Words] = {
    PickupKind.SFTP: gettext_lazy("Password or private key"),
    PickupKind.OBJECTS: gettext_lazy("Secret key"),
    PickupKind.DATABASE: gettext_lazy("Password"),
}
# Of each kind the fields of its address: name, label, help, must it be given.
FIELDS: dict[PickupKind, tuple[tuple[str, Words, Words, bool], ...]] = {
    PickupKind.SFTP: (
        ("host", gettext_lazy("Host"), gettext_lazy("Such as sftp.example.com."), True),
        ("port", gettext_lazy("Port"), gettext_lazy("Empty: 22."), False),
        ("user", gettext_lazy("User"), "", True),
        ("folder", gettext_lazy("Folder"), gettext_lazy("Empty: the one the user comes into."), False),
        (
            "host_key",
            gettext_lazy("Fingerprint of the server's key"),
            gettext_lazy("Empty: it is shown to you at the first look, to be confirmed."),
            False,
        ),
    ),
    PickupKind.OBJECTS: (
        ("bucket", gettext_lazy("Bucket"), "", True),
        ("folder", gettext_lazy("Folder"), "", False),
        ("access_key", gettext_lazy("Access key"), "", True),
        ("endpoint", gettext_lazy("Server"), gettext_lazy("Empty: Amazon's; or https://objects.example.com."), False),
        ("region", gettext_lazy("Region"), gettext_lazy("Empty: us-east-1."), False),
    ),
    PickupKind.DATABASE: (
        ("host", gettext_lazy("Host"), gettext_lazy("Of a PostgreSQL server."), True),
        ("port", gettext_lazy("Port"), gettext_lazy("Empty: 5432."), False),
        ("database", gettext_lazy("Database"), "", True),
        ("user", gettext_lazy("User"), gettext_lazy("One that may only read."), True),
        (
            "query",
            gettext_lazy("Query"),
            gettext_lazy("One SELECT; %(since)s and %(until)s stand for the times of the last round and of this one."),
            True,
        ),
        ("name", gettext_lazy("File name"), gettext_lazy("What the answer is called, such as orders.csv."), True),
    ),
}  # fmt: skip


class PickupForm(PlainForm):
    """What a pickup fetches and when; a secret that is left empty stays."""

    source = forms.ChoiceField(label=gettext_lazy("Source"))
    pattern = forms.CharField(
        label=gettext_lazy("Files"), max_length=500, initial="*", help_text=gettext_lazy("Names such as *.csv.")
    )
    preset = forms.ChoiceField(label=gettext_lazy("Read as"), required=False)
    has_control = forms.BooleanField(
        label=gettext_lazy("Take a file only with its control file (name.control) beside it"), required=False
    )
    every_minutes = forms.IntegerField(
        label=gettext_lazy("Every so many minutes"),
        required=False,
        min_value=5,
        help_text=gettext_lazy("This, or a time of day below: one of the two."),
    )
    daily_at = forms.CharField(
        label=gettext_lazy("Or daily at"), required=False, max_length=5, help_text=gettext_lazy("Such as 02:30.")
    )
    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64, initial="UTC")

    def __init__(self, kind: PickupKind, *args: Any, is_new: bool, **given: Any) -> None:
        self._kind = kind
        super().__init__(*args, **given)
        told = [(each.slug, each.name) for each in catalogue.sources() if each.is_active]
        presets = [("", _("the preset that fits best")), *queries.import_presets()]
        self.fields["source"].choices = told  # type: ignore[attr-defined]
        self.fields["preset"].choices = presets  # type: ignore[attr-defined]
        for name, label, help_text, required in FIELDS[kind]:
            widget = forms.Textarea(attrs={"rows": 6, "class": "form-control code"}) if name == "query" else None
            self._add(f"where_{name}", label, help_text, required, widget)
        secret = forms.Textarea(attrs={"rows": 3, "class": "form-control code", "autocomplete": "off"})
        said = "" if is_new else _("Empty: as it is. It is never shown.")
        self._add("secret", SECRETS[kind], said, is_new, secret)
        if is_new:
            self._add("name", _("Name"), _("A small letter, then small letters, digits, - and _."), True)
        places = [f"where_{each[0]}" for each in FIELDS[kind]]
        self.order_fields(["name", *places, "secret", "source", "pattern", "preset", "has_control"])

    def _add(
        self, name: str, label: Words, help_text: Words, required: bool, widget: forms.Textarea | None = None
    ) -> None:
        field = forms.CharField(
            label=str(label), help_text=str(help_text), required=required, widget=widget, max_length=20_000
        )
        field.widget.attrs.setdefault("class", "form-control")
        self.fields[name] = field

    def terms(self, name: str) -> PickupTerms:
        """Give what was typed."""
        said = self.cleaned_data
        where = {each[0]: said[f"where_{each[0]}"] for each in FIELDS[self._kind] if said[f"where_{each[0]}"]}
        plain = ("source", "pattern", "preset", "has_control", "every_minutes", "daily_at", "zone")
        return PickupTerms(name=name, kind=self._kind, where=where, **{each: said[each] for each in plain})


@page(Right.SOURCES_MANAGE)
def pickups(request: PageRequest) -> HttpResponse:
    """List the pickups."""
    context = {"rows": queries.pickups(viewer=request.viewer), "kinds": KINDS.items(), "titles": KINDS}
    return render(request, "web/pickups.html", context)


@page(Right.SOURCES_MANAGE)
def pickup_new(request: PageRequest, kind: str) -> HttpResponse:
    """Make a pickup of a kind."""
    if kind not in set(PickupKind):
        raise Http404
    form = PickupForm(PickupKind(kind), request.POST or None, is_new=True)
    if request.method == "POST" and form.is_valid():
        terms, secret = form.terms(form.cleaned_data["name"]), form.cleaned_data["secret"]
        if form.attempt(lambda: actions.make_pickup(terms, secret=secret, viewer=request.viewer)):
            return redirect("pickup", name=terms.name)
    what = _("New pickup: %(kind)s") % {"kind": KINDS[PickupKind(kind)]}
    return _form(request, form, what=what, do=_("Make the pickup"), leave=reverse("pickups"))


@page(Right.SOURCES_MANAGE)
def pickup(request: PageRequest, name: str) -> HttpResponse:
    """Show a pickup."""
    return _shown(request, name)


@page(Right.SOURCES_MANAGE)
def pickup_edit(request: PageRequest, name: str) -> HttpResponse:
    """Change a pickup."""
    terms = queries.pickup(name, viewer=request.viewer).terms
    plain = ("source", "pattern", "preset", "has_control", "every_minutes", "daily_at", "zone")
    initial = {each: getattr(terms, each) for each in plain}
    initial |= {f"where_{field}": value for field, value in terms.where.items()}
    form = PickupForm(terms.kind, request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        said, secret = form.terms(name), form.cleaned_data["secret"] or None
        kept = {field: value for field, value in terms.where.items() if field == "is_encrypted"}
        changes = {each: getattr(said, each) for each in plain} | {"where": {**kept, **said.where}}
        if form.attempt(lambda: actions.change_pickup(name, changes=changes, secret=secret, viewer=request.viewer)):
            messages.success(request, _("The pickup is changed."))
            return redirect("pickup", name=name)
    leave = reverse("pickup", kwargs={"name": name})
    return _form(request, form, what=_("Change %(name)s") % {"name": name}, do=_("Save"), leave=leave)


@page(Right.SOURCES_MANAGE)
@require_POST
def pickup_change(request: PageRequest, name: str) -> HttpResponseBase:
    """Do one thing with a pickup."""
    what, viewer = request.POST.get("what", ""), request.viewer
    if what == "look":
        return _looked(request, name)
    if what == "delete":
        actions.delete_pickup(name, viewer=viewer)
        messages.success(request, _("The pickup is gone; what it delivered stays."))
        return redirect("pickups")
    if what in ("on", "off"):
        actions.change_pickup(name, changes={}, is_active=what == "on", viewer=viewer)
        messages.success(request, _("The pickup is on.") if what == "on" else _("The pickup is off."))
    elif what == "confirm":
        where = queries.pickup(name, viewer=viewer).terms.where
        changes = {"where": {**where, "host_key": request.POST.get("host_key", "")}}
        actions.change_pickup(name, changes=changes, viewer=viewer)
        messages.success(request, _("The key is confirmed."))
    elif what == "run":
        actions.ask_pickup(name, again=request.POST.get("again", "")[:200], viewer=viewer)
        messages.success(request, _("A round begins within seconds."))
    return redirect("pickup", name=name)


def _looked(request: PageRequest, name: str) -> HttpResponse:
    try:
        return _shown(request, name, seen=queries.look(name, viewer=request.viewer), is_looked=True)
    except HostKeyError as refusal:
        return _shown(request, name, refusal=refusal.message, fingerprint=refusal.fingerprint)
    except SojournError as refusal:
        return _shown(request, name, refusal=refusal.message)


def _shown(request: PageRequest, name: str, **looked: Any) -> HttpResponse:
    found = queries.pickup(name, viewer=request.viewer)
    where = [(label, found.terms.where.get(field, "")) for field, label, _help, _required in FIELDS[found.terms.kind]]
    context = {"pickup": found, "kind": KINDS[found.terms.kind], "where": [each for each in where if each[1]]}
    return render(request, "web/pickup.html", context | looked)


def _form(request: PageRequest, form: PlainForm, *, what: str, do: str, leave: str) -> HttpResponse:
    context = {"form": form, "what": what, "do": do, "leave": leave, "back": "pickups", "area": _("Pickups")}
    return render(request, "web/form.html", context)
