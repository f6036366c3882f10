"""Answers of a server: Arrow for the main table, the rest of it beside; refusals as they were said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from sojourn.kit.errors import SojournError

if TYPE_CHECKING:
    import httpx
    import pyarrow as pa

T = TypeVar("T")
PREFIX = "/api/v1"
TIMEOUT_S = 300.0  # the first journey question after an upgrade waits for a compiler
ARROW = "application/vnd.apache.arrow.stream"
ROWS, ANSWER = b"sojourn.rows", b"sojourn.answer"  # as `surfaces.rest.arrow` writes them


class UnreachableError(SojournError):
    """The server does not answer."""

    code = "unreachable"
    status = 503


class RefusedError(SojournError):
    """The server refused; the message is its own."""

    code = "refused"


@dataclass(frozen=True)
class Server:
    """Where a server is, and the key that it is asked with."""

    url: str
    key: str

    def __repr__(self) -> str:
        return f"Server({self.url})"

    def answer(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for an answer in Arrow, and give all of it; raise UnreachableError or RefusedError."""
        return nested(self.table(path, params))

    def table(self, path: str, params: Mapping[str, Any]) -> pa.Table:
        """Ask for an Arrow table."""
        import pyarrow as pa

        answer = self._got(path, params, ARROW)
        if not answer.headers.get("content-type", "").startswith(ARROW):
            raise RefusedError(f"This server does not answer in Arrow (status {answer.status_code}); update it.")
        try:
            with pa.ipc.open_stream(answer.content) as stream:
                return stream.read_all()
        except pa.ArrowInvalid as error:
            raise RefusedError(f"The server's answer cannot be read: {error}.") from None

    def json(self, path: str, params: Mapping[str, Any]) -> Any:
        """Ask for an answer in JSON."""
        return _body(self._got(path, params, "application/json"))

    def _got(self, path: str, params: Mapping[str, Any], accepted: str) -> httpx.Response:
        import httpx

        said = {name: value for name, value in params.items() if value is not None and value != []}
        headers = {"Authorization": f"Bearer {self.key}", "Accept": accepted}
        try:
            answer = httpx.get(self.url + PREFIX + path, params=said, headers=headers, timeout=TIMEOUT_S)
        except httpx.TransportError as error:
            raise UnreachableError(f"The server at {self.url} does not answer: {error}") from None
        if not answer.is_success:
            body = _body(answer)
            detail = body.get("detail") if isinstance(body, dict) else None
            raise RefusedError(str(detail or f"The server answered {answer.status_code}."))
        return answer


def nested(table: pa.Table) -> dict[str, Any]:
    """Give the answer that a table is the main part of, as its JSON would be."""
    said = table.schema.metadata or {}
    if ANSWER not in said:
        raise RefusedError("The server's answer is a table without an answer; update the server or this library.")
    answer: dict[str, Any] = msgspec.json.decode(said[ANSWER])
    columns = [(name.split("."), _plain(table.column(name))) for name in table.column_names]
    rows = [_row([(where, values[at]) for where, values in columns]) for at in range(table.num_rows)]
    return answer | {said[ROWS].decode(): rows}


def read(answer: Any, kind: type[T]) -> T:
    """Give an answer's dataclass; raise RefusedError where it is of another version."""
    try:
        return msgspec.convert(answer, kind)
    except msgspec.ValidationError as error:
        raise RefusedError(f"The server's answer is of another version than this library: {error}.") from None


def _plain(column: pa.ChunkedArray) -> list[Any]:
    import pyarrow as pa

    values: list[Any] = column.to_pylist()
    if pa.types.is_map(column.type):
        return [None if each is None else dict(each) for each in values]
    return values


def _row(cells: list[tuple[list[str], Any]]) -> dict[str, Any]:
    """Put the parts of a field, as `share.low` is one of `share`, together; a field without any part is absent."""
    row: dict[str, Any] = {}
    parts: dict[str, list[tuple[list[str], Any]]] = {}
    for (name, *rest), value in cells:
        if rest:
            parts.setdefault(name, []).append((rest, value))
        else:
            row[name] = value
    for name, inner in parts.items():
        made = _row(inner)
        row[name] = None if all(value is None for value in made.values()) else made
    return row


def _body(answer: httpx.Response) -> Any:
    try:
        return msgspec.json.decode(answer.content)
    except msgspec.DecodeError:
        raise RefusedError(f"This is not a Sojourn server (status {answer.status_code}, no JSON).") from None
