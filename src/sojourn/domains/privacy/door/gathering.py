"""Accounts, households or companies in the place of their customers, as one question sees them.

A group's events are those of everybody who belongs to it at any time in a span: a journey is never cut in two where
somebody joins, as that would invent an abandonment. A group of which a member has hidden events among those asked about
is left out, rather than shown with a step missing. Who belongs to none in the span counts alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from django.conf import settings

from sojourn.domains.privacy.contracts import EventFilter, Groups
from sojourn.domains.privacy.door.masks import FIRST, LAST, Counted, kept_events
from sojourn.domains.privacy.door.sight import Seen, Sight, frozen_filter
from sojourn.domains.privacy.door.together import linked
from sojourn.engine.kernels.words import Flags, Int64s, Slice
from sojourn.engine.timeline.gathering import gathered
from sojourn.engine.timeline.lookup import holders
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period


@dataclass(frozen=True)
class Together(Seen):
    """The timeline under the masks of one question, groups in the place of their customers."""

    per: str = ""
    groups: int = 0
    alone: int = 0  # customers who are in none
    groups_left_out: int = 0


@dataclass(frozen=True)
class _Flags:
    """What a question sees of a part's customers."""

    is_seen: Flags
    is_left_out: Flags
    has: Flags  # one of the events that the question asks customers to have


@dataclass(frozen=True)
class _Members:
    """Who belongs to which group: one entry for each customer of a part and group, and their flags."""

    place: Int64s
    customer: Int64s
    group: Int64s
    is_seen: Flags
    is_left_out: Flags
    has: Flags

    def only(self, chosen: Flags) -> _Members:
        """Keep some entries."""
        return _Members(*(each[chosen] for each in vars(self).values()))


def together(looking: Sight, period: Period, events: EventFilter, groups: Groups, span: Period) -> Together:
    """See the groups in force at any time in a span; raise InvalidError as `Sight.seen` does, and for a path pattern.

    Where the filter asks for customers who have some event, a group has what any of its customers has.
    """
    if events.having_pattern:
        raise InvalidError("having_pattern: it chooses single customers; leave it out, or ask per customer.")
    question = ("together", period, frozen_filter(events), groups.kind, groups.version, span)
    found = looking.kept(question, lambda: _together(looking, period, events, groups, span))
    assert isinstance(found, Together)
    return found


def _together(looking: Sight, period: Period, events: EventFilter, groups: Groups, span: Period) -> Together:
    seen = looking.unnamed(period, replace(events, having=()), whole=True)
    flags = _flags(looking, seen, period, events)
    every = [_members(looking, place, flags[place], groups, span) for place in range(len(flags))]
    asked = np.unique(_joined(each.only(each.has) for each in every).group)
    parts = [each.only(np.isin(each.group, asked)) for each in every]
    hidden = np.unique(_joined(each.only(each.is_left_out) for each in parts).group)
    shown = [each.only(each.is_seen & ~np.isin(each.group, hidden)) for each in parts]
    members = _joined(shown)
    alone = [_alone(one, each) for one, each in zip(flags, every, strict=True)]
    counted = [_counted(*each) for each in zip(seen.slices, flags, alone, parts, shown, strict=True)]
    gathering = gathered(
        seen.slices,
        customer=members.customer,
        group=members.group,
        cluster=linked(members.customer, members.group),
        threads=settings.SOJOURN.kernel_threads,
    )
    show = looking.shower(events.abstraction)
    return Together(
        slices=(*(show(_only(*each)) for each in zip(seen.slices, flags, alone, strict=True)), show(gathering)),
        counted=sum(counted, Counted()),
        per=groups.kind,
        groups=gathering.customers,
        alone=sum(int((one.is_seen & each).sum()) for one, each in zip(flags, alone, strict=True)),
        groups_left_out=len(hidden),
    )


NO_NUMBERS: Int64s = np.zeros(0, np.int64)
NO_FLAGS: Flags = np.zeros(0, np.bool_)
NOBODY = _Members(NO_NUMBERS, NO_NUMBERS, NO_NUMBERS, NO_FLAGS, NO_FLAGS, NO_FLAGS)


def _flags(looking: Sight, seen: Seen, period: Period, events: EventFilter) -> list[_Flags]:
    """Say of each part's customers what the question sees of them; who refuses has what they would be shown to have."""
    is_seen, is_left_out = _kept(seen), _left_out(seen)
    has = [np.ones(len(each), np.bool_) for each in is_seen]
    if events.having:
        asked = looking.unnamed(period, replace(events, names=events.having, having=()), whole=False)
        refused = [
            np.zeros(len(part), np.bool_) if not len(now) else now == 0
            for part, (now, _) in zip(is_seen, looking.words_now(), strict=True)
        ]
        has = [
            kept | (left_out & no) for kept, left_out, no in zip(_kept(asked), _left_out(asked), refused, strict=True)
        ]
    return [_Flags(*each) for each in zip(is_seen, is_left_out, has, strict=True)]


def _kept(seen: Seen) -> list[Flags]:
    return [
        np.ones(each.customers, np.bool_) if each.customer_keep is None else each.customer_keep != 0
        for each in seen.slices
    ]


def _left_out(seen: Seen) -> list[Flags]:
    return [
        flags != 0 if len(flags) else np.zeros(each.customers, np.bool_)
        for each, flags in zip(seen.slices, seen.left_out, strict=True)
    ]


def _members(looking: Sight, place: int, flags: _Flags, groups: Groups, span: Period) -> _Members:
    """List who of a part belongs to which group at any time in a span, each pair once."""
    part = looking.timeline.parts[place]
    since, until = (
        (FIRST if span.since_us is None else span.since_us),
        (LAST if span.until_us is None else span.until_us),
    )
    inside = (groups.since_us < until) & (groups.until_us > since)
    asked, entry = np.unique(groups.person[inside], return_inverse=True)
    person, customer = holders(part, asked)
    at = np.full(len(asked), -1, np.int64)
    at[np.searchsorted(asked, person)] = np.searchsorted(part.customer, customer)
    pairs = np.stack([at[entry], groups.group[inside]], axis=1)
    who, group = np.unique(pairs[pairs[:, 0] >= 0], axis=0).T
    return _Members(who, part.customer[who], group, flags.is_seen[who], flags.is_left_out[who], flags.has[who])


def _joined(parts: Iterable[_Members]) -> _Members:
    return _Members(*map(np.concatenate, zip(*(vars(each).values() for each in (*parts, NOBODY)), strict=True)))


def _alone(flags: _Flags, members: _Members) -> Flags:
    """Say which customers of a part are in no group, as far as the question is about them."""
    alone = flags.has.copy()
    alone[members.place] = False
    return alone


def _only(events: Slice, flags: _Flags, chosen: Flags) -> Slice:
    return replace(events, customer_keep=(flags.is_seen & chosen).astype(np.uint8))


def _counted(events: Slice, flags: _Flags, alone: Flags, members: _Members, shown: _Members) -> Counted:
    """Count a part's customers who are shown, alone or in a group, and those who are asked about and not."""
    counts, asked = flags.is_seen & alone, (flags.is_seen | flags.is_left_out) & alone
    counts[shown.place] = True
    asked[members.place[members.is_seen | members.is_left_out]] = True
    customers = int(counts.sum())
    return Counted(customers=customers, events=kept_events(events, counts), left_out=int(asked.sum()) - customers)
