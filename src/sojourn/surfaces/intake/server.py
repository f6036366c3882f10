"""The intake process: one uvicorn server on its own port."""

from __future__ import annotations

import uvicorn

from sojourn.kit.heads import BoundedHttp
from sojourn.kit.settings import Settings
from sojourn.surfaces.intake.app import Intake


def run(settings: Settings) -> int:
    """Serve until told to stop; give the exit code, which is not 0 when the disk refused a write."""

    def stop() -> None:
        server.should_exit = True

    intake = Intake(settings, on_failure=stop)
    config = uvicorn.Config(
        intake,
        host=settings.host,
        port=settings.intake_port,
        loop="uvloop",
        http=BoundedHttp,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.intake_connections,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    server.run()
    return 1 if intake.failure is not None or not server.started else 0
