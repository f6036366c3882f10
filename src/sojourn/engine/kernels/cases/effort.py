"""What customers did in their cases: events, repeats, ways back, and changes of channel."""

from __future__ import annotations

from typing import Any

import numpy as np

from sojourn.engine.kernels.compiling import compiled
from sojourn.engine.kernels.words import Bytes, Codes, Int64s, UInt16s

# Columns of the table of steps; `CASES` to `AGAIN_CUSTOMERS` are the sums by customer of the share that comes again.
TIMES, EXTRA, AT_ONCE, PING, AGAIN_CUSTOMERS, CUSTOMERS, CASES, AGAIN, NN, KK, NK = range(11)
_IN_CASE, _CASE, _CUSTOMER, _N, _K = range(11, 16)
STEP_COLUMNS = 16
# Columns of the tables of pairs: ways back from step to step, and hand-offs from channel to channel.
PAIR_TIMES, PAIR_CASES, PAIR_CUSTOMERS, PAIR_PING, _PAIR_CASE, _PAIR_CUSTOMER = range(6)
PAIR_COLUMNS = 8  # a row is one line of the cache


def steps_table(steps: int) -> Int64s:
    """Make a table for so many steps."""
    return np.zeros((steps, STEP_COLUMNS), np.int64)


def pairs_table(places: int) -> Int64s:
    """Make a table for the pairs of so many places."""
    return np.zeros((places * places, PAIR_COLUMNS), np.int64)


def forget(steps: Int64s, *pairs: Int64s) -> None:
    """Forget which case and customer were counted last: in another slice they are numbered anew."""
    steps[:, _CASE] = steps[:, _CUSTOMER] = -1
    for table in pairs:
        table[:, _PAIR_CASE] = table[:, _PAIR_CUSTOMER] = -1


@compiled
def effort(
    at: Int64s, event: Codes, keep: Bytes, channel: UInt16s, place: UInt16s, shown: UInt16s,
    who: Int64s, first: Int64s, last: Int64s, counted: Bytes, landmark: int,
    size: Int64s, repeats: Int64s, hands: Int64s, soon: Int64s, steps: Int64s, ways: Int64s, passes: Int64s,
) -> None:  # fmt: skip
    """Count each counted case's events, repeats and hand-offs, and add them to the tables.

    `place` numbers the events, `shown` the channels of the table. An event that says no channel is passed over by
    hand-offs. `soon`, shape (cases, 2), counts the repeats and hand-offs up to the landmark after the start.
    """
    masked, crossing = len(keep) > 0, len(channel) > 0
    kinds, channels = len(steps), int(np.sqrt(len(passes)) + 0.5)
    for case in range(len(who)):
        if counted[case] == 0:
            continue
        before: Any = np.int64(-1)
        second: Any = np.int64(-1)
        third: Any = np.int64(-1)
        at_channel: Any = np.int64(-1)
        for i in range(first[case], last[case] + 1):
            if place[event[i]] == 65_535 or (masked and keep[i] == 0):
                continue
            step = np.int64(place[event[i]])
            is_soon = at[i] - at[first[case]] <= landmark
            size[case] += 1
            if _is_repeat(steps[step], case, who[case], step == before):
                repeats[case] += 1
                soon[case, 0] += is_soon
                if step != before:
                    is_ping = step == second and before == third
                    _add_pair(ways[before * kinds + step], case, who[case], is_ping)
                    steps[step, PING] += is_ping
            third, second, before = second, before, step
            if crossing and channel[i] != 65_535:
                if at_channel >= 0 and at_channel != channel[i]:
                    hands[case] += 1
                    soon[case, 1] += is_soon
                    pair = np.int64(shown[at_channel]) * channels + np.int64(shown[channel[i]])
                    _add_pair(passes[pair], case, who[case], False)
                at_channel = np.int64(channel[i])


@compiled
def _is_repeat(row: Int64s, case: int, customer: int, is_at_once: bool) -> bool:
    """Count an event; the sums by customer grow by what one case more, or one more with a repeat, adds to them."""
    row[TIMES] += 1
    if row[_CUSTOMER] != customer:
        row[_CUSTOMER], row[_N], row[_K] = customer, 0, 0
        row[CUSTOMERS] += 1
    if row[_CASE] != case:
        row[_CASE], row[_IN_CASE] = case, 1
        row[CASES] += 1
        row[NN] += 2 * row[_N] + 1
        row[NK] += row[_K]
        row[_N] += 1
        return False
    row[_IN_CASE] += 1
    row[EXTRA] += 1
    row[AT_ONCE] += is_at_once
    if row[_IN_CASE] == 2:
        row[AGAIN] += 1
        row[AGAIN_CUSTOMERS] += row[_K] == 0
        row[KK] += 2 * row[_K] + 1
        row[NK] += row[_N]
        row[_K] += 1
    return True


@compiled
def _add_pair(row: Int64s, case: int, customer: int, is_ping: bool) -> None:
    row[PAIR_TIMES] += 1
    row[PAIR_PING] += is_ping
    row[PAIR_CASES] += row[_PAIR_CASE] != case
    row[PAIR_CUSTOMERS] += row[_PAIR_CUSTOMER] != customer
    row[_PAIR_CASE], row[_PAIR_CUSTOMER] = case, customer
