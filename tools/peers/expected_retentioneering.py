"""What retentioneering says of its shop's events; runs in its own environment, called by `tools.expected`."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"  # else it tells its makers of each call

import pandas as pd
import retentioneering

FUNNELS = (
    ["catalog", "product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"],
    ["home", "search", "product_view", "product_view", "purchase"],
)
TIMEOUTS = (1, 5, 30, 24 * 60)  # minutes


def told(path: str) -> dict[str, Any]:
    """Describe the shop's events: users are paths."""
    frame = pd.read_parquet(path)[["user_id", "event", "timestamp"]]
    stream = retentioneering.Eventstream(frame, {"path_cols": ["user_id"]})
    count, paths, times = (
        stream.transition_graph_data(value).to_dict("index") for value in ("count", "unique_paths", "time_median")
    )
    edges = [
        [a, b, int(n), int(paths[a][b]), times[a][b].total_seconds()]
        for a, row in count.items() for b, n in row.items() if n
    ]  # fmt: skip
    return {
        "by": f"retentioneering {retentioneering.__version__}",
        "events": len(frame),
        "edges": sorted(edges),  # from, to, times, users, median seconds; path_start and path_end are not events
        "counts": stream.get_event_counts(),
        "funnels": [
            [steps, [step["unique_paths"] for step in stream.funnel_data(steps)["steps"]]] for steps in FUNNELS
        ],
        "sessions": [
            [minutes, int(stream.split_sessions(timeout=f"{minutes}m").df["session_id"].nunique())]
            for minutes in TIMEOUTS
        ],
    }


if __name__ == "__main__":
    print(json.dumps(told(sys.argv[1])))
