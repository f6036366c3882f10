"""The forms of the requests desk and of the public page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.domains.privacy import queries
from sojourn.domains.privacy.contracts import Channel, RequestKind
from sojourn.surfaces.web.customer_field import CustomerField
from sojourn.surfaces.web.forms import PlainForm
from sojourn.surfaces.web.public import LANGUAGES

KINDS = {
    RequestKind.ACCESS: _("See what is held"),
    RequestKind.PORTABILITY: _("A copy to take along"),
    RequestKind.RECTIFICATION: _("Correct something"),
    RequestKind.RESTRICTION: _("Restrict the use"),
    RequestKind.OBJECTION: _("Object to the use"),
    RequestKind.ERASURE: _("Erase everything"),
    RequestKind.DO_NOT_SELL: _("Do not sell or share"),
}
CHANNELS = {
    Channel.PHONE: _("phone"),
    Channel.MAIL: _("mail"),
    Channel.PAGE: _("page"),
    Channel.API: _("API"),
}
WAYS = {
    "document": _("a document"),
    "signed_in": _("they were signed in"),
    "known_voice": _("known by voice or answers"),
    "agent": _("an agent who acts for them"),
    "code": _("a code that they read out"),
}


class RequestForm(PlainForm):
    """A request as somebody tells it."""

    kind = forms.ChoiceField(label=_("What"), choices=[(each.value, text) for each, text in KINDS.items()])
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    message = forms.CharField(
        label=_("Message"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a way to answer, in the reader's language."""
        said = super().clean() or {}
        if not self.errors and not said.get("email") and not said.get("phone"):
            self.add_error("email", _("Give a mail address or a phone number, so that we can answer."))
        return said


class NewRequestForm(RequestForm):
    """A request that somebody at the desk writes down."""

    regulation = forms.ChoiceField(label=_("Law"))
    channel = forms.ChoiceField(label=_("Came by"), choices=[(each.value, text) for each, text in CHANNELS.items()])
    language = forms.ChoiceField(label=_("Letters in"), choices=list(LANGUAGES.items()))
    trait = forms.ChoiceField(
        label=_("To correct"), required=False, choices=[("", "–"), *((each, each) for each in queries.CORRECTABLE)]
    )
    value = forms.CharField(label=_("Correct value"), max_length=500, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["regulation"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.name, each.title) for each in queries.regulations().values()]


class VerifyForm(PlainForm):
    """Which customer asks, and how somebody made sure."""

    customer = CustomerField()
    how = forms.ChoiceField(label=_("Made sure by"), choices=list(WAYS.items()))
