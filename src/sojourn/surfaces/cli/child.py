"""Run a module as a process that ends when the supervisor ends: `python -m sojourn.surfaces.cli.child NICE MODULE`.

A supervisor that is killed without notice must not leave an intake behind that holds port and spool.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import runpy
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def follow_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends; where there is no such call, do nothing."""
    parent = os.getppid()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it ended between the two calls
        sys.exit(1)


def stand_back(niceness: int) -> None:
    """Lower this process's priority.

    A session is a scheduling group of its own where Linux groups tasks by session, and then a process's niceness counts
    within the session only: the group needs one too (sched(7), "The autogroup feature"). Measured: without it the web
    process with a busy loop got more of two cores than the loader, at niceness 10 as at 5.
    """
    os.nice(niceness)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(niceness))


if __name__ == "__main__":
    follow_parent()
    stand_back(int(sys.argv.pop(1)))
    module = sys.argv.pop(1)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
