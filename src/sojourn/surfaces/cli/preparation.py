"""What happens once before the server's processes start: key, folders, migrations, the sources for intake.

It runs in a process of its own, so that the supervisor stays small: `python -m sojourn.surfaces.cli.preparation`.
"""

from __future__ import annotations

import os
import shutil
import sys

from sojourn.kit.errors import SojournError
from sojourn.kit.sealing import sealer
from sojourn.kit.settings import Settings, load


def prepare(settings: Settings) -> None:
    """Bring the data folder to the state that this version expects; safe to repeat, raises SojournError."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    sealer(settings)
    shutil.rmtree(settings.temporary, ignore_errors=True)
    for folder in (settings.temporary, settings.cache, settings.incoming, settings.deliveries):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _prepare_databases()


def _prepare_databases() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    for alias in connections:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    from sojourn.domains.catalogue import actions as catalogue

    catalogue.publish_sources()


if __name__ == "__main__":
    try:
        prepare(load())
    except SojournError as error:
        sys.exit(error.message)
