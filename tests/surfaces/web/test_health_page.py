"""Health names what it checks in words."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role
from sojourn.domains.access.models import Account
from sojourn.domains.collection.models import ConsumerCursor

pytestmark = pytest.mark.django_db(databases="__all__")


def test_what_follows_the_stream_is_named_in_words(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path)
    ConsumerCursor.objects.create(consumer="sojourn.domains.privacy.plugins.follow_consents", batch=0)
    who = access.create_person(email="chief@example.com", role=Role.ADMINISTRATOR.value, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=who.id))
    said = client.get("/settings/health").content.decode()
    assert ">Follow consents<" in said
    assert "sojourn.domains" not in said
