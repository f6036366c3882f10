"""What pm4py says of the real logs; runs in its own environment, called by `tools.expected`."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pm4py

CASE, NAME, AT = "case:concept:name", "concept:name", "time:timestamp"


def digest(rows: Any) -> str:
    """Shorten rows to a digest of their sorted JSON."""
    return hashlib.sha256(json.dumps(sorted(rows), separators=(",", ":")).encode()).hexdigest()[:32]


def told(path: Path) -> dict[str, Any]:
    """Describe a log: pm4py orders a case's events by time, and those at one time as the file does."""
    frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    frame = frame[["case_id", "activity", "timestamp"]].astype({"case_id": str, "activity": str})
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True, format="ISO8601")
    frame = frame.rename(columns={"case_id": CASE, "activity": NAME, "timestamp": AT})
    # not `format_dataframe`, which takes some ids for dates
    frame["row"] = range(len(frame))
    log = frame.sort_values([CASE, AT, "row"])
    edges, starts, ends = pm4py.discover_dfg(log)
    variants = pm4py.get_variants(log)
    return {
        "events": len(log),
        "cases": log[CASE].nunique(),
        "edges": len(edges),
        "graph": digest([*pair, count] for pair, count in edges.items()),
        "starts": digest(map(list, pm4py.get_start_activities(log).items())),
        "ends": digest(map(list, pm4py.get_end_activities(log).items())),
        "start_activities": len(starts),
        "end_activities": len(ends),
        "variants": len(variants),
        "ways": digest([list(way), count] for way, count in variants.items()),
    }


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # pm4py greets
    found = {path.name: told(path) for path in map(Path, sys.argv[1:])}
    print(json.dumps({"by": f"pm4py {pm4py.__version__}", "logs": found}), file=out)
