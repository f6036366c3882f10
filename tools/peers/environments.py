"""Environments of the peers that are not among the project's own tools, made under `var/peers` with pip."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent.parent / "var" / "peers"
NEEDED = {
    "chDB": ("chdb==4.4.0", "pyarrow", "numpy"),
    "pm4py": ("pm4py==2.7.23.11", "pyarrow", "pandas", "numpy"),
    "recordlinkage": ("recordlinkage==0.16", "pandas<3", "pyarrow"),
    "scikit-learn": ("scikit-learn==1.9.1", "textblob==0.20.1", "numpy"),
    "retentioneering": ("retentioneering==5.2.4", "pyarrow", "pandas", "numpy"),
}


def python_of(peer: str) -> Path | None:
    """Give a peer's own Python, installed where it is not yet; None where it cannot be had, which is told."""
    place = PEERS / peer.lower()
    python, done = place / "bin" / "python", place / ".done"
    if done.exists():
        return python
    print(f"bench: installing {NEEDED[peer][0]} into var/peers", flush=True)
    commands = (
        [sys.executable, "-m", "venv", str(place)],
        [str(python), "-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "30", *NEEDED[peer]],
    )
    for command in commands:
        if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
            print(f"bench: {peer} cannot be installed here; it is left out", flush=True)
            return None
    done.touch()
    return python


def left_out(peers: Iterable[str], engines: Iterable[str]) -> str:
    """Say which peers are not among the engines, for the page; empty when all are there."""
    return "".join(f" {peer} could not be installed here and is left out." for peer in set(peers) - set(engines))
