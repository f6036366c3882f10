"""The customers of Harbour Bank and their devices: arrays, made from the seed alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation import words
from sojourn.engine.simulation.names import FIRST_NAMES, LAST_NAMES
from sojourn.engine.simulation.twice import second_records
from sojourn.engine.simulation.words import DAY

Int64s = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

POPULATION_STREAM = 1  # first word of the random stream, so that no block shares it
NEWCOMERS = 0.12  # share of customers whose account opening falls in the year
OPENED, DECLINED, WITHDRAWN, LEFT = range(4)
FAR = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Population:
    """One entry a customer in each array; `size` customers, numbered from 0.

    `opens_at` is the instant (microseconds) at which a newcomer begins to open an account, -1 for old customers;
    `member_from` is the first instant of ordinary life as a customer (`FAR` for those who never became one).
    """

    size: int
    branch: Int8s  # index of the home branch
    centre: Int8s  # index of the contact centre that takes the calls
    activity: Floats  # cumulative, for weighted choice
    likes: Int8s  # preferred channel
    system: Int8s  # ANDROID or IOS
    browser: Int8s
    lag: Int64s  # microseconds from a release until the customer has it
    opens_at: Int64s
    opening: Int8s  # OPENED, DECLINED, WITHDRAWN or LEFT
    member_from: Int64s
    is_joint: Flags  # holds a joint account with the neighbour (2k with 2k + 1)
    shares_mail: Flags  # has the same mail address as the neighbour
    first_name: npt.NDArray[np.int16]
    last_name: npt.NDArray[np.int16]
    mood: Floats  # lasting part of how satisfied a customer is
    same_as: Int64s  # the customer whose second record this is; itself for nearly all

    def version(self, customer: Int64s, at: Int64s, anchor: int) -> Int8s:
        """Give the app version (index) that each customer has at an instant."""
        has = np.zeros(len(at), dtype=np.int8)
        for days_ago in words.RELEASE_DAYS_AGO:
            has += at >= anchor - days_ago * DAY + self.lag[customer % self.size]
        return has


def make(*, seed: int, size: int, anchor: int) -> Population:
    """Make the customers; the same seed, size and anchor (microseconds) give the same arrays."""
    rng = np.random.default_rng((POPULATION_STREAM, seed, size))
    branch = _branches(rng, size)
    opens_at, opening, member_from = _openings(rng, size, anchor)
    pair = np.arange(size) // 2
    is_joint = (rng.random(size // 2 + 1) < 0.11)[pair]
    shares_mail = is_joint & (rng.random(size // 2 + 1) < 0.5)[pair]
    first_name, last_name = _names(rng, size, is_joint)
    return Population(
        size=size,
        branch=branch,
        centre=(branch >= BRANCH_OF_SOUTH_LINE).astype(np.int8),
        activity=np.cumsum(rng.gamma(1.6, 1.0, size)),
        likes=rng.choice(5, size, p=(0.38, 0.42, 0.09, 0.09, 0.02)).astype(np.int8),
        system=(rng.random(size) < 0.42).astype(np.int8),
        browser=rng.choice(3, size, p=(0.58, 0.28, 0.14)).astype(np.int8),
        lag=(rng.exponential(9.0, size) * DAY).astype(np.int64),
        opens_at=opens_at,
        opening=opening,
        member_from=member_from,
        is_joint=is_joint,
        shares_mail=shares_mail,
        first_name=first_name,
        last_name=last_name,
        mood=rng.normal(0.0, 0.7, size),
        same_as=second_records(seed, size, ~is_joint & (member_from == 0)),
    )


BRANCH_OF_SOUTH_LINE = 13


def _branches(rng: np.random.Generator, size: int) -> Int8s:
    weight = 0.6 + rng.random(words.BRANCHES)
    return rng.choice(words.BRANCHES, size, p=weight / weight.sum()).astype(np.int8)


def _openings(rng: np.random.Generator, size: int, anchor: int) -> tuple[Int64s, Int8s, Int64s]:
    is_new = rng.random(size) < NEWCOMERS
    opens_at = np.where(is_new, anchor - (rng.random(size) * 365 * DAY).astype(np.int64), -1)
    opening = rng.choice(4, size, p=(0.64, 0.09, 0.07, 0.20)).astype(np.int8)
    joined = np.where(opening == OPENED, opens_at + 10 * DAY, FAR)
    return opens_at, opening, np.where(is_new, joined, 0)


def _names(rng: np.random.Generator, size: int, is_joint: Flags) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]]:
    first = rng.integers(0, len(FIRST_NAMES), size).astype(np.int16)
    last = rng.integers(0, len(LAST_NAMES), size).astype(np.int16)
    partner = (np.arange(size) // 2) * 2  # a joint account's second holder has the first one's family name
    return first, np.where(is_joint, last[partner], last).astype(np.int16)
