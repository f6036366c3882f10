"""Answers as Arrow streams: the main table, and the rest of the answer beside it in the stream's schema.

A field that is a share or another word of several figures is several columns (`share.value`, `share.low`, ...); a field
by name (`credits`) is a map. The schema's metadata hold the rest of the answer as JSON (`sojourn.answer`) and the
table's field in it (`sojourn.rows`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, wraps
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, TypeAdapter

from sojourn.domains.journeys import contracts as journeys
from sojourn.kit.errors import SojournError
from sojourn.surfaces.rest.journeys import CompletionAnswer
from sojourn.surfaces.rest.keeping import kept
from sojourn.surfaces.rest.paging import Page

ARROW: Final = "application/vnd.apache.arrow.stream"
JSON: Final = "application/json"
ROWS, ANSWER = b"sojourn.rows", b"sojourn.answer"
MAIN: Final[Mapping[type, str]] = {
    journeys.JourneyGraph: "paths",
    journeys.PathDetails: "bins",
    journeys.VariantTable: "rows",
    journeys.FunnelTable: "steps",
    journeys.PathTree: "nodes",
    journeys.SessionsTable: "entries",
    journeys.PatternTable: "bins",
    journeys.RetentionTable: "cohorts",
    journeys.LifecycleTable: "periods",
    journeys.AttributionTable: "touchpoints",
    journeys.CasesTable: "endings",
    journeys.ComparedGraph: "findings",
    journeys.ComparedFunnel: "steps",
    journeys.ComparedCompletion: "endings",
    journeys.SuccessTable: "companions",
    Page[CompletionAnswer]: "items",
}
PLAIN: Final[Mapping[Any, pa.DataType]] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_RANGE = rf'\s*(?:{_TOKEN}/{_TOKEN})(?:\s*;\s*{_TOKEN}=(?:{_TOKEN}|"[^"]*"))*\s*'
ACCEPT: Final = re.compile(rf"{_RANGE}(?:,{_RANGE})*")
WEIGHT: Final = re.compile(r";\s*q=(?!(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:[;,]|$))", re.IGNORECASE)


class NotAcceptableError(SojournError):
    """The request accepts no form in which this address answers."""

    code = "not_acceptable"
    status = 406


def negotiated(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Let an endpoint whose answer has a main table answer in Arrow where the request prefers it."""

    @wraps(endpoint)
    def answered(request: HttpRequest, **given: Any) -> Any:
        found = endpoint(request, **given)
        rows = MAIN.get(type(found))
        if rows is None or _form(request) == JSON:
            return found
        return kept(request, HttpResponse(written(found, rows), content_type=ARROW))

    return answered


def written(found: Any, rows: str) -> bytes:
    """Write an answer as an Arrow stream; `rows` is the field of its main table."""
    kind: Any = type(found)
    answer = _adapter(kind).dump_python(found)
    made = pa.Table.from_pylist(
        [_plain(each) for each in answer.pop(rows)], schema=_schema(get_args(_hints(kind)[rows])[0])
    )
    while any(pa.types.is_struct(field.type) for field in made.schema):
        made = made.flatten()
    made = made.replace_schema_metadata({ROWS: rows.encode(), ANSWER: msgspec.json.encode(answer)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, made.schema) as stream:
        stream.write_table(made)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _form(request: HttpRequest) -> str:
    """Choose the form of the answer; raise NotAcceptableError."""
    said = request.headers.get("Accept", "*/*")
    if not said.strip():
        return JSON
    if not ACCEPT.fullmatch(said) or WEIGHT.search(said):
        raise NotAcceptableError(f"Accept cannot be read; send {JSON} or {ARROW}.")
    form = request.get_preferred_type([JSON, ARROW])
    if form is None:
        raise NotAcceptableError(f"This address answers {JSON} and {ARROW}, nothing else that Accept names.")
    return form


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@cache
def _schema(kind: Any) -> pa.Schema:
    return pa.schema([(name, _type(inner)) for name, inner in _hints(kind).items()])


@cache
def _hints(kind: Any) -> dict[str, Any]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return get_type_hints(kind)


def _type(kind: Any) -> pa.DataType:
    """Give the Arrow type of a field's type."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _type(next(each for each in inner if each is not type(None)))
    if origin in (tuple, list):
        return pa.list_(_type(inner[0]))
    if origin is dict:
        return pa.map_(pa.string(), _type(inner[1]))
    if is_dataclass(kind) or issubclass(kind, BaseModel):
        return pa.struct(list(_schema(kind)))
    if issubclass(kind, Enum):
        return pa.string()
    raise TypeError(f"{kind} has no place in a table")


def _plain(value: Any) -> Any:
    """Give a value as Arrow takes it: words as texts."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.value if isinstance(value, Enum) else value
