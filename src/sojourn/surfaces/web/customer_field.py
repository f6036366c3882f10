"""A form's field for a customer's number: as pages show it, as addresses have it, or the company's own."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import FoundBy

NUMBERS: Final = (FoundBy.NUMBER, FoundBy.TOKEN)  # the company's own first
LONGEST: Final = 200


class CustomerField(forms.CharField):
    """Reads which customer is meant, for forms that only those fill in who may find every customer."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Customer's number"))
        options.setdefault("help_text", _("As pages show it (465b-e67d), or your own number of theirs."))
        super().__init__(max_length=LONGEST, **options)

    def clean(self, value: Any) -> int:
        """Give the customer; raise ValidationError where nobody has the number, or several."""
        text = str(super().clean(value)).strip()
        found = identity.find(text).persons
        for kind in NUMBERS:
            persons = [person for person, by in found if by is kind]
            customers = set(identity.customers_of(persons).values()) if persons else set()
            if len(customers) > 1:
                raise forms.ValidationError(_("Several customers have this number in short. Give it whole."))
            if customers:
                return int(customers.pop())
        if text.isascii() and text.isdigit() and int(text) < 1 << 63:
            return int(text)
        raise forms.ValidationError(_("There is no such customer."))
