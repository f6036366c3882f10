"""A funnel's settings in the explorer's address: how it is counted, broken, broken down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from sojourn.domains.customers.contracts import Per
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import FunnelCount, FunnelOptions
from sojourn.domains.privacy.contracts import Vocabulary
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.calendar import CalendarUnit
from sojourn.surfaces.web.counted import ONES, chosen
from sojourn.surfaces.web.filters import label
from sojourn.surfaces.web.questions import Asked

PARAMETERS = ("forder", "fcount", "fper", "fby", "ftrend", "ftime", "fx", "fxe", "fxat")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """An exclusion in words, with the address without it."""

    says: str
    without: str


@dataclass(frozen=True, kw_only=True)
class FunnelSettings:
    """What the address says of the funnel; `exclusions` as `journeys.written_exclusion` reads them."""

    order: Order = Order.ORDERED
    count: FunnelCount = FunnelCount.CUSTOMERS
    per: Per = Per.CUSTOMER
    by: str = ""
    trend: CalendarUnit | None = None
    timed: int = 0  # the step whose times are shown; 0: from the first to the last
    exclusions: tuple[str, ...] = ()

    def own(self) -> tuple[tuple[str, str], ...]:
        """Write the settings as parts of an address, leaving out what is as usual."""
        plain = FunnelSettings()
        pairs = (
            ("forder", self.order if self.order is not plain.order else ""),
            ("fcount", self.count if self.count is not plain.count else ""),
            ("fper", self.per if self.per is not plain.per else ""),
            ("fby", self.by),
            ("ftrend", self.trend or ""),
            ("ftime", str(self.timed) if self.timed else ""),
            *(("fx", each) for each in self.exclusions),
        )
        return tuple((name, str(value)) for name, value in pairs if value)

    def options(self) -> FunnelOptions:
        """Turn the settings into the room's words; raise InvalidError for an exclusion that names no event."""
        return FunnelOptions(
            order=self.order,
            count=self.count,
            exclusions=tuple(journeys.written_exclusion(each) for each in self.exclusions),
            by=self.by or None,
            trend=self.trend,
        )

    def is_by_entry(self) -> bool:
        """Say whether entries are counted, not customers."""
        return self.count is FunnelCount.ENTRIES

    def is_per_customer(self) -> bool:
        """Say whether the customer counts as one, so that customers behind a number can be listed."""
        return self.per is Per.CUSTOMER

    def counted(self) -> str:
        """Name what the numbers count."""
        return _("Entries") if self.is_by_entry() else str(ONES[self.per])

    def broken(self, asked: Asked) -> tuple[Broken, ...]:
        """Give the exclusions with the way to take each back."""
        return tuple(
            Broken(
                says=_said(each),
                without=asked.query(own=replace(self, exclusions=_without(self.exclusions, each)).own()),
            )
            for each in self.exclusions
        )


def settings(asked: Asked) -> FunnelSettings:
    """Read the settings; what means nothing is as usual."""
    said: dict[str, list[str]] = {name: [] for name in PARAMETERS}
    for name, value in asked.own:
        said[name].append(value)
    one = {name: values[0] if values else "" for name, values in said.items()}
    exclusions = [*said["fx"], *([f"{one['fxat']}:{one['fxe']}" if one["fxat"] else one["fxe"]] if one["fxe"] else [])]
    return FunnelSettings(
        order=_of(Order, one["forder"]) or Order.ORDERED,
        count=_of(FunnelCount, one["fcount"]) or FunnelCount.CUSTOMERS,
        per=chosen(one["fper"]),
        by=one["fby"],
        trend=_of(CalendarUnit, one["ftrend"]),
        timed=int(one["ftime"]) if one["ftime"].isascii() and one["ftime"].isdigit() and len(one["ftime"]) < 3 else 0,
        exclusions=tuple(dict.fromkeys(exclusions)),
    )


def dimensions(vocabulary: Vocabulary) -> Mapping[str, str]:
    """Name the dimensions that a funnel can be broken down by."""
    return {name: label(name) for name, terms in vocabulary.dimensions.items() if len(terms) > 1}


def pairs_of(steps: int) -> Iterable[tuple[str, str]]:
    """Give the neighbouring steps between which an exclusion can lie, as written and as said."""
    for step in range(1, steps):
        yield f"{step}-{step + 1}", _("between %(one)s and %(two)s") % {"one": step, "two": step + 1}


def _said(text: str) -> str:
    between, separator, events = text.partition(":")
    ends = between.split("-")
    if not separator or len(ends) != 2 or not all(end.strip().isdigit() for end in ends):
        return _("no %(event)s") % {"event": text.replace("|", _(" or "))}
    return _("no %(event)s between %(one)s and %(two)s") % {
        "event": events.replace("|", _(" or ")),
        "one": ends[0].strip(),
        "two": ends[1].strip(),
    }


def _without(values: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(each for each in values if each != gone)


def _of(kind: type[E], value: str) -> E | None:
    return next((each for each in kind if each == value), None)
