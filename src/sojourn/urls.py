"""Where each address leads: pages by `surfaces.web`, the API by `surfaces.rest`."""

from __future__ import annotations

from django.urls import include, path

from sojourn.surfaces.rest.metrics import metrics

urlpatterns = [
    path("api/", include("sojourn.surfaces.rest.urls")),
    path("metrics", metrics),
    path("", include("sojourn.surfaces.web.urls")),
]
