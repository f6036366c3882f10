"""pm4py, over a DataFrame formatted for it beforehand; runs in its own environment."""

from __future__ import annotations

import sys
from heapq import nlargest
from operator import itemgetter
from pathlib import Path
from typing import Any

import pm4py
import pyarrow as pa

from tools.peers.serving import Ways, serve


def ways(folder: Path) -> Ways:
    """Give pm4py's functions."""
    frame = pa.ipc.open_file(str(folder / "log.arrow")).read_all().to_pandas()
    frame["t"] = frame["t"].astype("datetime64[us, UTC]")
    # letters: of names in figures alone it makes dates
    frame["customer"] = "c" + frame["customer"].astype(str).str.zfill(9)
    frame["event"] = "e" + frame["event"].astype(str)
    log = pm4py.format_dataframe(frame, case_id="customer", activity_key="event", timestamp_key="t")

    def ends() -> Any:
        return pm4py.get_start_activities(log), pm4py.get_end_activities(log)

    def top() -> Any:
        return nlargest(20, pm4py.get_variants(log).items(), key=itemgetter(1))

    return {
        "edges": {"discover_dfg": lambda: pm4py.discover_dfg(log)},
        "times of edges": {"discover_performance_dfg": lambda: pm4py.discover_performance_dfg(log)},
        "starts and ends": {"get_start_activities, get_end_activities": ends},
        "20 commonest variants": {"get_variants": top},
        "all variants": {"get_variants": lambda: pm4py.get_variants(log)},
    }


def rows(question: str, answer: Any) -> Any:
    """Lay an answer out."""
    if question == "edges":
        edges, starts, ends = answer
        pairs = [[edge(a, b), count] for (a, b), count in edges.items()]
        return [*pairs, *_counted(-1, starts), *_counted(-2, ends)]
    if question == "times of edges":
        edges, _, _ = answer
        return [[edge(a, b), one["mean"], one["median"]] for (a, b), one in edges.items()]
    if question == "starts and ends":
        return [*_counted(-1, answer[0]), *_counted(-2, answer[1])]
    if question == "20 commonest variants":
        return [sorted(count for _, count in answer)]
    return [[count, *(int(name[1:]) for name in way)] for way, count in answer.items()]


def edge(source: str, target: str) -> int:
    """Number an edge."""
    return int(source[1:]) * 64 + int(target[1:])


def _counted(side: int, counts: dict[str, int]) -> list[list[int]]:
    return [[side, int(name[1:]), count] for name, count in counts.items()]


if __name__ == "__main__":
    serve(pm4py.__version__, lambda _told: ways(Path(sys.argv[1])), rows)
