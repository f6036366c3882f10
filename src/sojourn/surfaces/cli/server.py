"""Talking to Sojourn: over HTTP to a running server, or to the same application in this process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sojourn.kit import lock
from sojourn.kit import settings as sojourn_settings
from sojourn.kit.errors import SojournError

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 300.0  # the first journey question after an upgrade waits for a compiler
PREFIX = "/api/v1"


class UnreachableError(SojournError):
    """The server does not answer."""

    code = "unreachable"
    status = 503


class RefusedError(SojournError):
    """The server refused; the message is its own."""

    code = "refused"


class Server:
    """The API as the commands use it; each call raises RefusedError or UnreachableError with one sentence."""

    def __init__(self, client: httpx.Client, *, is_local: bool = False) -> None:
        self._client = client
        self.is_local = is_local  # the server sees this machine's files

    def get(self, path: str, **params: Any) -> Any:
        """Read."""
        return self.call("GET", path, params=params)

    def post(self, path: str, body: Any = None) -> Any:
        """Make or do."""
        return self.call("POST", path, json=body)

    def put(self, path: str, body: Any) -> Any:
        """Put in place."""
        return self.call("PUT", path, json=body)

    def patch(self, path: str, body: Any) -> Any:
        """Change."""
        return self.call("PATCH", path, json=body)

    def delete(self, path: str, **params: Any) -> Any:
        """Remove."""
        return self.call("DELETE", path, params=params)

    def every(self, path: str, **params: Any) -> list[Any]:
        """Read all pages of a list."""
        items: list[Any] = []
        cursor = ""
        while True:
            page = self.get(path, limit=1_000, cursor=cursor, **params)
            items += page["items"]
            cursor = page["next"] or ""
            if not cursor:
                return items

    def upload(self, path: str, content: Iterator[bytes], size: int, **params: Any) -> Any:
        """Send a file's bytes."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        return self.call("POST", path, params=params, content=content, headers=headers)

    def download(self, path: str, into: Callable[[bytes], object], **params: Any) -> dict[str, str]:
        """Read a file piece by piece and give the answer's headers."""
        import httpx

        try:
            with self._client.stream("GET", PREFIX + path, params=_filled(params)) as answer:
                if not answer.is_success:
                    answer.read()
                    _read(answer)
                for piece in answer.iter_bytes():
                    into(piece)
                return dict(answer.headers)
        except httpx.TransportError as error:
            raise UnreachableError(f"The server at {self._client.base_url} broke off: {error}") from None

    def call(self, method: str, path: str, **request: Any) -> Any:
        """Send one request and give the answer's JSON."""
        import httpx

        params = _filled(request.pop("params", None) or {})
        try:
            answer = self._client.request(method, PREFIX + path, params=params, **request)
        except httpx.TransportError as error:
            raise UnreachableError(f"The server at {self._client.base_url} does not answer: {error}") from None
        return _read(answer)


@contextmanager
def connect(*, data: Path | None, url: str | None, key: str | None) -> Iterator[Server]:
    """Open the remote server of `url`, else the running server of the data folder, else the data folder itself.

    Raise UnreachableError, or LockedError when somebody works on the folder without a server.
    """
    import httpx

    if url:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        with httpx.Client(base_url=url.rstrip("/"), headers=headers, timeout=TIMEOUT_S) as client:
            yield Server(client)
        return
    if data is not None:
        os.environ["SOJOURN_DATA"] = str(data)
    settings = sojourn_settings.load()
    running = _running(settings.server_file)
    if running:
        headers = {"Authorization": f"Bearer {running['token']}"}
        with httpx.Client(base_url=running["url"], headers=headers, timeout=TIMEOUT_S) as client:
            yield Server(client, is_local=True)
        return
    from sojourn.surfaces.cli.inprocess import transport

    with (
        transport(settings) as opened,
        httpx.Client(transport=opened, base_url="http://sojourn.localhost", timeout=None) as client,
    ):
        yield Server(client, is_local=True)


def _filled(params: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if value not in (None, "")}


def _running(file: Path) -> dict[str, str] | None:
    try:
        known = json.loads(file.read_text())
        if not lock.is_alive(int(known["pid"])):  # left by a server that was killed
            return None
        return {"url": str(known["url"]), "token": str(known["token"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(answer: httpx.Response) -> Any:
    try:
        body = answer.json() if answer.content else None
    except ValueError:
        raise RefusedError(f"This is not a Sojourn server (status {answer.status_code}, no JSON).") from None
    if answer.is_success:
        return body
    detail = body.get("detail") if isinstance(body, dict) else None
    raise RefusedError(str(detail or f"The server answered {answer.status_code}."))
