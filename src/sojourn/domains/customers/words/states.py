"""How well somebody is known."""

from __future__ import annotations

from enum import StrEnum


class CustomerState(StrEnum):
    """How well somebody is known; `rules.state_of` says how it is found out."""

    CUSTOMER = "customer"  # by the rule: has a customer number, or holds a product
    PROSPECT = "prospect"  # has left a name, a mail address, a phone number or a number, and is no customer
    ANONYMOUS = "anonymous"
