"""The pages as a Django app: its templates and static files."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the app, so that no room's label clashes with it."""

    name = "sojourn.surfaces.web"
    label = "web"

    def ready(self) -> None:
        """Listen to what happens at sign-in."""
        from sojourn.surfaces.web import factors, notices, single_sign_on  # noqa: F401
