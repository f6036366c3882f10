"""No cell of a file that leaves is a formula to a spreadsheet; numbers stay numbers."""

from __future__ import annotations

import pytest

from sojourn.kit.spreadsheet import harmless

FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "-A1", "+x"]
NUMBERS = ["-5", "+49 (30) 1234-56", "-1.5e-3", "-1,234.50", "+", "", "a", "1+1"]


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", NUMBERS)
def test_numbers_and_other_texts_stay(cell: str) -> None:
    assert harmless(cell) == cell
