"""Alternating rounds of all engines' ways to one answer."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from tools.peers.words import Question
from tools.peers.workers import Answer, Worker

FAR = 1.5  # a way that takes so many times its engine's quickest is not measured in rounds
SLOW_S = 10.0  # a way that takes longer gets a third of the rounds


class Timing(NamedTuple):
    """Medians of some rounds, in milliseconds."""

    cpu: float
    wall: float
    rounds: int


Timings = dict[str, dict[str, Timing]]  # by engine and way


def measured(workers: Sequence[Worker], question: Question, rounds: int) -> Timings:
    """Measure the ways to one question; raise SystemExit when two answers differ.

    Each way runs once to warm up, for its answer, and once more; then those near their engine's quickest take turns.
    """
    ways = [(worker, way) for worker in workers for way in worker.ways.get(question.name, ())]
    expected = None
    for worker, way in ways:
        found = question.form(worker.run(question.name, way).rows)
        expected = found if expected is None else expected
        if not question.same(expected, found):
            raise SystemExit(f"{worker.engine} ({way}) answers {question.name} differently{_where(expected, found)}")
    first = {(worker.engine, way): worker.run(question.name, way) for worker, way in ways}
    spent = {key: [answer] for key, answer in first.items()} if rounds == 1 else {key: [] for key in first}
    for turn in range(rounds if rounds > 1 else 0):
        for worker, way in ways:
            mine = first[worker.engine, way]
            quickest = min(answer.cpu for (engine, _), answer in first.items() if engine == worker.engine)
            if mine.cpu <= FAR * quickest and (mine.wall <= SLOW_S or turn < max(rounds // 3, 1)):
                spent[worker.engine, way].append(worker.run(question.name, way))
    timings: Timings = {engine: {} for engine, _ in spent}
    for (engine, way), answers in spent.items():
        timings[engine][way] = _timed(answers or [first[engine, way]])
    return timings


def _timed(answers: list[Answer]) -> Timing:
    cpu, wall = (median(column) * 1_000 for column in zip(*(each[:2] for each in answers), strict=True))
    return Timing(cpu, wall, len(answers))


def _where(one: list[list[float]], other: list[list[float]]) -> str:
    rows = [f": {mine} and {theirs}" for mine, theirs in zip(one, other, strict=False) if mine != theirs]
    return f", {len(one)} rows and {len(other)}{rows[0] if rows else ''}"


def cell(ways: dict[str, Timing], rounds: int, digits: int = 0) -> str:
    """Write an engine's quickest way, and what the others took."""

    def told(way: str) -> str:
        return f"{ways[way].cpu:,.{digits}f} ({ways[way].wall:,.{digits}f})"

    best, *others = sorted(ways, key=lambda way: ways[way].cpu)
    rest = "".join(f"; {way} {told(way)}" for way in others)
    fewer = f", {ways[best].rounds} of {rounds} rounds" if ways[best].rounds < rounds else ""
    return f"{told(best)}, {best}{fewer}{rest}"


def least(ways: dict[str, Timing]) -> float:
    """Give the CPU time of the quickest way."""
    return min(each.cpu for each in ways.values())
