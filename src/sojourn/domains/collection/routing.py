"""Which database a model lives in."""

from __future__ import annotations

from typing import Any

from django.conf import settings

STREAM_ROOMS = frozenset({"collection", "identity"})
STATE_MODELS = frozenset({"outboxevent", "consumercursor"})  # written inside another room's transaction


class Router:
    """Sends what commits together with a segment to "stream", everything else to "default"."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Name the database to read a model from."""
        return place(model._meta.app_label, model._meta.model_name)

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Name the database to write a model to."""
        return place(model._meta.app_label, model._meta.model_name)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        """Say whether a model's tables belong in a database."""
        return db == place(app_label, model_name)


def place(app_label: str, model_name: str | None) -> str:
    """Name the database of a model; PostgreSQL holds both in one."""
    if "stream" in settings.DATABASES and app_label in STREAM_ROOMS and model_name not in STATE_MODELS:
        return "stream"
    return "default"
