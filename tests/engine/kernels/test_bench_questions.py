"""What the bench asks has the same answer by kernel, by DuckDB's SQL and by Polars, in every formulation it times."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.peers.engines import duckdb, polars
from tools.peers.events import made, saved
from tools.peers.questions import QUESTIONS
from tools.peers.serving import Ways
from tools.peers.words import Question, Rows

from sojourn.engine.kernels import running
from sojourn.engine.kernels.words import Slice

EVENTS = 30_000


@pytest.fixture(scope="module")
def events() -> Slice:
    return made(EVENTS, seed=11)


@pytest.fixture(scope="module")
def peers(events: Slice, tmp_path_factory: pytest.TempPathFactory) -> list[Ways]:
    folder = Path(tmp_path_factory.mktemp("bench"))
    saved(events, folder)
    told = {name: dict(question.duckdb) for name, question in QUESTIONS.items()}
    return [duckdb.ways(folder, told), polars.ways(folder)]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_every_way_gives_the_kernel_s_answer(question: Question, events: Slice, peers: list[Ways]) -> None:
    def form(answer: object, rows: object) -> Rows:
        return question.form(rows(question.name, answer))  # type: ignore[operator]

    expected = question.form(question.rows(running.run(question.fold(), [events])))
    assert expected
    for ways, rows in zip(peers, (duckdb.rows, polars.rows), strict=True):
        for name, way in ways[question.name].items():
            assert question.same(expected, form(way(), rows)), name
