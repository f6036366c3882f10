"""Logs say which page was asked for, never the address as it was typed."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/customers/ana@example.com/ünal", "Not Found: an address that leads nowhere"),
        ("/journeys/ana-example/change", "journeys/<slug:slug>/change"),
    ],
)
def test_no_address_stands_in_the_log(address: str, logged: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "django.request")  # a command in this process may have made it quieter
    logger = logging.getLogger("django")
    for each in logger.handlers[0].filters:
        caplog.handler.addFilter(each)
    logger.addHandler(caplog.handler)
    try:
        Client(enforce_csrf_checks=True).post(address)
    finally:
        logger.removeHandler(caplog.handler)
    assert logged in caplog.text
    assert "ana" not in caplog.text
