"""`python -m sojourn.surfaces.worker.job NAME ARGUMENTS`: one deferred job in a process of its own, at idle priority.

Python computing beside the loader would take turns with it at every step; a process of low priority does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from sojourn.surfaces.worker import journal

IDLE = 19


def in_child(name: str, arguments: dict[str, object]) -> None:
    """Run a job in a child and write down how it ended; the arguments are ids only."""
    command = [sys.executable, "-m", "sojourn.surfaces.worker.job", name, json.dumps(arguments)]
    code = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False).returncode
    journal.note("job.done" if code == 0 else "job.failed", job=name, code=code)


def main(name: str, arguments: str) -> int:
    """Run the job of this name."""
    os.nice(IDLE)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    import django

    django.setup()
    from django.utils.module_loading import autodiscover_modules

    from sojourn.kit import jobs

    autodiscover_modules("plugins", "tasks")
    try:
        jobs.REGISTRY[name].run(**json.loads(arguments))
    except Exception as error:
        journal.failure("job.error", error, job=name)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
