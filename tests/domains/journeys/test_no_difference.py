"""Where nothing differs, nothing is found more often than promised: comparisons of customers with their like.

Customers differ among themselves (each has habits of their own), sides do not. A comparison is false when any of its
steps, paths, times and properties is called more or less; at 5 % for the family one in twenty may be.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sojourn.engine.answers.graphs_apart import graphs_apart
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.running import run
from sojourn.engine.kernels.sides.graph import GraphSidesFold
from sojourn.engine.kernels.sides.traits import TraitSidesFold
from sojourn.engine.kernels.sides.words import A, B
from sojourn.engine.kernels.words import Bytes, Slice
from sojourn.engine.stats.looking import Looks

CUSTOMERS, STEPS, DAYS = 400, 8, 28
DAY_US = 86_400_000_000
VALUES = ("web", "app", "phone", "branch")
Sides = Callable[[np.random.Generator, Slice], tuple[Bytes, Bytes]]


def world(random: np.random.Generator) -> Slice:
    """Make customers with 1 to 12 events each; each has favourite steps, a favourite channel and a pace."""
    size = random.integers(1, 13, CUSTOMERS)
    offset = np.cumsum([0, *size]).astype(np.int64)
    events = int(offset[-1])
    who = np.repeat(np.arange(CUSTOMERS), size)
    habit = random.dirichlet(np.full(STEPS, 0.4), CUSTOMERS).cumsum(axis=1)
    event = (random.random((events, 1)) > habit[who]).sum(axis=1).clip(0, STEPS - 1)
    gaps = np.exp(random.normal(20, 1, CUSTOMERS)[who] + random.normal(0, 1, events))
    begun = random.integers(0, DAYS * DAY_US, CUSTOMERS)
    since = np.concatenate([np.cumsum(gaps[a:b]) for a, b in itertools.pairwise(offset)])
    own = random.integers(0, len(VALUES), CUSTOMERS)
    channel = np.where(random.random(events) < 0.7, own[who], random.integers(0, len(VALUES), events))
    return Slice(
        customer=np.arange(CUSTOMERS),
        offset=offset,
        at=begun[who] + since.astype(np.int64),
        event=event.astype(np.uint16),
        row=np.arange(events),
        dimensions={"channel": channel.astype(np.uint16)},
    )


def apart(random: np.random.Generator, events: Slice) -> tuple[Bytes, Bytes]:
    """Put each customer on one side, three times as many on the one as on the other."""
    side = np.where(random.random(CUSTOMERS) < 0.25, A, B).astype(np.uint8)
    return np.full(len(events.at), A | B, np.uint8), side


def tied(random: np.random.Generator, events: Slice) -> tuple[Bytes, Bytes]:
    """Put each event on one side, as two periods do: customers are on both."""
    return np.where(random.random(len(events.at)) < 0.5, A, B).astype(np.uint8), np.full(CUSTOMERS, A | B, np.uint8)


def has_findings(events: Slice, looks: Looks) -> bool:
    graph = run(GraphSidesFold(lens.every(STEPS)), [events])
    found = run(TraitSidesFold({"channel": VALUES}), [events])["channel"]
    names = [str(code) for code in range(STEPS)]
    return bool(
        graphs_apart(
            [(names[code], row) for code, row in zip(graph.node, graph.step, strict=True)],
            [
                ((names[source], names[target]), edge, pace)
                for source, target, edge, pace in zip(graph.source, graph.target, graph.edge, graph.pace, strict=True)
            ],
            [(("channel", value), row) for value, row in zip(found.value, found.trait, strict=True)],
            looks,
        ).findings
    )


def false_share(rounds: int, sides: Sides, seed: int) -> float:
    """Give the share of comparisons, each looked at once, that find something."""
    random = np.random.default_rng(seed)
    false = 0
    for _ in range(rounds):
        events = world(random)
        keep, chosen = sides(random, events)
        false += has_findings(replace(events, keep=keep, customer_keep=chosen), Looks.ONCE)
    return false / rounds


def false_share_daily(rounds: int, seed: int, looks: Looks = Looks.DAILY, days: int = 12) -> float:
    """Give the share of comparisons that find something at any look while their customers come in."""
    random = np.random.default_rng(seed)
    false = 0
    for _ in range(rounds):
        events = world(random)
        keep, chosen = apart(random, events)
        for day in range(1, days + 1):
            so_far = np.where(np.arange(CUSTOMERS) < CUSTOMERS * day // days, chosen, 0).astype(np.uint8)
            if has_findings(replace(events, keep=keep, customer_keep=so_far), looks):
                false += 1
                break
    return false / rounds


@pytest.mark.parametrize("sides", [apart, tied])
def test_few_comparisons_of_like_with_like_find_something(sides: Sides) -> None:
    assert false_share(250, sides, seed=4) <= 0.085  # 5 % and two and a half standard errors


def test_daily_looks_find_hardly_anything_where_nothing_is() -> None:
    assert false_share_daily(40, seed=4, days=6) <= 0.05


@pytest.mark.bench
@pytest.mark.parametrize("sides", [apart, tied])
def test_2000_comparisons_of_like_with_like_stay_within_their_level(sides: Sides) -> None:
    share = false_share(2_000, sides, seed=9)
    print(f"\nlooked at once, {sides.__name__}: {share:.2%} of 2,000 comparisons find something")
    assert share <= 0.05


@pytest.mark.bench
def test_2000_comparisons_looked_at_daily_stay_within_their_level() -> None:
    share = false_share_daily(2_000, seed=9)
    print(f"\nlooked at 12 times: {share:.2%} of 2,000 comparisons find something")
    assert share <= 0.05
