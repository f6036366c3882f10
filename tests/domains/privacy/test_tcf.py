"""TC strings: those that IAB's own documents and libraries show, and what is none."""

from __future__ import annotations

import base64
import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.domains.privacy.standing import tcf
from sojourn.domains.privacy.words.consent import Basis, PurposeTerms
from sojourn.kit.errors import InvalidError

# The example of "Consent string and vendor list formats v2", whose values iabtcf and others print.
PUBLISHED = (
    "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAA"
    "AAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw"
)
# Of the tests of IAB's Java library; others show the same values.
FULL = "CLcVDxRMWfGmWAVAHCENAXCkAKDAADnAABRgA5mdfCKZuYJez-NQm0TBMYA4oCAAGQYIAAAAAAEAIAEgAA.argAC0gAAAAAAAAAAAA"


def test_the_published_example_says_what_is_published() -> None:
    found = tcf.decode(PUBLISHED)
    assert found.created_at == datetime(2020, 2, 20, 23, 57, 39, 300_000, tzinfo=UTC)
    assert found.updated_at == found.created_at
    assert (found.cmp, found.language, found.vendor_list, found.policy) == (27, "en", 15, 2)
    assert (found.consents, found.interests) == (frozenset({1, 2, 3}), frozenset())


def test_a_full_string_says_consents_and_legitimate_interests() -> None:
    found = tcf.decode(FULL)
    assert int(found.created_at.timestamp()) == 1_228_644_257
    assert int(found.updated_at.timestamp()) == 1_326_215_413
    assert (found.cmp, found.language, found.vendor_list) == (21, "en", 23)
    assert {1, 3, 9, 10} <= found.consents
    assert not found.consents & {2}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a TC string"),
        ("!!!", "TC string"),
        ("BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", "version 2"),
        ("COvF", "cut off"),
    ],
)
def test_what_is_no_tc_string_is_refused(text: str, why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        tcf.decode(text)


@given(raw=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    text = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    with contextlib.suppress(InvalidError):
        assert all(1 <= each <= 24 for each in tcf.decode(text).consents)


def test_purposes_are_mapped_by_their_table() -> None:
    asked = [
        PurposeTerms(name="marketing", title="", basis=Basis.OPT_IN, tcf=(1, 2, 3)),
        PurposeTerms(name="ads", title="", basis=Basis.OPT_IN, tcf=(1, 4)),
        PurposeTerms(name="other", title="", basis=Basis.OPT_IN),
    ]
    assert tcf.choices(tcf.decode(PUBLISHED), asked) == {"marketing": True, "ads": False}
