"""Lists of customers: who fits, in which order, a page of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers import rules
from sojourn.domains.customers.accounts import stages
from sojourn.domains.customers.computing import Column, column
from sojourn.domains.customers.contracts import PeopleAsked, PersonLine, TraitRule
from sojourn.domains.customers.models import TraitRow
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.kernels.computed import Spans, SpansFold
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.errors import NotFoundError
from sojourn.kit.ids import short
from sojourn.kit.period import instant

FRONT: Final = 10_000  # rows that are found without sorting all; further down, and for a file, all are sorted once
Keys = tuple[Int64s, Int64s, Flags]  # number, value, whether there is none: the last counts first


@dataclass(frozen=True)
class Listed:
    """Everybody whom a list holds, in its order, and the columns it shows."""

    spans: Spans
    places: Int64s  # in `spans`, of those who fit
    keys: Keys
    columns: tuple[Column, ...]
    coverage: Coverage

    @property
    def total(self) -> int:
        """Say how many fit."""
        return len(self.places)

    @cached_property
    def order(self) -> Int64s:
        """The places of all, in order; a page needs the first of them only."""
        return self.places[np.lexsort(self.keys)]

    def rows(self, begin: int, end: int) -> tuple[PersonLine, ...]:
        """Give some of them."""
        places = self.order[begin:end] if end > FRONT else self.places[first(self.keys, end)[begin:]]
        customers = self.spans.customer[places]
        shown = [(each.rule.slug, each.values(customers)) for each in self.columns]
        return tuple(
            PersonLine(
                customer=customer,
                token=short(customer),
                events=int(self.spans.events[place]),
                first_at=instant(int(self.spans.first[place])),
                last_at=instant(int(self.spans.last[place])),
                traits={slug: value for slug, values in shown if (value := values[at]) is not None},
            )
            for at, (place, customer) in enumerate(zip(places.tolist(), customers.tolist(), strict=True))
        )


def listed(asked: PeopleAsked, *, viewer: Viewer, now: datetime) -> Listed:
    """Choose and order customers; raise InvalidError, and NotFoundError for a computed trait that is not there."""
    answer = privacy.ask(
        fold_for=lambda codes: SpansFold(),
        period=asked.period,
        events=asked.events,
        purpose=asked.purpose,
        viewer=viewer,
        key=("customers.spans",),
    )
    spans = answer.value
    made: dict[str, Column] = {}

    def computed(slug: str) -> Column:
        if slug not in made:
            made[slug] = column(trait_rule(slug), purpose=asked.purpose, viewer=viewer, now=now)
        return made[slug]

    fits = np.ones(len(spans.customer), np.bool_)
    for each in asked.conditions:
        fits &= computed(each.trait).fits(spans.customer, each)
    for told in asked.known:
        fits &= np.isin(spans.customer, identity.customers_with(told.trait, told.value))
    if asked.state is not None:
        fits &= stages.in_state(spans.customer, asked.state, batch=answer.coverage.batch)
    if asked.holds:
        fits &= np.isin(spans.customer, stages.holders_of(asked.holds))
    if asked.belongs_to is not None:
        fits &= np.isin(spans.customer, stages.members_of(asked.belongs_to))
    places = np.flatnonzero(fits)
    keys = _keys(asked, spans, places, computed(asked.sort) if asked.sort not in rules.SORTS else None)
    return Listed(spans, places, keys, tuple(computed(slug) for slug in asked.traits), answer.coverage)


def first(keys: Keys, count: int) -> Int64s:
    """Give the first positions in order of keys, as `np.lexsort(keys)[:count]`; O(n) where few share the last value."""
    numbers, value, lacks = keys
    front = np.flatnonzero(~lacks)
    if count < len(front):
        worst = np.partition(value[front], count - 1)[count - 1]
        front = front[value[front] <= worst]
    else:
        front = np.arange(len(value))
    found: Int64s = front[np.lexsort((numbers[front], value[front], lacks[front]))[:count]]
    return found


def trait_rule(slug: str) -> TraitRule:
    """Give a computed trait; raise NotFoundError."""
    row = TraitRow.objects.filter(slug=slug).first()
    if row is None:
        raise NotFoundError("There is no such computed trait.")
    return row.contract()


def is_too_few(count: int) -> bool:
    """Say whether a list is so short that it would point at somebody."""
    return 0 < count < settings.SOJOURN.k_floor


def _keys(asked: PeopleAsked, spans: Spans, places: Int64s, by: Column | None) -> Keys:
    """Say what places are ordered by; who has no value stands last in both directions, equals stand by their number."""
    if by is None:
        value = {"last_at": spans.last, "first_at": spans.first, "events": spans.events}[asked.sort][places]
        lacks = np.zeros(len(places), np.bool_)
    else:
        value, has = by.order(spans.customer[places])
        lacks = ~has
    return spans.customer[places], value if asked.ascending else -value, lacks


def trait_rules() -> tuple[TraitRule, ...]:
    """List the computed traits, by name."""
    return tuple(row.contract() for row in TraitRow.objects.order_by("name", "slug"))
