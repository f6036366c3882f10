"""What holds for all tests."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Plant the built-in purposes again whenever a test that commits has emptied the tables, as migrating does."""
    from django.apps import apps
    from django.db import connections, router
    from django.db.models.signals import post_migrate

    from sojourn.domains.privacy.models import PurposeRow

    planting = import_module("sojourn.domains.privacy.migrations.0003_built_in_purposes")

    def plant_again(sender: Any, using: str, **_: Any) -> None:
        if sender.label == "privacy" and using == router.db_for_write(PurposeRow) and not PurposeRow.objects.exists():
            planting.plant(apps, SimpleNamespace(connection=connections[using]))

    post_migrate.connect(plant_again, weak=False)
