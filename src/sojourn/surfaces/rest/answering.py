"""Answers that a client need not load twice."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from ninja import NinjaAPI

from sojourn.surfaces.rest.problems import MEDIA_TYPE


class Api(NinjaAPI):
    """Gives each answer to a read an ETag, and 304 to who has it already."""

    def get_openapi_schema(self, **given: Any) -> Any:
        """Describe the API; refusals by the media type that they have."""
        schema = super().get_openapi_schema(**given)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        return schema

    def create_response(self, request: HttpRequest, data: Any, **given: Any) -> HttpResponse:
        """Write an answer."""
        answer = super().create_response(request, data, **given)
        answer["Cache-Control"] = "private, no-cache"
        patch_vary_headers(answer, ("Authorization", "Cookie"))
        if request.method not in {"GET", "HEAD"} or answer.status_code != 200:
            return answer
        etag = f'W/"{hashlib.blake2b(answer.content, digest_size=12).hexdigest()}"'
        answer["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=answer) or answer
