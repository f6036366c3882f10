"""The process of an engine: it holds the events and answers in the way it is told to, line by line.

Runs in environments that have no Sojourn, so only Python's own library is used.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

RESET, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
Run = Callable[[], Any]
Ways = Mapping[str, Mapping[str, Run]]  # by question and name of the way


def serve(version: str, ways: Callable[[Any], Ways], rows: Callable[[str, Any], Any]) -> None:
    """Tell the version and the ways, then answer until told no more.

    `ways` gets what the bench told (texts of SQL, by question and way); `rows` lays an answer out, untimed. Whatever
    the engine prints goes to standard error.
    """
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    known = ways(json.loads(sys.stdin.readline()))
    print(json.dumps({"version": version, "ways": {name: list(each) for name, each in known.items()}}), file=out)
    for line in sys.stdin:
        question, way = json.loads(line)
        print(json.dumps(_answered(known[question][way], lambda found, q=question: rows(q, found))), file=out)


def _answered(run: Run, rows: Callable[[Any], Any]) -> dict[str, Any]:
    gc.collect()
    if RESET.exists():
        RESET.write_text("5")  # the peak starts anew
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        answer = run()
    except Exception as error:  # an engine's own, of any kind: told, and the bench ends
        return {"error": f"{type(error).__name__}: {error}"[:2_000]}
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    return {**spent, "peak_mb": _peak_mb(), "rows": rows(answer)}


def _peak_mb() -> float:
    """Give the most memory resident since the reset, mapped files among it."""
    if not STATUS.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    lines = dict(line.split(":", 1) for line in STATUS.read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1_024
