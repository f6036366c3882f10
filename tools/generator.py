"""Offer events to a local intake at a fixed rate, whatever it answers, and measure from the instant that was intended.

An open loop: a slow answer does not slow the offer down, so a stall shows in every request that should have gone out
meanwhile (no coordinated omission). Bodies are made once and patched in place, because the generator shares its
cores with the server that it measures. ``python -m tools.generator --key KEY --rate 20000 --seconds 60``; with
``--singles CONNECTIONS`` it sends single events as fast as that many connections take them.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final, cast
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_SECONDS: Final = 900
TEMPLATES: Final = 40
USERS: Final = 200_000
MESSAGE, USER, TIME = b"m-@@@@@@@@@@@@@@@@", b"u-########", b"2000-01-01T00:00:00.000Z"
EVENTS: Final = ("Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Card Applied", "Call Ended")
AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@dataclass
class Result:
    """What a run measured; latencies in seconds from the intended instant."""

    offered: int = 0
    accepted: int = 0
    refused: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    most_waiting: int = 0
    seconds: float = 0.0

    def summary(self) -> dict[str, Any]:
        """Give the figures as JSON; latencies in milliseconds."""
        ordered = sorted(self.latencies) or [0.0]
        at = {name: ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000
              for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("p999_ms", 0.999), ("max_ms", 1.0))}  # fmt: skip
        return {
            "offered": self.offered,
            "accepted": self.accepted,
            "refused": self.refused,
            "statuses": self.statuses,
            "requests": len(self.latencies),
            "seconds": round(self.seconds, 2),
            "events_per_second": round(self.accepted / self.seconds) if self.seconds else 0,
            "most_waiting": self.most_waiting,
            **{name: round(value, 2) for name, value in at.items()},
        }


# A body, and where its message ids, each event's user (with mail, phone and device), and its instants stand.
Template = tuple[bytearray, list[int], list[list[int]], list[int]]


class Bodies:
    """Makes request bodies of fixed shape, each event with a message id of its own."""

    def __init__(self, size: int, seed: int, *, single: bool = False) -> None:
        chance = random.Random(seed)
        self._chance = random.Random(seed + 1)
        self._templates = [_template(size, chance, single=single) for _ in range(TEMPLATES)]
        self._number = seed % 1_000_000 * 10_000_000_000  # runs with different seeds never share a message id

    def next(self) -> bytes:
        """Give the next body."""
        body, messages, users, times = self._templates[self._number % TEMPLATES]
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:23].encode()
        number, below = self._number, self._chance.random
        for at in messages:
            body[at + 2 : at + 18] = b"%016d" % number
            number += 1
        for places in users:
            user = b"%08d" % int(below() ** 2 * USERS)
            for at in places:
                body[at + 2 : at + 10] = user
        for at in times:
            body[at : at + 23] = now
        self._number = number
        return bytes(body)


def _template(size: int, chance: random.Random, *, single: bool) -> Template:
    items = [_track(chance) for _ in range(size)] if single else [_event(chance) for _ in range(size)]
    sent = {"sentAt": TIME.decode()}
    raw = json.dumps({**items[0], **sent} if single else {"batch": items, **sent}, separators=(",", ":")).encode()
    begins = [*_places(raw, b'{"messageId"'), len(raw)]
    users = _places(raw, USER)
    mine = [[at for at in users if low < at < high] for low, high in pairwise(begins)]
    return bytearray(raw), _places(raw, MESSAGE), [each for each in mine if each], _places(raw, TIME)


def _places(raw: bytes, mark: bytes) -> list[int]:
    found, at = [], raw.find(mark)
    while at >= 0:
        found.append(at)
        at = raw.find(mark, at + 1)
    return found


def _event(chance: random.Random) -> dict[str, Any]:
    """Make one event of about 500 bytes: 5 % identify with mail and phone, 20 % of a new anonymous visitor."""
    message, user = MESSAGE.decode(), USER.decode()
    event: dict[str, Any] = {"messageId": message, "timestamp": TIME.decode()}
    event["context"] = {"library": {"name": "generator", "version": "1"}, "userAgent": AGENT, "locale": "en-GB"}
    kind = chance.random()
    if kind < 0.05:
        traits = {"email": f"{user}@example.com", "phone": f"+44 20 {user}", "firstName": "Ana", "plan": "premium"}
        return event | {"type": "identify", "userId": user, "traits": traits, "anonymousId": f"device-{user}"}
    who = {"anonymousId": f"new-{message}"} if kind < 0.25 else {"userId": user}
    properties = {"channel": chance.choice(["web", "app", "branch"]), "product": f"sku-{chance.randrange(500)}",
                  "value": round(chance.random() * 200, 2), "currency": "EUR", "step": chance.randrange(9),
                  "note_code": "x" * chance.randrange(20, 120)}  # fmt: skip
    return event | {"type": "track", "event": chance.choice(EVENTS), "properties": properties} | who


def _track(chance: random.Random) -> dict[str, Any]:
    while (event := _event(chance))["type"] != "track":
        pass
    return event


class Connection(asyncio.Protocol):
    """One kept-alive connection that carries a request at a time."""

    def __init__(self, run: Run) -> None:
        self._run, self._received = run, bytearray()
        self._intended = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own class is not a subclass

    def send(self, intended: float, body: bytes) -> None:
        """Send a request that should have gone out at ``intended``."""
        assert self._transport is not None
        self._intended = intended
        self._transport.writelines([self._run.head, b"%d\r\n\r\n" % len(body), body])

    def data_received(self, data: bytes) -> None:
        """Collect the answer and hand it over once it is whole."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(self._received) < end + 4 + length:
            return
        body = bytes(self._received[end + 4 : end + 4 + length])
        self._received.clear()
        self._run.answered(self, int(head[9:12]), body, self._intended)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the run: the server went away."""
        self._run.lost()


class Run:
    """One measurement against one intake."""

    def __init__(self, url: str, key: str, bodies: Bodies, path: str) -> None:
        parts = urlsplit(url)
        if parts.hostname not in LOOPBACK:
            raise SystemExit("the generator sends to this machine only")
        self.host, self.port = parts.hostname, parts.port or 80
        basic = base64.b64encode(f"{key}:".encode()).decode()
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Basic {basic}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self.result = Result()
        self._bodies = bodies
        self._idle: list[Connection] = []
        self._due: deque[float] = deque()
        self._open = 0
        self._until = 0.0
        self._is_closed_loop = False
        self._ended = asyncio.Event()

    async def at_rate(self, events_per_second: float, size: int, seconds: float, connections: int) -> Result:
        """Offer batches at a fixed rate for a time, then wait for the last answers."""
        await self._connect(connections)
        interval, started = size / events_per_second, time.monotonic()  # uvloop's own clock counts milliseconds
        for number in range(int(seconds / interval)):
            intended = started + number * interval
            if (wait := intended - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            if self._ended.is_set():
                raise SystemExit("the server closed a connection")
            self.result.offered += size
            self._due.append(intended)
            self.result.most_waiting = max(self.result.most_waiting, len(self._due))
            self._send_due()
        while self._due or len(self._idle) < self._open:
            await asyncio.sleep(0.005)
        self.result.seconds = time.monotonic() - started
        return self.result

    async def flat_out(self, seconds: float, connections: int) -> Result:
        """Let each connection send the next request as soon as the last was answered."""
        await self._connect(connections)
        started = time.monotonic()
        self._is_closed_loop, self._until = True, started + seconds
        for connection in self._idle[:]:
            self._next(connection)
        while len(self._idle) < self._open:
            await asyncio.sleep(0.01)
        self.result.seconds = time.monotonic() - started
        return self.result

    def answered(self, connection: Connection, status: int, body: bytes, intended: float) -> None:
        """Count an answer and use the connection again."""
        now = time.monotonic()
        result = self.result
        result.latencies.append(now - intended)
        result.statuses[status] = result.statuses.get(status, 0) + 1
        told = json.loads(body)
        result.accepted += told["accepted"]
        result.refused += len(told["refused"])
        if self._is_closed_loop and now < self._until:
            self._next(connection)
        else:
            self._idle.append(connection)
            self._send_due()

    def lost(self) -> None:
        """Note that a connection ended."""
        self._ended.set()

    async def _connect(self, connections: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(connections):
            _, connection = await loop.create_connection(lambda: Connection(self), self.host, self.port)
            self._idle.append(connection)
        self._open = connections

    def _send_due(self) -> None:
        while self._due and self._idle:
            self._idle.pop().send(self._due.popleft(), self._bodies.next())

    def _next(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
        self.result.offered += 1
        connection.send(time.monotonic(), self._bodies.next())


def main(arguments: list[str] | None = None) -> None:
    """Run once and print the figures as JSON."""
    parser = argparse.ArgumentParser(description="Offer events to a local intake and measure.")
    parser.add_argument("--url", default="http://127.0.0.1:8001")
    parser.add_argument("--key", required=True)
    parser.add_argument("--rate", type=float, default=20_000, help="events a second")
    parser.add_argument("--batch", type=int, default=100, help="events of a request")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument(
        "--singles", type=int, default=0, help="connections that send single events, as fast as it goes"
    )
    parser.add_argument("--seed", type=int, default=time.time_ns() // 1_000_000)
    given = parser.parse_args(arguments)
    if not 0 < given.seconds <= MOST_SECONDS:
        parser.error(f"--seconds: at most {MOST_SECONDS}")
    result = _loop().run(_measured(given))
    json.dump(result.summary(), sys.stdout)
    print()


async def _measured(given: argparse.Namespace) -> Result:
    if given.singles:
        bodies = Bodies(1, given.seed, single=True)
        return await Run(given.url, given.key, bodies, "/v1/track").flat_out(given.seconds, given.singles)
    run = Run(given.url, given.key, Bodies(given.batch, given.seed), "/v1/batch")
    return await run.at_rate(given.rate, given.batch, given.seconds, given.connections)


def _loop() -> Any:
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


if __name__ == "__main__":
    main()
