"""The living part of the demo: a process that sends what happens at the bank to the intake, as an SDK would.

`python -m sojourn.surfaces.cli.trickling`, started beside the server; it ends with it.
"""

from __future__ import annotations

import itertools
import json
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.sending import trickle
from sojourn.kit.settings import Settings, load
from sojourn.surfaces.cli.companies import BANK, DemoState, document, read_state, write_state
from sojourn.surfaces.cli.documents import channels_of_sources

EVERY_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
AT_ONCE = 100  # messages of one request
SPAN_US = 6 * 3_600 * 1_000_000  # of the past that is caught up at once
OTHER = "letters"  # the source of what no channel has


class Sender:
    """Sends messages to the intake, each under the write key of its channel's source."""

    def __init__(self, client: httpx.Client, write_keys: dict[str, str]) -> None:
        self._client = client
        self._keys = write_keys
        self._source_of = channels_of_sources(document(BANK, "sources.yaml"))

    def send(self, messages: Iterable[dict[str, Any]]) -> int:
        """Send messages and give the number that was taken; raise httpx.HTTPError when the intake cannot be reached.

        A source whose key was changed is refused, as any SDK with an old key would be; the others go on.
        """
        taken = 0
        by_source: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            by_source.setdefault(self._source(message), []).append(message)
        for source, chosen in by_source.items():
            for part in _parts(chosen):
                answer = self._client.post("/v1/batch", json={"batch": part}, auth=(self._keys.get(source, ""), ""))
                if answer.status_code in (httpx.codes.TOO_MANY_REQUESTS,) or answer.is_server_error:
                    answer.raise_for_status()
                taken += int(answer.json().get("accepted", 0)) if answer.is_success else 0
        return taken

    def _source(self, message: dict[str, Any]) -> str:
        channel = message.get("properties", {}).get("channel")
        if channel is None and message.get("anonymousId"):
            channel = "app" if "app" in message["context"] else "web"
        return self._source_of.get(channel or "", OTHER)


def run(settings: Settings, stop: threading.Event) -> None:
    """Send until told to stop, from where the last run ended; wait longer after each failure in a row."""
    state = read_state(settings.data)
    if state is None:
        return
    bank = Bank(seed=state.seed, size=state.size, anchor=state.anchor)
    with httpx.Client(base_url=_intake(settings), timeout=10) as client:
        sender = Sender(client, state.write_keys)
        pause = EVERY_SECONDS
        while not stop.wait(pause):
            try:
                advance(bank, sender, settings.data, state, now=time.time_ns() // 1_000)
                pause = EVERY_SECONDS
            except httpx.HTTPError:
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def advance(bank: Bank, sender: Sender, folder: Path, state: DemoState, *, now: int) -> int:
    """Send what happened since the last time and remember it; give the number of events taken.

    What is sent twice, because the process ended between the two, the server drops by its message id.
    """
    since = state.reaches
    until = min(now, since + SPAN_US)
    taken = sender.send(trickle(bank, since, until)) if until > since else 0
    state.sent_until = max(until, since)
    write_state(folder, state)
    return taken


def _parts(messages: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(messages)
    while part := list(itertools.islice(rest, AT_ONCE)):
        yield part


def _intake(settings: Settings) -> str:
    return str(json.loads(settings.server_file.read_text())["intake_url"])


def main() -> int:
    """Run until SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread of its own: the handler may interrupt `wait` while that holds the lock that `set` takes.
        signal.signal(number, lambda *_: threading.Thread(target=stop.set, daemon=True).start())
    run(load(), stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
