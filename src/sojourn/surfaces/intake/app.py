"""The intake as an ASGI application: Segment's HTTP tracking API over the spool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from sojourn.engine.stream.spool import Frame, SpoolError, SpoolWriter
from sojourn.kit.sealing import sealer
from sojourn.kit.settings import Settings
from sojourn.surfaces.intake import answers, bodies, browser
from sojourn.surfaces.intake.commit import GroupCommit
from sojourn.surfaces.intake.health import Health
from sojourn.surfaces.intake.journal import log
from sojourn.surfaces.intake.pressure import Pressure, Rates
from sojourn.surfaces.intake.refusals import RequestRefusedError
from sojourn.surfaces.intake.requests import ROUTES, Route, Sorted, refused_whole, sort_items
from sojourn.surfaces.intake.sources import Source, Sources, key_in_header

WATCH_SECONDS: Final = 0.5
TELL_SECONDS: Final = 60.0

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Intake:
    """Answers requests; ``failure`` is set when the disk refused and the process must end."""

    def __init__(self, settings: Settings, on_failure: Callable[[], None] = lambda: None) -> None:
        self._settings, self._on_failure = settings, on_failure
        self.health = Health()
        self.sources = Sources(settings.write_keys_file)
        self.failure: SpoolError | None = None
        self._in_flight = bodies.InFlight(settings.intake_in_flight_bytes)
        self._rates = Rates(settings.rate_per_source)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: answers.Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, _counting(send, self.health))

    async def _live(self, receive: Receive, send: answers.Send) -> None:
        await receive()
        try:
            self._start()
        except (SpoolError, OSError) as error:
            self.failure = error if isinstance(error, SpoolError) else SpoolError(str(error))
            log("start_failed", level="error", reason=str(error))
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        watch = asyncio.create_task(self._watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watch.cancel()
        await asyncio.to_thread(self._commit.stop)
        log("stopped", accepted=self.health.accepted)
        await send({"type": "lifespan.shutdown.complete"})

    def _start(self) -> None:
        settings = self._settings
        writer = SpoolWriter(settings.spool, sealer(settings), settings.spool_segment_bytes)
        self._pressure = Pressure(settings, self.health)
        self._commit = GroupCommit(writer, self.health, self._fail)
        log("started", port=settings.intake_port, sources=len(self.sources), spool_file=writer.position.segment)

    def _fail(self, error: SpoolError) -> None:
        self.failure = error
        log("spool_failed", level="error", reason=error.message)
        self._on_failure()

    async def _watch(self) -> None:
        """Measure pressure and look for new sources; tell about refusals once a minute."""
        told, before = time.monotonic(), self._refused()
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            was = self._pressure.code
            await asyncio.to_thread(self._pressure.measure)
            if self._pressure.code != was:
                log("pressure", level="warning", code=self._pressure.code or "relieved")
            if self.sources.refresh():
                log("sources_read", sources=len(self.sources))
            if time.monotonic() - told >= TELL_SECONDS:
                now = self._refused()
                fresh = {code: count - before.get(code, 0) for code, count in now.items()}
                if any(fresh.values()):
                    log("refused", level="warning", codes={code: n for code, n in fresh.items() if n})
                told, before = time.monotonic(), now

    def _refused(self) -> dict[str, int]:
        return dict(self.health.refused + self.health.requests_refused)

    async def _answer(self, scope: dict[str, Any], receive: Receive, send: answers.Send) -> None:
        headers = dict(scope["headers"])
        try:
            if scope["method"] == "OPTIONS":
                await answers.send_body(send, 204, b"", answers.PREFLIGHT)
            elif scope["method"] in ("GET", "HEAD"):
                await self._tell(scope, headers, send)
            else:
                await self._take(scope, headers, receive, send)
        except RequestRefusedError as refusal:
            self.health.requests_refused[refusal.reason_code] += 1
            await answers.send_refusal(send, refusal)
        except SpoolError:
            self.health.requests_refused["stopped"] += 1
            await answers.send_refusal(send, RequestRefusedError("stopped", retry_after=30))
        except bodies.ClientGoneError:
            return

    async def _tell(self, scope: dict[str, Any], headers: dict[bytes, bytes], send: answers.Send) -> None:
        path = scope["path"]
        if path == "/healthz":
            await self._tell_health(send)
        elif path == "/metrics":
            self.health.in_flight_bytes = self._in_flight.bytes
            await answers.send_body(send, 200, self.health.text().encode(), [answers.TEXT])
        elif (key := browser.asked_key(path)) is not None:
            await self._tell_settings(key, scope, headers, send)
        elif _route(path) is not None:
            raise RequestRefusedError("method_not_allowed")
        else:
            raise RequestRefusedError("not_found")

    async def _tell_health(self, send: answers.Send) -> None:
        code = "stopped" if self.failure else self._pressure.code
        body = {
            "status": code or "ok",
            "spool_bytes": self.health.spool_bytes,
            "disk_free_bytes": self.health.disk_free_bytes,
            "sources": len(self.sources),
        }
        await answers.send_json(send, 503 if code else 200, body)

    async def _tell_settings(
        self, key: str, scope: dict[str, Any], headers: dict[bytes, bytes], send: answers.Send
    ) -> None:
        try:
            self.sources.find(key)
        except RequestRefusedError:
            raise RequestRefusedError("not_found") from None
        fallback = f"http://{self._settings.host}:{self._settings.intake_port}"
        url = browser.base_url(
            self._settings.public_intake_url, headers.get(b"host", b""), scope.get("scheme", "http"), fallback
        )
        await answers.send_json(send, 200, browser.library_settings(key, url))

    async def _take(
        self, scope: dict[str, Any], headers: dict[bytes, bytes], receive: Receive, send: answers.Send
    ) -> None:
        route = _route(scope["path"])
        if route is None:
            raise RequestRefusedError("not_found")
        if scope["method"] != "POST":
            raise RequestRefusedError("method_not_allowed")
        self._pressure.check()
        key = key_in_header(headers.get(b"authorization", b""))
        source = self.sources.find(key) if key else None
        received_at = time.time_ns() // 1_000
        body = b""
        try:
            body = await bodies.read(receive, headers, self._settings.body_max_bytes, self._in_flight)
            await self._take_body(route, source, body, headers, received_at, send)
        except RequestRefusedError as refusal:
            if source is not None and refusal.http_status in (400, 413, 415):
                await self._commit.put([refused_whole(source, refusal, body, received_at)])
            raise
        finally:
            self._in_flight.give_back(len(body))

    async def _take_body(
        self, route: Route, source: Source | None, body: bytes, headers: dict[bytes, bytes], received_at: int,
        send: answers.Send,
    ) -> None:  # fmt: skip
        limit = self._settings.body_max_bytes
        plain = bodies.unpacked(body, headers.get(b"content-encoding", b"").strip().lower(), limit)
        self._in_flight.take(len(plain))  # its items, while they wait for the disk
        try:
            await self._take_items(route, source, plain, headers, received_at, send)
        finally:
            self._in_flight.give_back(len(plain))

    async def _take_items(
        self, route: Route, source: Source | None, plain: bytes, headers: dict[bytes, bytes], received_at: int,
        send: answers.Send,
    ) -> None:  # fmt: skip
        envelope = bodies.envelope(plain, is_batch=route.kind is None)
        source = source or self.sources.find(envelope.write_key)
        self._rates.take(source, len(envelope.items), time.monotonic())
        found = sort_items(envelope, route, source, received_at, self._settings)
        has_signal = headers.get(b"sec-gpc", b"").strip() == b"1"
        frames: list[Frame] = found.frames(envelope, headers.get(b"user-agent", b""), has_signal=has_signal)
        if frames:
            await self._commit.put(frames)
        self._count(found)
        await _confirm(found, send)

    def _count(self, found: Sorted) -> None:
        self.health.accepted += len(found.good)
        self.health.refused.update(each.code for each in found.refused)


async def _confirm(found: Sorted, send: answers.Send) -> None:
    # A strict source hears of a refusal by the status; what was good is stored all the same, because a library
    # throws a batch away that was answered by 400.
    is_fine = not (found.source.strict and found.refused)
    refused = [
        {"index": each.index, "messageId": each.message_id, "code": each.code, "reason": each.reason}
        for each in found.refused
    ]
    body = {"success": is_fine, "accepted": len(found.good), "refused": refused}
    await answers.send_json(send, 200 if is_fine else 400, body)


def _route(path: str) -> Route | None:
    return ROUTES.get(path.rstrip("/"))


def _counting(send: answers.Send, health: Health) -> answers.Send:
    async def counted(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            health.requests[message["status"]] += 1
        await send(message)

    return counted
