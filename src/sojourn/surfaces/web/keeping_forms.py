"""The forms of Privacy > Retention, Duties and Holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.domains.privacy.contracts import AccountKind, Duty, RetentionRule
from sojourn.surfaces.web.customer_field import CustomerField
from sojourn.surfaces.web.forms import PlainForm

SLUG_HELP = _("Small letters, digits and hyphens, such as page-views. It cannot be changed.")
ONE_A_LINE = _("One a line.")
KINDS = {
    AccountKind.ACCOUNT: _("Products held"),
    AccountKind.HOUSEHOLD: _("Households"),
    AccountKind.COMPANY: _("Companies"),
}


class KeptForm(PlainForm):
    """What rules and duties have in common: a name that stays, and a title."""

    name = forms.CharField(label=_("Short name"), max_length=63, help_text=SLUG_HELP)
    title = forms.CharField(label=_("Title"), max_length=100)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if self.initial.get("name"):
            self.fields["name"].disabled = True


class RetentionForm(KeptForm):
    """A retention rule."""

    events = forms.CharField(
        label=_("Events"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "form-control code"}),
        help_text=_("One a line; empty means all events."),
    )
    field = forms.CharField(
        label=_("Only this property of them"),
        max_length=100,
        required=False,
        help_text=_("Such as ip_country; empty means that the events go as a whole."),
    )
    days = forms.IntegerField(label=_("Days after they occurred"), min_value=1, max_value=36_500)

    def rule(self) -> RetentionRule:
        """Give the rule as it was typed."""
        given = self.cleaned_data
        return RetentionRule(
            name=given["name"],
            title=given["title"],
            events=lines(given["events"]),
            field=given["field"],
            days=given["days"],
        )


class DutyForm(KeptForm):
    """A statutory duty to keep."""

    law = forms.CharField(
        label=_("Law and article"), max_length=200, help_text=_("Letters and certificates name it to the customer.")
    )
    events = forms.CharField(
        label=_("Events that are kept"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=ONE_A_LINE
    )
    traits = forms.CharField(
        label=_("Attributes that are kept"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=ONE_A_LINE,
    )
    accounts = forms.MultipleChoiceField(
        label=_("Kept is also who belongs to these"),
        required=False,
        choices=[(kind.value, label) for kind, label in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    ends = forms.CharField(
        label=_("Events that end the relationship"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "One a line. The months count from the last of them; until one has happened, from the day on which the "
            "last account kept was closed, or from the request."
        ),
    )
    months = forms.IntegerField(label=_("Months after the end"), min_value=1, max_value=1_200)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def duty(self) -> Duty:
        """Give the duty as it was typed."""
        given = self.cleaned_data
        return Duty(
            name=given["name"],
            title=given["title"],
            law=given["law"],
            events=lines(given["events"]),
            traits=lines(given["traits"]),
            accounts=tuple(map(AccountKind, given["accounts"])),
            ends=lines(given["ends"]),
            months=given["months"],
            is_active=given["is_active"],
        )


class HoldForm(PlainForm):
    """A hold on one customer."""

    customer = CustomerField()
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The dispute or order, such as a file number; no names of people."),
    )
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))


class ReleaseForm(PlainForm):
    """Why a hold ends before its day."""

    reason = forms.CharField(
        label=_("Why it ends before its day"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people."),
    )


def lines(text: str) -> tuple[str, ...]:
    """Give what stands on the lines of a text, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def written(kept: RetentionRule | Duty) -> dict[str, Any]:
    """Give a rule or duty as its form shows it."""
    if isinstance(kept, RetentionRule):
        return {
            "name": kept.name,
            "title": kept.title,
            "events": "\n".join(kept.events),
            "field": kept.field,
            "days": kept.days,
        }
    return {
        "name": kept.name,
        "title": kept.title,
        "law": kept.law,
        "events": "\n".join(kept.events),
        "traits": "\n".join(kept.traits),
        "accounts": [kind.value for kind in kept.accounts],
        "ends": "\n".join(kept.ends),
        "months": kept.months,
        "is_active": kept.is_active,
    }
