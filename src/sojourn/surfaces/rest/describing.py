"""The API's description as people read it: each endpoint with its parameters, body and answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Field:
    """A parameter or a field of a body."""

    name: str
    place: str  # path, query, body, form
    type: str
    needed: bool
    said: str


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One method at one address."""

    method: str
    path: str
    tag: str
    summary: str
    said: str
    fields: tuple[Field, ...]
    answer: str

    @property
    def anchor(self) -> str:
        """Name the endpoint in an address."""
        return f"{self.method}-{self.path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}".lower()


def endpoints(schema: dict[str, Any]) -> tuple[Endpoint, ...]:
    """Read every endpoint out of an OpenAPI description, in its order."""
    return tuple(
        _endpoint(schema, path, method, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    )


def _endpoint(schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Endpoint:
    return Endpoint(
        method=method.upper(),
        path=path,
        tag=(operation.get("tags") or [""])[0],
        summary=operation.get("summary", ""),
        said=operation.get("description", ""),
        fields=(*_parameters(schema, operation), *_body(schema, operation)),
        answer=_answer(schema, operation),
    )


def _parameters(schema: dict[str, Any], operation: dict[str, Any]) -> Iterator[Field]:
    for each in operation.get("parameters", ()):
        inner = each.get("schema", {})
        yield Field(
            name=each["name"],
            place=each["in"],
            type=_type(schema, inner),
            needed=each.get("required", False),
            said=_said(each | inner),
        )


def _body(schema: dict[str, Any], operation: dict[str, Any]) -> Iterator[Field]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        model = _resolved(schema, content.get("schema", {}))
        for name, inner in model.get("properties", {}).items():
            yield Field(
                name=name,
                place="body" if "json" in media else "form",
                type=_type(schema, inner),
                needed=name in model.get("required", ()),
                said=_said(inner),
            )


def _answer(schema: dict[str, Any], operation: dict[str, Any]) -> str:
    for status, answer in operation["responses"].items():
        if str(status).startswith("2"):
            content = answer.get("content", {})
            if not content:
                return f"{status}"
            return f"{status} {_type(schema, next(iter(content.values())).get('schema', {}))}"
    return ""


def _said(field: dict[str, Any]) -> str:
    said = str(field.get("description", ""))
    if field.get("default") not in (None, "", []):
        said = f"{said} Default: {field['default']}.".strip()
    return said


def _type(schema: dict[str, Any], inner: dict[str, Any]) -> str:
    if "$ref" in inner:
        name = str(inner["$ref"]).rsplit("/", 1)[1]
        known = _resolved(schema, inner)
        return _choices(known) if "enum" in known else name.strip("_").replace("_", " of ")
    if "anyOf" in inner:
        return " or ".join(dict.fromkeys(_type(schema, each) for each in inner["anyOf"] if each.get("type") != "null"))
    if "enum" in inner:
        return _choices(inner)
    if inner.get("type") == "array":
        return f"list of {_type(schema, inner.get('items', {}))}"
    return str(inner.get("format") or inner.get("type") or "any")


def _choices(inner: dict[str, Any]) -> str:
    return ", ".join(str(each) for each in inner["enum"])


def _resolved(schema: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in inner:
        return inner
    found: dict[str, Any] = schema["components"]["schemas"][str(inner["$ref"]).rsplit("/", 1)[1]]
    return found
