"""Wakes the rooms when Django starts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    """Lets every room join the hooks of the rooms below it and register its jobs, in every process alike."""

    name = "sojourn.domains.access"

    def ready(self) -> None:
        """Import each room's ``plugins`` and ``tasks``."""
        autodiscover_modules("plugins", "tasks")
