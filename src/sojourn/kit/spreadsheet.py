"""Texts on their way into a spreadsheet."""

from __future__ import annotations

import re

FORMULA = ("=", "@", "\t", "\r", "\n")
SIGNS = ("+", "-")
NUMBER = re.compile(r"[+-][\d .,()/]*(?:-[\d .,()/]+)*(?:[eE][+-]?\d+)?")


def harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula; phone numbers and negative numbers stay as they are.

    Source: OWASP, "CSV Injection".

    >>> harmless("=1+1"), harmless("-2+3+cmd|' /C calc'!A0")
    ("'=1+1", "'-2+3+cmd|' /C calc'!A0")
    >>> harmless("+49 (30) 1234-56"), harmless("-1.5e-3"), harmless("a")
    ('+49 (30) 1234-56', '-1.5e-3', 'a')
    """
    is_formula = cell.startswith(FORMULA) or (cell.startswith(SIGNS) and not NUMBER.fullmatch(cell))
    return f"'{cell}" if is_formula else cell
