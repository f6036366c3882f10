"""Live freshness as server-sent events: one reader for all, hundreds of listeners."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Reading = Callable[[], dict[str, Any]]

LOOK_EVERY_S = 1.0
STILL_HERE_EVERY_S = 15.0
CHECK_SESSION_EVERY_S = 60.0
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Broadcast:
    """Reads freshness once a second while somebody listens, and wakes every listener when it changed."""

    def __init__(self, reading: Reading, *, every_s: float = LOOK_EVERY_S) -> None:
        self._reading = reading
        self._every_s = every_s
        self._listeners: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None
        self.latest: bytes = b""

    def join(self) -> asyncio.Event:
        """Begin to listen; the event is set at each change."""
        woken = asyncio.Event()
        if self.latest:
            woken.set()
        self._listeners.add(woken)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look())
        return woken

    def leave(self, woken: asyncio.Event) -> None:
        """Stop listening; the last one stops the reader."""
        self._listeners.discard(woken)
        if not self._listeners and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _look(self) -> None:
        seen: dict[str, Any] | None = None
        while True:
            now = await asyncio.to_thread(self._read)
            if now is not None and _lasting(now) != seen:
                seen = _lasting(now)
                self.latest = b"event: fresh\ndata: " + json.dumps(now).encode() + b"\n\n"
                for each in self._listeners:
                    each.set()
            await asyncio.sleep(self._every_s)

    def _read(self) -> dict[str, Any] | None:
        close_old_connections()
        try:
            return self._reading()
        except Exception:  # a surface: a failed look must not end the stream for all
            log.exception("freshness could not be read")
            return None
        finally:
            close_old_connections()


class Stream:
    """The ASGI application behind the address of live freshness."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 without a session, else send changes until either side goes."""
        if scope["method"] != "GET" or not await asyncio.to_thread(has_session, scope):
            await _refuse(send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        gone = asyncio.create_task(_gone(receive))
        woken = self._broadcast.join()
        try:
            await self._follow(scope, send, woken, gone)
        finally:
            self._broadcast.leave(woken)
            gone.cancel()

    async def _follow(self, scope: Scope, send: Send, woken: asyncio.Event, gone: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        checked_at = loop.time()
        while True:
            change = asyncio.create_task(woken.wait())
            done, _ = await asyncio.wait({change, gone}, timeout=STILL_HERE_EVERY_S, return_when="FIRST_COMPLETED")
            change.cancel()
            if gone in done:
                return
            if loop.time() - checked_at > CHECK_SESSION_EVERY_S:
                checked_at = loop.time()
                if not await asyncio.to_thread(has_session, scope):
                    return
            body = b": still here\n\n"
            if woken.is_set():
                woken.clear()
                body = self._broadcast.latest
            await send({"type": "http.response.body", "body": body, "more_body": True})


def has_session(scope: Scope) -> bool:
    """Say whether a request carries the session of an active person, as Django's own middleware would."""
    close_old_connections()
    try:
        return _person_of(_session_key(scope)) is not None
    finally:
        close_old_connections()


def _person_of(session_key: str) -> object | None:
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    account = get_user_model()._default_manager.filter(pk=session.get(SESSION_KEY) or 0, is_active=True).first()
    if account is None or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    known = constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if known else None


def _session_key(scope: Scope) -> str:
    cookies = SimpleCookie(b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1"))
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found else ""


def _lasting(reading: dict[str, Any]) -> dict[str, Any]:
    # The age grows by itself; only what else changed is news.
    return {name: value for name, value in reading.items() if name != "age_s"}


async def _gone(receive: Receive) -> None:
    # The first message is the request itself.
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Sign in first."})
