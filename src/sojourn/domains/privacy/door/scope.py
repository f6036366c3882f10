"""Where units and all below them stood, by the tree's dates: what a viewer's units and a filter by unit mean."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from sojourn.domains.organisation import queries as organisation
from sojourn.kit.period import micros


@dataclass(frozen=True)
class Stretch:
    """Units whose events count from one instant (microseconds) to another; None is without end."""

    codes: frozenset[str]
    since_us: int | None = None
    until_us: int | None = None


def below(codes: Iterable[str]) -> tuple[Stretch, ...]:
    """Say which units' events belong to some units, and when; the empty text stands for events without a unit."""
    return _below(frozenset(codes), organisation.version(), settings.SOJOURN.time_zone)


def key(codes: Iterable[str] | None) -> Hashable:
    """Give what an answer about some units depends on: it changes when the tree does."""
    return None if codes is None else (frozenset(codes), organisation.version())


@lru_cache(maxsize=256)
def _below(codes: frozenset[str], version: int, zone: str) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(each.codes, _instant(each.since, zone), _instant(each.until, zone))
        for each in organisation.stretches(codes)
    )


def _instant(day: date | None, zone: str) -> int | None:
    return None if day is None else micros(datetime.combine(day, time(), tzinfo=ZoneInfo(zone)))
