"""retentioneering, over an event stream made beforehand; runs in its own environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"  # else it tells its makers of each call

import pyarrow as pa
import retentioneering

from tools.peers.serving import Ways, serve


def ways(folder: Path) -> Ways:
    """Give retentioneering's functions."""
    frame = pa.ipc.open_file(str(folder / "log.arrow")).read_all().to_pandas()
    frame["timestamp"] = frame["t"].astype("datetime64[us]")
    frame["user_id"] = "c" + frame["customer"].astype(str).str.zfill(9)
    frame["event"] = "e" + frame["event"].astype(str)
    frame = frame[["user_id", "event", "timestamp"]]
    stream = retentioneering.Eventstream(frame, {"path_cols": ["user_id"]})
    steps = [f"e{step}" for step in range(5)]
    return {
        "edges": {"transition_graph_data, count": lambda: stream.transition_graph_data("count")},
        "customers of edges": {
            "transition_graph_data, unique_paths": lambda: stream.transition_graph_data("unique_paths")
        },
        "median times of edges": {
            "transition_graph_data, time_median": lambda: stream.transition_graph_data("time_median")
        },
        "funnel without a window": {"funnel_data": lambda: stream.funnel_data(steps)},
        "cutting sessions": {"split_sessions": lambda: stream.split_sessions(timeout="30m")},
    }


def rows(question: str, answer: Any) -> Any:
    """Lay an answer out."""
    if question == "funnel without a window":
        return [[step["unique_paths"] for step in answer["steps"]]]
    if question == "cutting sessions":
        return [[answer.df["session_id"].nunique(), answer.df["user_id"].nunique(), len(answer.df)]]
    cells = [
        (_code(a), _code(b), value)
        for a, row in answer.to_dict("index").items()
        for b, value in row.items()
        if value == value
    ]
    if question == "median times of edges":
        return [[a * 64 + b, time.total_seconds()] for a, b, time in cells if min(a, b) >= 0]
    pairs = [[a * 64 + b, count] for a, b, count in cells if count and min(a, b) >= 0]
    if question == "customers of edges":
        return pairs
    starts = [[-1, b, count] for a, b, count in cells if count and a < 0]
    ends = [[-2, a, count] for a, b, count in cells if count and b < 0]
    return [*pairs, *starts, *ends]


def _code(name: str) -> int:
    """Give an event's code, -1 for the start and the end of a path."""
    return int(name[1:]) if name[1:].isdigit() else -1


if __name__ == "__main__":
    serve(retentioneering.__version__, lambda _told: ways(Path(sys.argv[1])), rows)
