"""A web process over a small Harbour Bank, and who may sign in there."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

START_S = 90.0


@dataclass(frozen=True)
class Served:
    """A running web process and who may sign in there."""

    url: str
    data: Path
    sign_ins: dict[str, tuple[str, str]]

    @contextmanager
    def client(self, role: str | None) -> Iterator[httpx.Client]:
        """Give a client that is signed in with a role, or not at all."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            if role:
                self._sign_in(client, *self.sign_ins[role])
            yield client

    def _sign_in(self, client: httpx.Client, email: str, password: str) -> None:
        token = csrf(client.get("/account/login/").text)
        said = {"login": email, "password": password, "csrfmiddlewaretoken": token}
        answer = client.post("/account/login/", data=said)
        assert answer.status_code == 302, answer.text


def csrf(page: str) -> str:
    """Read the form's token from a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


def free_port() -> int:
    """Ask the operating system for a port that nobody uses."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the process answers; fail with its log when it ends or takes too long."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{url}/account/login/", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())
