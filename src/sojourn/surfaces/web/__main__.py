"""The web process: ``python -m sojourn.surfaces.web``."""

from __future__ import annotations

import os

import uvicorn

from sojourn.kit.heads import BoundedHttp
from sojourn.kit.settings import load


def main() -> None:
    """Serve the pages until SIGTERM, then let the requests in hand end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    settings = load()
    uvicorn.run(
        "sojourn.surfaces.web.app:application",
        factory=True,
        host=settings.host,
        port=settings.port,
        http=BoundedHttp,
        ws="none",
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
