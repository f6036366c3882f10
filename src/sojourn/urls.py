"""Where each address leads: pages by `surfaces.web`, the API by `surfaces.rest`."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/", include("sojourn.surfaces.rest.urls")),
    path("", include("sojourn.surfaces.web.urls")),
]
