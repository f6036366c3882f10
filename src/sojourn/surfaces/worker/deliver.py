"""`python -m sojourn.surfaces.worker.deliver`: load the deliveries that wait, then end.

A process of its own at low priority, so that reading millions of rows does not hold up the loader. It ends when
the work process does: its standard input is a pipe from there. Whatever it was at begins again with the next one.
"""

from __future__ import annotations

import os
import sys
import threading

NICENESS = 10


def main() -> int:
    """Load what waits."""
    threading.Thread(target=_follow_parent, daemon=True).start()
    os.nice(NICENESS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    import django

    django.setup()
    from sojourn.domains.collection import actions as collection

    collection.run_deliveries()
    return 0


def _follow_parent() -> None:
    while os.read(0, 1):  # not sys.stdin, whose lock a thread may not hold when the interpreter ends
        pass
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
