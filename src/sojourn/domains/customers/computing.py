"""Computed traits: a fold over the timeline, asked through privacy's door.

Each answer is a full computation over the newest timeline, kept until events, identity or consents change. So late
events, merges, erasures and withdrawals cannot leave a trace of what was: there is no increment that could be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers.contracts import ComputedValue, Condition, How, TraitRule
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, EventFilter, Purpose
from sojourn.engine.kernels.computed import NO_RANK, Computed, ComputedFold
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period, instant

TEN_THOUSANDTHS: Final = 10_000
NOBODY: Final = -1  # a code that no currency has


@dataclass(frozen=True)
class Column:
    """One computed trait of all customers whom a viewer sees."""

    rule: TraitRule
    computed: Computed

    def values(self, customers: Int64s) -> list[ComputedValue | None]:
        """Give the values of customers, None where there is none."""
        low = np.searchsorted(self.computed.customer, customers, side="left")
        high = np.searchsorted(self.computed.customer, customers, side="right")
        return [self._value(int(a), int(b)) if b > a else None for a, b in zip(low, high, strict=True)]

    def order(self, customers: Int64s) -> tuple[Int64s, Flags]:
        """Give numbers that sort customers by the trait, and who has one; raise InvalidError for a list of texts."""
        if self.rule.how is How.UNIQUE:
            raise InvalidError(f"sort: {self.rule.slug} is a list of texts and has no order.")
        place, has = self._places(customers)
        found = np.zeros(len(customers), np.int64)
        found[has] = self.computed.value[place[has]]
        return found, has

    def fits(self, customers: Int64s, wanted: Condition) -> Flags:
        """Say for whom the trait is as wanted; who has none is out. Raise InvalidError for what cannot be compared."""
        if wanted.equals is not None:
            return self._is(customers, wanted.equals)
        if self._tells_texts or self._tells_instants:
            raise InvalidError(f"{self.rule.slug}: numbers only lie between others; say what it equals.")
        scale = TEN_THOUSANDTHS if self.rule.how is How.SUM else 1
        place, has = self._places(customers)
        value = self.computed.value[place[has]]
        if wanted.at_least is not None:
            has[has] = value >= int((wanted.at_least * scale).to_integral_value("ROUND_CEILING"))
            value = self.computed.value[place[has]]
        if wanted.at_most is not None:
            has[has] = value <= int((wanted.at_most * scale).to_integral_value("ROUND_FLOOR"))
        return has

    @property
    def _tells_texts(self) -> bool:
        return bool(self.rule.of) and self.rule.how is not How.UNIQUE_COUNT

    @property
    def _tells_instants(self) -> bool:
        return not self.rule.of and self.rule.how in (How.FIRST, How.LAST)

    def _places(self, customers: Int64s) -> tuple[Int64s, Flags]:
        place = np.searchsorted(self.computed.customer, customers)
        inside = place < len(self.computed.customer)
        has = inside.copy()
        has[inside] = self.computed.customer[place[inside]] == customers[inside]
        return place, has

    def _is(self, customers: Int64s, text: str) -> Flags:
        if not self._tells_texts:
            raise InvalidError(f"{self.rule.slug}: texts only equal one; say between which numbers it lies.")
        if text not in self.computed.texts:
            return np.zeros(len(customers), np.bool_)
        rank = self.computed.texts.index(text)
        found: Flags = np.isin(customers, self.computed.customer[self.computed.value == rank])
        return found

    def _value(self, low: int, high: int) -> ComputedValue:
        found = self.computed.value[low:high].tolist()
        if self.rule.how is How.UNIQUE:
            return tuple(self.computed.texts[rank] for rank in found)
        if self.rule.how is How.SUM:
            return Decimal(found[0]) / TEN_THOUSANDTHS
        if self._tells_instants:
            return instant(found[0])
        return self.computed.texts[found[0]] if self._tells_texts else int(found[0])


def column(rule: TraitRule, *, purpose: Purpose, viewer: Viewer, now: datetime) -> Column:
    """Compute a trait of everybody whom viewer and purpose reach; raise InvalidError for an unknown dimension."""
    answer = privacy.ask(
        fold_for=_fold_for(rule),
        period=window(rule, now=now),
        events=EventFilter(names=rule.events, dimensions=rule.where),
        purpose=purpose,
        viewer=viewer,
        key=("customers.trait", rule.how, rule.of, rule.currency),
        told={"how": rule.how.value, "of": rule.of, "currency": rule.currency},
    )
    return Column(rule, answer.value)


def window(rule: TraitRule, *, now: datetime) -> Period:
    """Give the days that a trait looks at: whole ones of the company's calendar, today being the last."""
    if rule.window_days is None:
        return Period()
    zone = ZoneInfo(settings.SOJOURN.time_zone)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    since = today - timedelta(days=rule.window_days - 1)
    return Period(since=since.replace(tzinfo=zone))


def _fold_for(rule: TraitRule) -> Callable[[Codes], ComputedFold]:
    def made(codes: Codes) -> ComputedFold:
        if rule.how is How.SUM:
            known = codes.currencies
            return ComputedFold(rule.how, currency=known.index(rule.currency) if rule.currency in known else NOBODY)
        if not rule.of:
            return ComputedFold(rule.how)
        if rule.of != "event" and rule.of not in codes.dimensions:
            raise InvalidError(f"of: there is no dimension {rule.of}; there are {', '.join(sorted(codes.dimensions))}.")
        spoken = codes.names if rule.of == "event" else codes.dimensions[rule.of]
        texts = tuple(sorted(filter(None, set(spoken))))
        places = {text: place for place, text in enumerate(texts)}
        rank = np.array([places.get(text, int(NO_RANK)) for text in spoken], np.uint16)
        return ComputedFold(rule.how, of=rule.of, rank=rank, texts=texts)

    return made
