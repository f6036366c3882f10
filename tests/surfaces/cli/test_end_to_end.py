"""From a real library to the stream: each event arrives once, with its type and time, whatever is killed on the way."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import closing
from datetime import datetime

import duckdb
import httpx
import pysqlite3
import pytest

from surfaces.cli.serving import RunningServer, until
from surfaces.intake import clients

pytestmark = pytest.mark.sdk
TIMES = 40
NAMES = {
    "identify": "Identified", "track": "Order Completed", "page": "Page Viewed", "screen": "Screen Viewed",
    "group": "Grouped", "alias": "Aliased",
}  # fmt: skip


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    return RunningServer.any(tmp_path_factory.mktemp)


def made_source(server: RunningServer, slug: str) -> str:
    answer = httpx.post(f"{server.url}/api/v1/sources", json={"slug": slug}, headers=server.token)
    assert answer.status_code == 201
    return str(answer.json()["write_key"])


def stored(server: RunningServer, source: str) -> list[tuple[str, str, datetime, str]]:
    """Give kind, name, time and message of each stored event of a source."""
    with closing(pysqlite3.connect(f"file:{server.data}/stream.sqlite3?mode=ro", uri=True)) as manifest:
        live = manifest.execute("select path from collection_segmentrow where condition = 'live'").fetchall()
    files = [str(server.data / "segments" / path) for (path,) in live]
    if not files:
        return []
    query = "select kind, name, occurred_at, message from read_parquet(?, union_by_name = true) where source = ?"
    return duckdb.execute(query, [files, source]).fetchall()


def check(server: RunningServer, source: str) -> None:
    until(lambda: len(stored(server, source)) >= TIMES * len(NAMES))
    rows = stored(server, source)
    assert Counter((kind, name) for kind, name, _, _ in rows) == dict.fromkeys(NAMES.items(), TIMES)
    assert len({message for *_, message in rows}) == len(rows)
    assert {at.replace(microsecond=0) for _, _, at, _ in rows} == {datetime(2026, 1, 31, 9, 30)}  # noqa: DTZ001


def test_events_of_segments_python_library_are_stored_once(server: RunningServer) -> None:
    key = made_source(server, "python")
    clients.send_with_python(server.intake_url, key, TIMES)
    check(server, "python")


def test_events_of_segments_node_library_are_stored_once(server: RunningServer) -> None:
    key = made_source(server, "node")
    clients.send_with_node(server.intake_url, key, TIMES)
    check(server, "node")


def test_kills_of_intake_and_work_lose_and_double_nothing(server: RunningServer) -> None:
    key = made_source(server, "killed")
    stop, sent = threading.Event(), 0

    def kill() -> None:
        for name in ("intake", "worker", "intake", "worker"):
            if stop.wait(0.7):
                return
            if (child := server.child(name)) is not None:
                child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with httpx.Client(auth=(key, "")) as client:
        while killer.is_alive() or sent < 3_000:
            batch = [
                {"type": "track", "userId": f"u-{n % 50}", "event": "E", "messageId": f"k-{n}"}
                for n in range(sent, sent + 20)
            ]
            until(lambda batch=batch: _is_accepted(client, server, batch))
            sent += 20
    stop.set()
    killer.join()
    until(lambda: len(stored(server, "killed")) >= sent)
    rows = stored(server, "killed")
    assert (len(rows), len({message for *_, message in rows})) == (sent, sent)


def _is_accepted(client: httpx.Client, server: RunningServer, batch: list[dict[str, str]]) -> bool:
    """Send until it is acknowledged, as a library does: the same batch may arrive twice."""
    try:
        return client.post(f"{server.intake_url}/v1/batch", json={"batch": batch}).json()["accepted"] == len(batch)
    except httpx.TransportError:
        return False
