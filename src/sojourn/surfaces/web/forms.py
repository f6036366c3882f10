"""The forms of the pages; what a room refuses is shown beside the field, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.domains.access.contracts import Role, Scope
from sojourn.domains.catalogue.contracts import SourceKind
from sojourn.kit.errors import SojournError
from sojourn.surfaces.web import granting

R = TypeVar("R")

KINDS = [
    (SourceKind.WEB.value, _("Website or web app")),
    (SourceKind.MOBILE.value, _("Mobile app")),
    (SourceKind.SERVER.value, _("Server")),
    (SourceKind.FILE.value, _("Files")),
]
SEEN_BY = [("me", _("Only I")), ("everyone", _("Everyone with access"))]
LIFETIMES = [("", _("never")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]


class PlainForm(forms.Form):
    """A form in our look whose fields point at their errors."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.Select):
                widget.attrs.setdefault("class", "form-select")
            elif not isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
                widget.attrs.setdefault("class", "form-control")

    def attempt(self, action: Callable[[], R]) -> R | None:
        """Do it; what a room refuses becomes an error of the field that its message names."""
        try:
            return action()
        except SojournError as refusal:
            field, colon, rest = refusal.message.partition(": ")
            known = bool(colon) and field in self.fields
            self.add_error(field if known else None, rest.capitalize() if known else refusal.message)
            return None


class SourceForm(PlainForm):
    """A new source."""

    name = forms.CharField(label=_("Name"), max_length=100)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=63,
        help_text=_("Small letters, digits, - and _. It stands in every event and cannot be changed."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    channel = forms.CharField(
        label=_("Channel"),
        max_length=63,
        required=False,
        help_text=_("Taken where an event names none: web, app, phone, branch, mail."),
    )
    expected_every_minutes = forms.IntegerField(
        label=_("Expected every so many minutes"),
        min_value=1,
        required=False,
        help_text=_("Home says so when it is silent for longer."),
    )
    is_strict = forms.BooleanField(label=_("Strict: refuse the whole request when an item is wrong"), required=False)


class PersonForm(PlainForm):
    """Somebody new who signs in."""

    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=granting.roles, initial=Role.VIEWER.value)
    unit = forms.ChoiceField(label=_("In"), choices=granting.units, required=False, help_text=granting.WHERE)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        required=False,
        help_text=_("At least 10 characters. Empty: they get an invitation and choose one themselves."),
    )


class KeyForm(PlainForm):
    """A new API key."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Who or what uses it."))
    role = forms.ChoiceField(label=_("May do as much as"), choices=granting.roles, initial=Role.ANALYST.value)
    unit = forms.ChoiceField(label=_("In"), choices=granting.units, required=False, help_text=granting.WHERE)
    can_write = forms.BooleanField(label=_("May change things, not only read"), required=False)
    expires_days = forms.ChoiceField(label=_("Ends after"), choices=LIFETIMES, initial="365", required=False)

    def scopes(self) -> frozenset[Scope]:
        """Give the scopes asked for."""
        return frozenset(Scope) if self.cleaned_data["can_write"] else frozenset({Scope.READ})


class GrantForm(PlainForm):
    """A role in a part of the organisation."""

    role = forms.ChoiceField(label=_("Role"), choices=granting.roles)
    unit = forms.ChoiceField(label=_("In"), choices=granting.units, required=False, help_text=granting.WHERE)


class EmployeeForm(PlainForm):
    """Which employee somebody is."""

    ids = forms.CharField(
        label=_("Employee ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on a line, as sources send them. They replace those before; left empty it is nobody."),
    )


class RoleForm(PlainForm):
    """A role of the organisation's own."""

    name = forms.CharField(label=_("Name"), max_length=100)
    slug = forms.CharField(
        label=_("Short name"), max_length=63, help_text=_("Small letters, digits, - and _. It cannot be changed.")
    )
    rights = forms.MultipleChoiceField(label=_("Rights"), choices=granting.rights, widget=forms.CheckboxSelectMultiple)


class GroupRoleForm(GrantForm):
    """What a group of the identity provider gives."""

    field_order = ("group", "role", "unit")
    group = forms.CharField(label=_("Group"), max_length=200, help_text=_("As the identity provider writes it."))


class PlanForm(PlainForm):
    """The tracking plan as text."""

    text = forms.CharField(
        label=_("Tracking plan (YAML)"),
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "form-control code"}),
        required=False,
        strip=False,
    )
    file = forms.FileField(label=_("Or take it from a file"), required=False)
    base = forms.IntegerField(widget=forms.HiddenInput, required=False)


class GroupForm(PlainForm):
    """A group of events."""

    name = forms.CharField(label=_("Name"), max_length=200)
    events = forms.CharField(
        label=_("Events"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "form-control code"}),
        help_text=_("One a line; * stands for any letters, such as card.*"),
    )
    kind = forms.CharField(
        label=_("Kind"), max_length=200, required=False, help_text=_("Brings groups together one level higher.")
    )


class JourneyForm(PlainForm):
    """A named journey."""

    name = forms.CharField(label=_("Name"), max_length=100)
    slug = forms.CharField(
        label=_("Short name"), max_length=63, help_text=_("Small letters, digits, - and _; it stands in addresses.")
    )
    start = forms.CharField(label=_("Begins with"), help_text=_("The event that starts it."))
    goals = forms.CharField(
        label=_("Completed by"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One event a line; any of them completes it."),
    )
    outcomes = forms.CharField(
        label=_("Other outcomes"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_("One a line, such as declined: Application Declined"),
    )
    steps = forms.CharField(
        label=_("Steps of its funnel"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text=_("One event a line, in order."),
    )
    window_days = forms.IntegerField(label=_("Window in days"), min_value=1, max_value=3_650, initial=30)


class QuestionForm(PlainForm):
    """A saved question."""

    name = forms.CharField(label=_("Name"), max_length=100)
    description = forms.CharField(
        label=_("Description"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        help_text=_("What it is for; no names, mail addresses or numbers of customers."),
    )
    seen_by = forms.ChoiceField(label=_("Who sees it"), choices=SEEN_BY, initial="me")
    place = forms.CharField(widget=forms.HiddenInput, required=False)

    def is_shared(self) -> bool:
        """Say whether everyone with access shall see it."""
        return bool(self.cleaned_data["seen_by"] == "everyone")


class FactForm(PlainForm):
    """An operational fact that may drive a score."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("Such as Wait on the phone."))
    slug = forms.CharField(label=_("Short name"), max_length=63, help_text=_("Small letters, digits and hyphens."))
    kind = forms.ChoiceField(
        label=_("What is looked up"),
        choices=[
            ("minutes", _("minutes from one event to another")),
            ("times", _("how often an event happened")),
            ("number", _("a number in the answer itself")),
        ],
    )
    event = forms.CharField(
        label=_("Event"), max_length=200, help_text=_("For a number in the answer, the name of its property.")
    )
    until = forms.CharField(
        label=_("Until"), max_length=200, required=False, help_text=_("For minutes: the event that ends them.")
    )
    days = forms.IntegerField(label=_("Days before the answer"), min_value=1, max_value=400)
