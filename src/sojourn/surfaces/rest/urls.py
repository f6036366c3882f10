"""Addresses of this surface."""

from __future__ import annotations

from itertools import groupby

import msgspec
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import endpoints
from sojourn.surfaces.rest.problems import problem
from sojourn.surfaces.rest.refusals import refusals


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Answer for addresses that do not exist."""
    return problem(404, "not_found", "There is nothing at this address.")


@require_safe
def description(request: HttpRequest) -> HttpResponse:
    """Give the API's description (OpenAPI 3.1)."""
    return HttpResponse(msgspec.json.encode(api.get_openapi_schema()), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the API's description to people; plain HTML, so that it needs no script."""
    found = endpoints(api.get_openapi_schema())
    tags = [(tag, list(each)) for tag, each in groupby(found, key=lambda endpoint: endpoint.tag)]
    return render(request, "rest/docs.html", {"tags": tags, "errors": refusals()})


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/openapi.json", description, name="api-description"),
    path("v1/docs", docs, name="api-docs"),
    path("v1/", nothing),  # before the API's own root, which is no view of ours
    path("v1/", api.urls),
    re_path(r"^.*$", nothing),
]
