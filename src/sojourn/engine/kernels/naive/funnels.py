"""The funnels' slow, obvious twins: every choice of events is tried; used by tests only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations

from sojourn.engine.kernels.funnels.asked import Exclusion, Order
from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.words import Slice

JOKER = -1  # a code that every step takes and no exclusion names

Seen = tuple[int, int, int]  # instant, code, place in the slice


@dataclass(frozen=True)
class Asked:
    """A funnel as its definition reads; `FunnelDetailFold` has the same parameters."""

    steps: Sequence[Collection[int]]
    window_us: int
    since_us: int = FIRST_INSTANT
    until_us: int = LAST_INSTANT
    order: Order = Order.ORDERED
    exclusions: Collection[Exclusion] = ()
    hidden: Collection[int] = ()

    def is_valid(self, history: Sequence[Seen], picks: Sequence[int]) -> bool:
        """Say whether some events, in order, are a chain (or, in any order, a set)."""
        first, last = history[picks[0]][0], history[picks[-1]][0]
        if not self.since_us <= first < self.until_us or last - first > self.window_us:
            return False
        codes = [history[pick][1] for pick in picks]
        if self.order is Order.ANY:
            return _fills(codes, self.steps) and not any(
                history[i][1] in each.codes for each in self.exclusions for i in range(picks[0] + 1, picks[-1])
            )
        if not all(code in self.steps[k] for k, code in enumerate(codes)):
            return False
        if self.order is Order.STRICT and list(picks) != list(range(picks[0], picks[-1] + 1)):
            return False
        return not any(self._breaks(each, history, picks) for each in self.exclusions)

    def _breaks(self, exclusion: Exclusion, history: Sequence[Seen], picks: Sequence[int]) -> bool:
        before = len(self.steps) - 1 if exclusion.before is None else exclusion.before
        if len(picks) <= exclusion.after + 1:
            return False
        # between the two steps, or to where the chain ends when it has not come so far
        after, end = picks[exclusion.after], picks[before] if len(picks) > before else picks[-1] + 1
        return any(history[i][1] in exclusion.codes for i in range(after + 1, end))

    def passed(self, history: Sequence[Seen]) -> list[Seen]:
        """Take out what a strict funnel passes over."""
        if self.order is not Order.STRICT:
            return list(history)
        named = {code for step in self.steps for code in step} | {c for each in self.exclusions for c in each.codes}
        return [each for each in history if each[1] in named or each[1] not in self.hidden]


def _fills(codes: Sequence[int], steps: Sequence[Collection[int]]) -> bool:
    return any(
        all(code in steps[step] for code, step in zip(codes, chosen, strict=True))
        for chosen in permutations(range(len(steps)), len(codes))
    )


def by_customer(asked: Asked, history: Sequence[Seen]) -> list[tuple[Seen, ...]]:
    """Give the customer's chain: of the longest the one that ends first, each earlier event as late as it can be."""
    history = asked.passed(history)
    for length in range(min(len(asked.steps), len(history)), 0, -1):
        valid = [picks for picks in combinations(range(len(history)), length) if asked.is_valid(history, picks)]
        if valid:
            return [tuple(history[pick] for pick in _best(valid))]
    return []


def by_entry(asked: Asked, history: Sequence[Seen]) -> list[tuple[Seen, ...]]:
    """Give the customer's entries: each the longest chain from where it begins, one running at a time."""
    history, place = asked.passed(history), 0
    entries: list[tuple[Seen, ...]] = []
    while place < len(history):
        if not asked.is_valid(history, [place]):
            place += 1
            continue
        best: tuple[int, ...] = (place,)
        longest, after = 1, place + 1
        while longest < len(asked.steps):
            if after == len(history) or history[after][0] - history[place][0] > asked.window_us:
                break
            after += 1
            valid = list(_from(asked, history, place, after))
            if (grown := max(map(len, valid))) > longest:
                longest, best = grown, _best([picks for picks in valid if len(picks) == grown])
                is_used = True
            else:
                is_used = False
            if not any(_can_go_on(asked, history, picks, after) for picks in valid):
                after -= 0 if is_used or longest == len(asked.steps) else 1  # what ended it may begin the next
                break
        entries.append(tuple(history[pick] for pick in best))
        place = after
    return entries


def _from(asked: Asked, history: Sequence[Seen], place: int, end: int) -> Iterator[tuple[int, ...]]:
    for length in range(len(asked.steps)):
        for rest in combinations(range(place + 1, end), length):
            if asked.is_valid(history, (place, *rest)):
                yield (place, *rest)


def _best(valid: list[tuple[int, ...]]) -> tuple[int, ...]:
    first_end = min(picks[-1] for picks in valid)
    return max((picks for picks in valid if picks[-1] == first_end), key=lambda picks: picks[::-1])


def _can_go_on(asked: Asked, history: Sequence[Seen], picks: tuple[int, ...], end: int) -> bool:
    """Say whether a chain would be longer if the event after the first `end` ones were the best there can be."""
    if len(picks) == len(asked.steps):
        return False
    if asked.order is Order.ANY:
        return not any(history[i][1] in each.codes for each in asked.exclusions for i in range(picks[0] + 1, end))
    joker = replace(asked, steps=[{*step, JOKER} for step in asked.steps])
    return joker.is_valid([*history[:end], (history[end - 1][0], JOKER, -1)], (*picks, end))


def histories(slices: Iterable[Slice]) -> Iterator[list[Seen]]:
    """Give each kept customer's kept events in order, with their places."""
    for each in slices:
        for customer in range(each.customers):
            if each.customer_keep is not None and not each.customer_keep[customer]:
                continue
            yield [
                (int(each.at[i]), int(each.event[i]), i)
                for i in range(int(each.offset[customer]), int(each.offset[customer + 1]))
                if each.keep is None or each.keep[i]
            ]
