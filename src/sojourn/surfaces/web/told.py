"""What is known about a customer, in words: traits as people read them, and the addresses that panels name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format, number_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sojourn.domains.customers.contracts import ComputedValue, CustomerTrait


@dataclass(frozen=True, kw_only=True)
class TraitLine:
    """A trait as a line of the page."""

    name: str
    value: str
    source: str
    since: datetime


def trait_lines(traits: Iterable[CustomerTrait]) -> list[TraitLine]:
    """Write traits in words, by name."""
    return [
        TraitLine(
            name=each.name.replace("_", " "), value=_written(each.value), source=each.source, since=each.occurred_at
        )
        for each in traits
    ]


def linked(parts: Sequence[tuple[str, str]]) -> str:
    """Write the part of an address behind the question mark."""
    return f"?{urlencode(parts)}"


def linked_page(name: str, parts: dict[str, str]) -> str:
    """Give the address of a page that a panel names: what its path takes stands there, anything else behind it."""
    try:
        return reverse(name, kwargs=parts)
    except NoReverseMatch:
        return reverse(name) + linked(list(parts.items()))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(_written(each) for each in value.values() if each not in (None, ""))
    if isinstance(value, list):
        return ", ".join(map(_written, value))
    return str(value)


def computed_text(value: ComputedValue | None) -> str:
    """Write the value of a computed trait, a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, datetime):
        return date_format(localtime(value), "j M Y H:i")
    return number_format(value, use_l10n=True, force_grouping=True) if isinstance(value, int | Decimal) else value
