"""What counts as one: the choice on pages, and the word for what is then counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sojourn.domains.customers.contracts import Per

CHOICES: Final = (
    (Per.CUSTOMER, gettext_lazy("per customer")),
    (Per.ACCOUNT, gettext_lazy("per account")),
    (Per.HOUSEHOLD, gettext_lazy("per household")),
    (Per.COMPANY, gettext_lazy("per company")),
)
ONES: Final[Mapping[Per, str | Promise]] = {
    Per.CUSTOMER: gettext_lazy("Customers"),
    Per.ACCOUNT: gettext_lazy("Accounts"),
    Per.HOUSEHOLD: gettext_lazy("Households"),
    Per.COMPANY: gettext_lazy("Companies"),
}


def chosen(value: str) -> Per:
    """Read what counts as one; what means nothing is the customer."""
    return Per(value) if value in set(Per) else Per.CUSTOMER
