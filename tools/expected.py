"""Write what pm4py and retentioneering say of the real logs into `tests`, where the kernels are held to it.

``python -m tools.expected``: each peer runs in its own environment under `var/peers`; only its answers are kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tools.peers.environments import python_of

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
TARGET = ROOT / "tests" / "engine" / "kernels" / "expected"
INPUTS = {
    "pm4py": sorted((DATA / "eventlogs").glob("*.parquet")) + sorted((DATA / "eventlogs").glob("*.csv")),
    "retentioneering": [DATA / "retentioneering_ecom" / "ecom.parquet"],
}


def main() -> int:
    """Ask both peers and write their answers."""
    for peer, paths in INPUTS.items():
        if not (python := python_of(peer)):
            return 1
        command = [str(python), "-W", "ignore", "-m", f"tools.peers.expected_{peer}", *map(str, paths)]
        answer = json.loads(subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE).stdout)
        lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in answer.items())
        (TARGET / f"{peer}.json").write_text(f"{{\n{lines}\n}}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
