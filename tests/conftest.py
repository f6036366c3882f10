"""What holds for all tests."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

# Few tests that take long: begun last, as xdist would, they leave the other worker idle at the end.
LONG_FIRST = (
    "tests/surfaces/web/test_pages_in_browser.py",
    "tests/domains/test_on_postgres.py",
    "tests/domains/collection/test_postgres_backups.py",
    "tests/surfaces/test_leaks_everywhere.py",
    "tests/surfaces/cli/test_demo.py",
    "tests/surfaces/web/test_living.py",
    "tests/domains/privacy/test_leaks.py",
    "tests/domains/journeys/test_real_xes.py",
    "tests/house/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_FIRST))


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
