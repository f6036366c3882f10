"""`python -m sojourn.surfaces.worker [--once]`: the work process."""

from __future__ import annotations

import os
import sys


def main(arguments: list[str]) -> int:
    """Run until SIGTERM, or with `--once` do what waits and end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    import django
    from django.conf import settings

    django.setup()
    from sojourn.surfaces.worker.work import Work, run_once

    if "--once" in arguments:
        run_once(settings.SOJOURN)
    else:
        Work(settings.SOJOURN).run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
