"""The last step of a restore, in a process of its own over the restored folder: `python -m ...restoring VAULT NAME`.

Fills a PostgreSQL database, brings the tables up to this version, does erasures since the backup again and builds the
timeline. The passphrase comes on standard input. Safe to repeat.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sojourn.kit.errors import SojournError
from sojourn.kit.settings import Settings, load
from sojourn.kit.unpacking import is_whole, note_whole
from sojourn.kit.vault import Vault

TOMBSTONES = "tombstones"


def main(vault: Path, name: str, passphrase: str) -> None:
    """Make what was restored fit to be seen; print how many persons were erased again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    settings = load()
    import django

    django.setup()
    from sojourn.domains.collection import actions as collection

    erased = 0 if is_whole(settings.data, name) else _fit(settings, Vault(vault, passphrase), name)
    if settings.database_url:
        collection.let_go(name)
    print(erased)  # noqa: T201 - the answer to the parent


def _fit(settings: Settings, opened: Vault, name: str) -> int:
    from django.utils.module_loading import autodiscover_modules

    from sojourn.domains.collection import actions as collection
    from sojourn.domains.privacy import actions as privacy
    from sojourn.surfaces.cli.preparation import prepare

    if settings.database_url:
        collection.bring_back(opened, opened.read(name))
    prepare(settings)
    autodiscover_modules("plugins", "tasks")
    collection.tidy()
    erased = collection.replay(opened.beside(TOMBSTONES))
    collection.run_commands()
    privacy.refresh_timeline()
    note_whole(settings.data)
    return erased


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2], sys.stdin.read())
    except SojournError as error:
        sys.exit(error.message)
