"""The forms of Privacy > Purposes and Consents."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy.contracts import Basis, PurposeTerms
from sojourn.surfaces.web.forms import PlainForm

BASES = [
    (Basis.OPT_IN.value, _("Consent: silence is no")),
    (Basis.OPT_OUT.value, _("Legitimate interest: silence is yes, an objection counts")),
    (Basis.CONTRACT.value, _("Contract: nobody can refuse, for bound roles, audited")),
    (Basis.LEGAL_DUTY.value, _("Legal duty: nobody can refuse, for bound roles, audited")),
]
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("es", "Español"), ("it", "Italiano")]
LANGUAGES += [("nl", "Nederlands"), ("pl", "Polski"), ("pt", "Português")]


class PurposeForm(PlainForm):
    """A purpose."""

    name = forms.CharField(
        label=_("Short name"),
        max_length=32,
        help_text=_("Small letters, digits and _. It stands in every consent and cannot be changed."),
    )
    title = forms.CharField(label=_("Title"), max_length=100)
    basis = forms.ChoiceField(label=_("Basis"), choices=BASES)
    expires_months = forms.IntegerField(
        label=_("A grant ends after so many months"), min_value=1, max_value=120, required=False
    )
    categories = forms.CharField(
        label=_("Categories of consent banners"),
        max_length=2_000,
        required=False,
        help_text=_("Names that tracking libraries send, with commas between."),
    )
    tcf = forms.CharField(
        label=_("Purposes of the TCF"),
        max_length=40,
        required=False,
        help_text=_("Numbers from 1 to 11, with commas between; all must be granted."),
    )
    refused_by_signal = forms.BooleanField(
        label=_("Refused by the browser's signal (Global Privacy Control)"), required=False
    )
    right = forms.ChoiceField(
        label=_("Right that its readers need"),
        choices=[("", "–"), *((each.value, each.value) for each in Right)],
        required=False,
        help_text=_("Under contract or legal duty only."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def categories_given(self) -> tuple[str, ...]:
        """Give the categories one by one."""
        return tuple(each.strip() for each in self.cleaned_data["categories"].split(",") if each.strip())

    def clean_tcf(self) -> tuple[int, ...]:
        """Read the numbers."""
        parts = [each.strip() for each in self.cleaned_data["tcf"].split(",") if each.strip()]
        if not all(each.isdecimal() and len(each) < 3 for each in parts):
            raise forms.ValidationError(_("Give numbers with commas between."))
        return tuple(map(int, parts))


class NoticeForm(PlainForm):
    """The next version of a notice, in one language."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))
    opens_earlier = forms.BooleanField(
        label=_("The text says that a grant covers what was collected before"), required=False
    )


class ChoiceForm(PlainForm):
    """A choice that a customer made, noted by somebody who spoke with them."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    choice = forms.ChoiceField(label=_("Choice"), choices=[("yes", _("allows it")), ("no", _("refuses it"))])

    def __init__(self, asked: Sequence[PurposeTerms], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [(each.name, each.title) for each in asked]  # type: ignore[attr-defined]
