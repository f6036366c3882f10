"""The ASGI application of the web process: live freshness, and Django by WSGI beside it.

Django's own ASGI handler was two to three times slower than its WSGI handler through a2wsgi.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware

THREADS = 8

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Application:
    """Sends `/sse` to the stream and all else to Django."""

    def __init__(self, stream: Any, django: Any) -> None:
        self._stream = stream
        self._django: Any = WSGIMiddleware(django, workers=THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] != "http":
            return  # no websockets here
        elif scope["path"] == "/sse":
            await self._stream(scope, receive, send)
        else:
            await self._django(scope, receive, send)


def application() -> Application:
    """Make the application, collecting the static files first; Django's settings must be named in the environment."""
    from django.core.wsgi import get_wsgi_application  # what follows needs Django's apps loaded, so nothing above may

    get_wsgi_application()  # loads the apps
    from django.conf import settings
    from django.utils.module_loading import autodiscover_modules

    from sojourn.engine.kernels import warming
    from sojourn.kit import queue
    from sojourn.surfaces.web import freshness, sse, statics

    autodiscover_modules("plugins", "tasks")
    queue.bind(settings.SOJOURN)
    statics.collect()
    warming.warm_in_background()  # so that the first question does not wait for the compiler
    # Made after collecting: the static files' middleware lists them once.
    return Application(sse.Stream(sse.Broadcast(freshness.reading)), get_wsgi_application())


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
