"""Addresses of this surface."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.problems import problem


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer for addresses that do not exist."""
    return problem(404, "not_found", "There is nothing at this address.")


def description(request: HttpRequest) -> HttpResponse:
    """Give the API's description (OpenAPI 3.1)."""
    return HttpResponse(msgspec.json.encode(api.get_openapi_schema()), content_type="application/json")


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/openapi.json", description),
    path("v1/", api.urls),
    re_path(r"^.*$", nothing),
]
