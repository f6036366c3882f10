"""The pages as a Django app: its templates and static files."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the app, so that no room's label clashes with it."""

    name = "sojourn.surfaces.web"
    label = "web"
