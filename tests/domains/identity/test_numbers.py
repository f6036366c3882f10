"""Phone numbers written without parsing come out as parsing would write them."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.domains.identity.rules import _is_plain, normalised

CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@given(st.sampled_from(CODES), st.text("0123456789", min_size=4, max_size=12))
@settings(deadline=None, max_examples=2_000)
def test_a_number_that_needs_no_parsing_is_its_own_normal_form(code: int, rest: str) -> None:
    if _is_plain(f"{code}{rest}"):
        parsed = phonenumbers.parse(f"+{code}{rest}")
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == f"+{code}{rest}"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("+44 20 7946 0018", "+442079460018"),
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+39 06 698 1", "+39066981"),
        ("+1 1 212 555 0123", "+12125550123"),
        ("+54 9 11 2345 6789", "+5491123456789"),
    ],
)
def test_known_ways_of_writing_come_to_one_form(written: str, found: str) -> None:
    assert normalised("phone", written) == found


def test_most_numbers_of_these_countries_need_no_parsing() -> None:
    assert _is_plain("442079460018")
    assert _is_plain("4915112345678")
    assert not _is_plain("4402079460018")
    assert not _is_plain("39066981000")
