"""Thought of customers: who somebody is, and what of their traits counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from sojourn.domains.customers.contracts import CustomerState, CustomerTrait, How, TraitRule
from sojourn.domains.identity.contracts import OpenedTrait
from sojourn.kit.errors import InvalidError

CUSTOMER_NUMBER: Final = "user"  # the kind of identifier that makes a customer
CONTACTS: Final = frozenset({"name", "first_name", "last_name", "email", "phone"})
_TEXT_ID: Final = re.compile(r"[0-9a-f]{16}")
_ID: Final = "_id"
SORTS: Final = ("last_at", "first_at", "events")
_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_OF_TEXTS: Final = (How.MOST_FREQUENT, How.UNIQUE, How.UNIQUE_COUNT)


def state_of(kinds: Collection[str], traits: Collection[str], *, is_customer: bool) -> CustomerState:
    """Say how well somebody is known, by the kinds of their identifiers and the names of their traits.

    Whether they are a customer the rule in force has said: `accounts.stages`.

    >>> state_of({"anonymous"}, {"email"}, is_customer=False).value
    'prospect'
    >>> state_of({"anonymous"}, {"plan"}, is_customer=False).value
    'anonymous'
    """
    if is_customer:
        return CustomerState.CUSTOMER
    is_known = CUSTOMER_NUMBER in kinds or not CONTACTS.isdisjoint(traits)
    return CustomerState.PROSPECT if is_known else CustomerState.ANONYMOUS


def newest(traits: Iterable[OpenedTrait]) -> tuple[CustomerTrait, ...]:
    """Choose of each trait the newest among a customer's persons, by name; of equal times the larger person's."""
    chosen: dict[str, OpenedTrait] = {}
    for each in sorted(traits, key=lambda trait: (trait.occurred_at, trait.person)):
        chosen[each.name] = each
    return tuple(
        CustomerTrait(name=name, value=each.value, source=each.source, occurred_at=each.occurred_at)
        for name, each in sorted(chosen.items())
        if each.value not in (None, "")  # a newer file cleared it
    )


def name_of(traits: Mapping[str, Any]) -> str:
    """Give the name to call somebody by, "" when none is known.

    >>> name_of({"first_name": "Ana", "last_name": "Keller"}), name_of({"company": {"name": "Acme"}})
    ('Ana Keller', 'Acme')
    """
    whole = _said(traits.get("name"))
    parts = " ".join(filter(None, (_said(traits.get("first_name")), _said(traits.get("last_name")))))
    company = traits.get("company")
    return whole or parts or _said(company.get("name") if isinstance(company, dict) else company)


def town_of(traits: Mapping[str, Any]) -> str:
    """Give the town that somebody lives in, "" when none is known; it tells those of one name apart.

    >>> town_of({"address": {"city": "Bonn", "street": "Domplatz 1"}}), town_of({"town": "Kiel"}), town_of({})
    ('Bonn', 'Kiel', '')
    """
    address = traits.get("address")
    places = [address, traits] if isinstance(address, dict) else [traits]
    return next((said for place in places for name in ("city", "town") if (said := _said(place.get(name)))), "")


def text_ids(properties: Mapping[str, object]) -> Iterator[int]:
    """Give the ids of sealed texts that an event's properties name."""
    for name, value in properties.items():
        if name.endswith(_ID) and isinstance(value, str) and _TEXT_ID.fullmatch(value):
            number = int(value, 16)
            if number < 1 << 63:
                yield number


def _said(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def check_rule(rule: TraitRule) -> None:
    """Raise InvalidError, naming the field, when a computed trait cannot be computed."""
    if not _SLUG.fullmatch(rule.slug) or rule.slug in SORTS:
        raise InvalidError("slug: 1 to 63 small letters, digits, - and _, beginning with a letter, and not a column.")
    if not rule.name.strip() or len(rule.name) > 100:
        raise InvalidError("name: 1 to 100 characters.")
    if rule.how in _OF_TEXTS and not rule.of:
        raise InvalidError("of: say what is told: event, or a dimension such as channel.")
    if rule.how not in (*_OF_TEXTS, How.FIRST, How.LAST) and rule.of:
        raise InvalidError(f"of: a {rule.how.value} is of events or money; leave it empty.")
    if (rule.how is How.SUM) != bool(rule.currency):
        raise InvalidError("currency: a sum needs one, such as EUR; nothing else has one.")
    if rule.currency and not re.fullmatch("[A-Z]{3}", rule.currency):
        raise InvalidError("currency: three capital letters, such as EUR.")
    if rule.window_days is not None and not 1 <= rule.window_days <= 3_650:
        raise InvalidError("window_days: 1 to 3650, or none for all of time.")
