"""The slow, obvious twin of `cases`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from sojourn.engine.kernels.lens import FIRST_INSTANT, LAST_INSTANT
from sojourn.engine.kernels.words import NO_CODE, Slice


class Happened(NamedTuple):
    """An event with the channel that it says."""

    at: int
    code: int
    channel: int


@dataclass(frozen=True)
class Case:
    """One customer's run of a journey; `ending` is None while it is open."""

    events: list[Happened]
    ending: int | None
    is_abandoned: bool

    @property
    def lasted(self) -> int:
        return self.events[-1].at - self.events[0].at

    @property
    def repeated(self) -> list[int]:
        """Places of the events whose code came before in the case."""
        codes = [each.code for each in self.events]
        return [place for place, code in enumerate(codes) if code in codes[:place]]

    @property
    def ways_back(self) -> list[tuple[int, int, bool]]:
        """Steps back to what came before, and whether they end an a b a b."""
        codes = [each.code for each in self.events]
        return [
            (
                codes[place - 1],
                codes[place],
                place >= 3 and codes[place - 3 : place - 1] == codes[place - 1 : place + 1],
            )
            for place in self.repeated
            if codes[place - 1] != codes[place]
        ]

    @property
    def handoffs(self) -> list[tuple[int, int]]:
        """Changes of channel, passing over events that say none."""
        said = [each.channel for each in self.events if each.channel != NO_CODE]
        return [(a, b) for a, b in pairwise(said) if a != b]

    def early(self, landmark_us: int) -> Case:
        """Give what happened up to a landmark after the start."""
        return replace(self, events=[each for each in self.events if each.at - self.events[0].at <= landmark_us])

    def ran(self, window_us: int, idle_us: int) -> int:
        """Say how long the case ran: to its end, or until it was given up."""
        return min(window_us, self.lasted + idle_us) if self.is_abandoned else self.lasted

    def stays(self, stages: Sequence[Collection[int]]) -> dict[int, list[tuple[int, int, bool]]]:
        """Give each stage's visits: how long it took, how long of it was waiting, and whether it was left."""
        found: dict[int, list[tuple[int, int, bool]]] = {}
        entered: list[tuple[int, int]] = []  # stage, place
        inner = self.events if self.is_abandoned else self.events[:-1]
        for place, event in enumerate(inner):
            to = [number for number, codes in enumerate(stages) if event.code in codes]
            if to and (not entered or entered[-1][0] != to[0]):
                entered.append((to[0], place))
        for nth, (stage, place) in enumerate(entered):
            is_last = nth == len(entered) - 1
            leave = len(self.events) - 1 if is_last else entered[nth + 1][1]
            left = not (is_last and self.is_abandoned)
            took = self.events[leave].at - self.events[place].at
            waited = self.events[leave].at - self.events[leave - 1].at
            found.setdefault(stage, []).append((took, waited, left))
        return found


def cases(
    slices: Sequence[Slice],
    shown: Collection[int],
    start: int,
    endings: Sequence[Collection[int]],
    window_us: int,
    as_of_us: int,
    idle_us: int = LAST_INSTANT,
    since_us: int = FIRST_INSTANT,
    until_us: int = LAST_INSTANT,
    across: str = "channel",
) -> list[list[Case]]:
    """Give each customer's cases begun in the period; endings are completed, abandoned (no event) and outcomes."""
    known = {start, *shown, *(code for codes in endings for code in codes)}
    answer = []
    for history in _histories(slices, across):
        mine: list[Case] = []
        rest = [each for each in history if each.code in known]
        while rest:
            if rest[0].code != start:
                rest = rest[1:]
                continue
            run, ending = [rest[0]], 1
            for event in rest[1:]:
                if event.at - run[0].at > window_us or event.at - run[-1].at > idle_us:
                    break
                run.append(event)
                means = [number for number, codes in enumerate(endings) if event.code in codes]
                if means:
                    ending = means[0]
                    break
            rest = rest[len(run) :]
            is_open = run[0].at + window_us >= as_of_us
            if since_us <= run[0].at < until_us:
                mine.append(Case(run, None if is_open else ending, ending == 1))
        answer.append(mine)
    return answer


def _histories(slices: Sequence[Slice], across: str) -> Iterator[list[Happened]]:
    for events in slices:
        for place in range(events.customers):
            if events.customer_keep is None or events.customer_keep[place]:
                yield [
                    Happened(int(events.at[i]), int(events.event[i]), int(events.dimensions[across][i]))
                    for i in range(int(events.offset[place]), int(events.offset[place + 1]))
                    if events.keep is None or events.keep[i]
                ]
