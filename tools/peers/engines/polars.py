"""Polars, over a frame in memory that is known to be sorted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from tools.peers.questions import QUESTIONS
from tools.peers.serving import Ways, serve


def ways(folder: Path) -> Ways:
    """Give the ways of every question."""
    frame = pl.from_arrow(pa.ipc.open_file(str(folder / "log.arrow")).read_all())
    assert isinstance(frame, pl.DataFrame)
    frame = frame.with_columns(pl.col("customer").set_sorted(), pl.col("row").set_sorted()).rechunk()
    return {name: question.polars(frame.lazy()) for name, question in QUESTIONS.items()}


def rows(_question: str, answer: Any) -> Any:
    """Lay an answer out."""
    return answer.rows() if isinstance(answer, pl.DataFrame) else answer


if __name__ == "__main__":
    serve(pl.__version__, lambda _told: ways(Path(sys.argv[1])), rows)
