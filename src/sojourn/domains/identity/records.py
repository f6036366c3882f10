"""What is compared of a customer: the fields that matching knows, from traits as senders name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

NAMES: Final = {
    "given": ("firstName", "first_name", "givenName", "given_name"),
    "family": ("lastName", "last_name", "familyName", "family_name", "surname"),
    "born": ("birthday", "dateOfBirth", "date_of_birth", "birthDate", "birth_date"),
    "mail": ("email",),
    "phone": ("phone",),
}
PARTS: Final = {  # of the trait `address`, an object, or traits of their own
    "street": ("street", "line1", "address1"),
    "street_more": ("line2", "address2"),
    "place": ("city", "town", "suburb"),
    "postcode": ("postalCode", "postal_code", "postcode", "zip"),
    "region": ("state", "region"),
}
FIELDS: Final = (
    "given", "family", "born", "mail", "phone", "number", "street", "street_more", "postcode", "place", "region",
)  # fmt: skip
WHOLE_NAME: Final = "name"
ADDRESS: Final = "address"
TRAITS: Final = tuple(
    dict.fromkeys([*(name for names in (*NAMES.values(), *PARTS.values()) for name in names), WHOLE_NAME, ADDRESS])
)
_NUMBERED: Final = re.compile(
    r"^\s*(?P<before>\d+\s*[a-zA-Z]?)\b[\s,]+(?P<rest>\D.*)$|^(?P<road>\D+?)[\s,]+(?P<after>\d+\s*[a-zA-Z]?)\s*$"
)


def record(traits: Mapping[str, Any]) -> dict[str, str]:
    """Give the fields that traits hold, for matching to clean; a field that is not there is left out.

    >>> record({"name": "Ana Maria Berg", "address": {"street": "12 Mill Lane", "city": "Old Harbour"}})
    {'given': 'Ana Maria', 'family': 'Berg', 'place': 'Old Harbour', 'number': '12', 'street': 'Mill Lane'}
    """
    found = {field: text for field, names in NAMES.items() if (text := _first(traits, names))}
    whole = _text(traits.get(WHOLE_NAME))
    if whole and not {"given", "family"} & found.keys():
        given, _, family = whole.rpartition(" ")
        found |= {"given": given, "family": family} if given else {"family": family}
    address = traits.get(ADDRESS)
    said = address if isinstance(address, Mapping) else {"street": address} if isinstance(address, str) else {}
    found |= {field: text for field, names in PARTS.items() if (text := _first({**traits, **said}, names))}
    if "street" in found and (numbered := _NUMBERED.match(found["street"])):
        parts = numbered.groupdict()
        found["number"] = str(parts["before"] or parts["after"])
        found["street"] = str(parts["rest"] or parts["road"])
    return found


def _first(traits: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _text(traits.get(name)))), "")


def _text(value: Any) -> str:
    """Give a plain value as text; lists and objects say nothing that can be compared."""
    return "" if value is None or isinstance(value, (bool, dict, list)) else str(value).strip()
