"""What every part of the simulation works with: the bank, one block of time, and its random numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation import words
from sojourn.engine.simulation.ledger import Ledger
from sojourn.engine.simulation.population import Flags, Floats, Int8s, Int64s, Population
from sojourn.engine.simulation.rhythm import BLOCK, BLOCK_DAYS, Boost, Rhythm, office, starts
from sojourn.engine.simulation.truths import DIP_FACTOR, INCIDENTS, Effect, in_dip
from sojourn.engine.simulation.words import BRANCH, DAY, HOUR, MINUTE, PHONE

CASES_PER_BLOCK = 10_000_000
BLOCK_STREAM = 2
CASE_BLOCK_OFFSET = 100  # keeps case numbers positive for blocks before the anchor


@dataclass(slots=True)
class Scene:
    """One block of 28 days: journeys begin in it and may run on past its end."""

    seed: int
    number: int  # of the block; block 0 begins at the anchor
    anchor: int  # microseconds, a midnight
    people: Population
    ledger: Ledger = field(default_factory=Ledger)
    rng: np.random.Generator = field(init=False)
    _cases: int = 0

    def __post_init__(self) -> None:
        words_of_seed = (BLOCK_STREAM, self.seed, self.people.size, self.number + CASE_BLOCK_OFFSET)
        self.rng = np.random.default_rng(words_of_seed)

    @property
    def since(self) -> int:
        """First instant of the block."""
        return self.anchor + self.number * BLOCK

    def starts(self, rhythm: Rhythm, per_year: float, boost: Boost | None = None) -> Int64s:
        """Draw instants at a yearly rate a customer."""
        return starts(self.rng, self.since, rhythm, per_year * self.people.size * BLOCK_DAYS / 365, boost)

    def customers(self, at: Int64s) -> Int64s:
        """Draw a customer for each instant, the active ones more often, nobody before they joined."""
        drawn = self._drawn(len(at))
        for _ in range(8):
            early = np.flatnonzero(self.people.member_from[drawn] > at)
            drawn[early] = self._drawn(len(early))
        still = self.people.member_from[drawn] > at
        drawn[still] = np.argmin(self.people.member_from)  # somebody who has always been here
        return drawn

    def _drawn(self, count: int) -> Int64s:
        total = self.people.activity[-1]
        drawn = np.searchsorted(self.people.activity, self.rng.random(count) * total, side="right")
        return np.asarray(drawn, dtype=np.int64)

    def chance(self, count: int, share: npt.ArrayLike) -> Flags:
        """Toss a coin for each of ``count``."""
        hit: Flags = self.rng.random(count) < np.asarray(share)
        return hit

    def pick(self, count: int, shares: tuple[float, ...]) -> Int8s:
        """Draw one of several outcomes for each of ``count``."""
        return self.rng.choice(len(shares), count, p=shares).astype(np.int8)

    def later(self, after: Int64s, minutes: npt.ArrayLike, spread: float = 0.6) -> Int64s:
        """Give an instant some minutes (median) later."""
        stretch = np.exp(self.rng.normal(0.0, spread, len(after)))
        return after + (np.asarray(minutes) * MINUTE * stretch).astype(np.int64)

    def channel(self, customer: Int64s, shares: tuple[float, ...]) -> Int8s:
        """Draw a channel each: half by the customer's liking, else by the shares."""
        drawn = self.pick(len(customer), shares)
        likes = self.people.likes[customer]
        usable = (np.asarray(shares) > 0)[likes]
        return np.where(self.chance(len(customer), 0.5) & usable, likes, drawn).astype(np.int8)

    def days_later(self, after: Int64s, low: int, high: int) -> Int64s:
        """Give an instant in office hours ``low`` to ``high`` days later."""
        return office(self.rng, after, self.rng.integers(low, high + 1, len(after)))

    def posted(self, after: Int64s, low: int, high: int) -> Int64s:
        """Give the day a letter goes out; in a post strike it goes out in the two days after."""
        at = self.days_later(after, low, high)
        for incident in INCIDENTS:
            if incident.effect is Effect.LETTERS_LATE:
                late = incident.covers(at, self.anchor)
                end = incident.until(self.anchor)
                at = np.where(late, end + 8 * HOUR + (self.rng.random(len(at)) * 2 * DAY).astype(np.int64), at)
        return at

    def unit(self, customer: Int64s, channel: Int8s) -> Int8s:
        """Name the unit that serves a customer on a channel: the home branch, else the contact centre by phone."""
        where = np.where(channel == BRANCH, self.people.branch[customer], words.NO_UNIT)
        return np.where(channel == PHONE, words.BRANCHES + self.people.centre[customer], where).astype(np.int8)

    def agent(self, unit: Int8s) -> npt.NDArray[np.int16]:
        """Draw the agent of a unit, numbered through the whole bank; -1 where there is no unit."""
        draw = self.rng.random(len(unit))
        at_branch = unit.astype(np.int16) * words.AGENTS_PER_BRANCH + (draw * words.AGENTS_PER_BRANCH).astype(np.int16)
        first = words.BRANCHES * words.AGENTS_PER_BRANCH
        at_centre = (
            first
            + (unit.astype(np.int16) - words.BRANCHES) * words.AGENTS_PER_CENTRE
            + (draw * words.AGENTS_PER_CENTRE).astype(np.int16)
        )
        agent = np.where(unit >= words.BRANCHES, at_centre, at_branch)
        return np.where(unit == words.NO_UNIT, -1, agent).astype(np.int16)

    def cases(self, count: int) -> Int64s:
        """Number new cases; no two blocks share a number."""
        first = (self.number + CASE_BLOCK_OFFSET) * CASES_PER_BLOCK + self._cases
        self._cases += count
        return np.arange(first + 1, first + count + 1, dtype=np.int64)

    def level(self, effect: Effect, at: Int64s, channel: npt.ArrayLike, unit: npt.ArrayLike, usual: float) -> Floats:
        """Give the level of an effect at each instant: the incident's where one is on, else the usual one."""
        level = np.full(len(at), usual)
        for each in INCIDENTS:
            if each.effect is effect:
                hit = each.covers(at, self.anchor)
                if each.channels:
                    hit &= np.isin(channel, each.channels)
                if each.unit is not None:
                    hit &= np.asarray(unit) == each.unit
                level[hit] = each.level
        return level

    def boost(self, effect: Effect) -> Boost:
        """Give the factor on volume that incidents of an effect put on hours."""
        return lambda at: self.level(effect, at, (PHONE,), words.NO_UNIT, 1.0)

    def season(self, at: Int64s) -> Floats:
        """Give the factor of the season on new business."""
        return np.where(in_dip(at), DIP_FACTOR, 1.0)
