"""The application in this process, for a data folder that no server holds."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sojourn.kit import lock
from sojourn.kit.settings import Settings

if TYPE_CHECKING:
    import httpx

App = Callable[[dict[str, Any], Any], Iterable[bytes]]
PREFIX = "/api/v1/"
OF_THE_TIMELINE = frozenset(
    {
        "attribution", "cases", "compare", "events", "export", "funnel", "graph", "journeys", "kpis", "lifecycle",
        "paths", "patterns", "process", "questions", "retention", "sessions", "stream", "variants", "vocabulary",
    }
)  # fmt: skip
OF_THE_CATALOGUE = frozenset({"freshness", "plan"})
IN_PROCESS = "sojourn.local"  # as `surfaces.rest.auth` reads it


@contextmanager
def transport(settings: Settings) -> Iterator[httpx.BaseTransport]:
    """Hold the data folder, bring its tables up to date and give the way into the application.

    Deferred jobs run at once, because no queue is bound. Raise LockedError when somebody holds the folder.
    """
    import httpx

    with lock.hold(settings.data):
        yield httpx.WSGITransport(app=_as_local(_application(settings)), raise_app_exceptions=False)


def _application(settings: Settings) -> App:
    os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
    os.environ.setdefault("NUMBA_CACHE_DIR", str(settings.cache / "kernels"))  # compiled once, as by the server
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from django.core.wsgi import get_wsgi_application
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from sojourn.surfaces.cli.preparation import prepare

    application: App = get_wsgi_application()
    for alias in connections:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            prepare(settings)
            break
    logging.getLogger("django.request").setLevel(logging.ERROR)  # a refusal is told once, by the command
    return application


def _as_local(application: App) -> App:
    def called(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[IN_PROCESS] = True
        asked = environ["PATH_INFO"].removeprefix(PREFIX).split("/")[0]
        # What the work process does where there is one; cheap when nothing is new.
        if asked in OF_THE_TIMELINE:
            from sojourn.domains.privacy import actions as privacy

            privacy.refresh_timeline()
        elif asked in OF_THE_CATALOGUE:
            from sojourn.domains.collection import actions as collection

            collection.pass_on_observations()
        return application(environ, start_response)

    return called
