"""The last step of a restore, in a process of its own over the restored folder: `python -m ...restoring TOMBSTONES`.

Brings the tables up to this version, does erasures since the backup again and builds the timeline. Safe to repeat.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sojourn.kit.errors import SojournError
from sojourn.kit.settings import load


def main(tombstones: Path) -> None:
    """Make what was restored fit to be seen; print how many persons were erased again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    settings = load()
    from sojourn.surfaces.cli.preparation import prepare

    prepare(settings)
    from django.utils.module_loading import autodiscover_modules

    from sojourn.domains.collection import actions as collection
    from sojourn.domains.privacy import actions as privacy

    autodiscover_modules("plugins", "tasks")
    collection.tidy()
    erased = collection.replay(tombstones.read_bytes())
    collection.run_commands()
    privacy.refresh_timeline()
    print(erased)  # noqa: T201 - the answer to the parent


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except SojournError as error:
        sys.exit(error.message)
