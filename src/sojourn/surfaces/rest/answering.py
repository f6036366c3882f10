"""The API, as it writes and describes all answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from sojourn.surfaces.rest.arrow import ARROW, MAIN
from sojourn.surfaces.rest.keeping import kept
from sojourn.surfaces.rest.problems import MEDIA_TYPE


class Api(NinjaAPI):
    """Gives each answer to a read an ETag, and 304 to who has it already."""

    def get_openapi_schema(self, **given: Any) -> Any:
        """Describe the API; refusals by the media type that they have."""
        schema = super().get_openapi_schema(**given)
        in_arrow = {f"#/components/schemas/{_called(kind)}" for kind in MAIN}
        for operations in schema["paths"].values():
            for operation in operations.values():
                _told_in_arrow(operation["responses"], in_arrow)
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        return schema

    def create_response(self, request: HttpRequest, data: Any, **given: Any) -> HttpResponse:
        """Write an answer."""
        return kept(request, super().create_response(request, data, **given))


def _called(kind: type) -> str:
    return kind.__name__.replace("[", "_").replace("]", "_")


def _told_in_arrow(responses: dict[Any, Any], schemas: set[str]) -> None:
    """Describe that an answer with a main table may be in Arrow, and that no other form is."""
    content = responses.get(200, {}).get("content", {})
    if content.get("application/json", {}).get("schema", {}).get("$ref") in schemas:
        content[ARROW] = {"schema": {"type": "string", "format": "binary"}}
        responses[406] = {**responses[400], "description": "Not Acceptable"}
