"""Each malformed request gets the answer that the docs promise, and what was sent is never repeated."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from sojourn.surfaces.intake.refusals import ITEM_REASONS, REQUEST_REASONS
from surfaces.intake.bad_requests import BAD_REQUESTS, BadRequest
from surfaces.intake.running import RunningIntake

DOCS = Path(__file__).parents[3] / "docs" / "reference"


def send(intake: RunningIntake, bad: BadRequest) -> httpx.Response:
    auth = None if bad.key is None else httpx.BasicAuth(bad.key, "")
    return httpx.request(
        bad.method, intake.url + bad.path, content=bad.content(), auth=auth, headers=bad.headers, timeout=30
    )


@pytest.mark.parametrize("bad", BAD_REQUESTS, ids=lambda bad: bad.title)
def test_a_malformed_request_gets_its_answer(shared_intake: RunningIntake, bad: BadRequest) -> None:
    answer = send(shared_intake, bad)
    assert answer.status_code == bad.status
    body = answer.json()
    if bad.index is None:
        assert body["code"] == bad.code
        assert body["reason"].startswith(REQUEST_REASONS[bad.code][1])
        assert body["accepted"] == 0
        return
    assert [(each["index"], each["code"]) for each in body["refused"]] == [(bad.index, bad.code)]
    assert body["refused"][0]["reason"].startswith(ITEM_REASONS[bad.code])
    assert body["accepted"] == bad.index
    assert body["success"] is (bad.status == 200)


def test_the_page_of_bad_input_lists_exactly_these_requests() -> None:
    text = (DOCS / "bad-input.md").read_text()
    section = text.partition("<!-- requests -->")[2].partition("<!-- end of requests -->")[0]
    assert re.findall(r"^\| .*", section, re.MULTILINE)[2:] == table_rows()


def test_every_code_of_intake_is_documented() -> None:
    text = (DOCS / "intake.md").read_text()
    assert [code for code in (*ITEM_REASONS, *REQUEST_REASONS) if f"`{code}`" not in text] == []


def table_rows() -> list[str]:
    """Give the rows of the page; printed by `python -m tools.bad_input` when the list changes."""
    rows = []
    for bad in BAD_REQUESTS:
        reason = ITEM_REASONS[bad.code] if bad.index is not None else REQUEST_REASONS[bad.code][1]
        answer = f"{bad.status}" if bad.index is None else f"{bad.status}, item {bad.index} refused"
        rows.append(f"| {bad.title} | {answer} | `{bad.code}` | {reason} |")
    return rows
