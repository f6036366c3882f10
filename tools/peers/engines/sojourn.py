"""Sojourn's kernels, on one thread and on two."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sojourn
from sojourn.engine.kernels import running, warming
from sojourn.engine.kernels.words import AnyFold, Slice
from tools.peers import miners, questions
from tools.peers.events import loaded
from tools.peers.serving import Run, Ways, serve

ASKED = questions.QUESTIONS | miners.QUESTIONS


def ways(events: Slice) -> Ways:
    """Give the ways of every question."""
    warming.warm()
    return {name: _ways(question.fold(), events) for name, question in ASKED.items()}


def _ways(fold: AnyFold, events: Slice) -> Mapping[str, Run]:
    return {
        "1 thread": lambda: running.run(fold, [events], 1),
        "2 threads": lambda: running.run(fold, [events], 2),
    }


def rows(question: str, answer: Any) -> Any:
    """Lay an answer out."""
    return [[_plain(cell) for cell in row] for row in ASKED[question].rows(answer)]


def _plain(cell: Any) -> Any:
    return cell.item() if hasattr(cell, "item") else cell


if __name__ == "__main__":
    given = loaded(Path(sys.argv[1]), mapped="mapped" in sys.argv)
    serve(sojourn.__version__, lambda _told: ways(given), rows)
