"""How well pm4py aligns a log's ways with a BPMN model; runs in its own environment, called by `tools.fitness`.

Told a folder with `<log>.bpmn` and `<log>.json` (the ways, with how many took each), and how many seconds to spend on
the ways of each log.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pm4py
from pm4py.algo.conformance.alignments.petri_net import algorithm as alignments
from pm4py.objects.log.obj import Event, Trace


def told(path: Path, budget_s: float) -> dict[str, Any]:
    """Align the ways, the most frequent first, while there is time."""
    net, start, end = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(path)))
    ways = json.loads(path.with_suffix(".json").read_text())
    parameters = {alignments.Parameters.SHOW_PROGRESS_BAR: False}
    began, least, cases, aligned = time.perf_counter(), 1.0, 0, 0
    for way, times in ways:
        if time.perf_counter() - began > budget_s:
            break
        trace = Trace([Event({"concept:name": name}) for name in way])
        least = min(least, alignments.apply(trace, net, start, end, parameters=parameters)["fitness"])
        cases, aligned = cases + times, aligned + 1
    return {
        "log": path.stem,
        "ways": len(ways),
        "aligned": aligned,
        "share_of_cases": cases / sum(times for _, times in ways),
        "least_fitness": least,
    }


if __name__ == "__main__":
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # pm4py greets
    for each in sorted(Path(sys.argv[1]).glob("*.bpmn")):
        print(json.dumps(told(each, float(sys.argv[2]))), file=out)
