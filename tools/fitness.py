"""Let pm4py align the real logs with the trees mined from them, as exported to BPMN.

``python -m tools.fitness [seconds]``: for each log the ways are aligned, the most frequent first, for at most so many
seconds (60). A fitness of 1 says that a way is one of the model's. Alignments of long ways take minutes each; before,
therefore, every way is played through the tree itself, whose rules are Sojourn's own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from sojourn.engine.discovery import bpmn
from sojourn.engine.discovery.diagrams import diagram
from sojourn.engine.discovery.inductive import mine
from sojourn.engine.discovery.trees import accepts
from tools.expected import INPUTS, ROOT
from tools.peers.environments import python_of


def main(seconds: float = 60) -> int:
    """Mine, write, and print what pm4py says."""
    if not (python := python_of("pm4py")):
        return 1
    with TemporaryDirectory() as folder:
        for path in INPUTS["pm4py"]:
            ways = ways_of(path)
            (Path(folder) / f"{path.stem}.json").write_text(json.dumps(ways.most_common()))
            tree = mine(ways)
            began = time.perf_counter()
            played = sum(accepts(tree, way) for way in ways)
            print(f"{path.stem}: {played:,} of {len(ways):,} ways, {time.perf_counter() - began:.0f} s", flush=True)
            drawn = diagram(tree)
            (Path(folder) / f"{path.stem}.bpmn").write_bytes(bpmn.written(drawn, path.stem))
        command = [str(python), "-W", "ignore", "-m", "tools.peers.aligned", folder, str(seconds)]
        return subprocess.run(command, check=False, cwd=ROOT, stderr=subprocess.DEVNULL).returncode


def ways_of(path: Path) -> Counter[tuple[str, ...]]:
    """Count the ways through a log, events at one time in the order of the file."""
    log = pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
    log = log.select("case_id", "activity", "timestamp").sort("timestamp", maintain_order=True)
    listed = log.group_by("case_id", maintain_order=True).agg(pl.col("activity").cast(pl.String))
    return Counter(map(tuple, listed["activity"].to_list()))


if __name__ == "__main__":
    sys.exit(main(*(float(argument) for argument in sys.argv[1:])))
