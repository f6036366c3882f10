"""Settings > Backups tells what there is and what is missing, and does what it offers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from surfaces.web.bank import Served

ADDRESS = "/settings/backups/"


@pytest.fixture
def administrator(served: Served) -> Iterator[httpx.Client]:
    with served.client("administrator") as client:
        yield client


def post(client: httpx.Client, address: str) -> str:
    return client.post(
        ADDRESS + address, data={"csrfmiddlewaretoken": client.cookies["csrftoken"]}, follow_redirects=True
    ).text


def test_the_page_says_what_there_is_and_asks_for_a_backup(administrator: httpx.Client) -> None:
    page = administrator.get(ADDRESS).text
    assert "No backup yet." in page or "Read whole" in page
    assert "A backup is being made." in post(administrator, "run")


def test_a_new_key_seals_at_once_and_the_old_one_is_not_forgotten_too_early(administrator: httpx.Client) -> None:
    before = re.search(r"Key <code>(\w+)</code>", administrator.get(ADDRESS).text)
    page = post(administrator, "keys/new")
    after = re.search(r"Key <code>(\w+)</code>", page)
    assert before and after and before[1] != after[1]
    assert "One older key still opens." in page
    assert re.search("retire the others in a moment|still seal something", post(administrator, "keys/retire"))
