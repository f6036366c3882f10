"""`python -m sojourn.surfaces.intake`: the intake process."""

from __future__ import annotations

import sys

from sojourn.kit.errors import SojournError
from sojourn.kit.settings import load
from sojourn.surfaces.intake.journal import log
from sojourn.surfaces.intake.server import run

if __name__ == "__main__":
    try:
        sys.exit(run(load()))
    except SojournError as error:
        log("start_failed", level="error", reason=error.message)
        sys.exit(2)
