"""Bringing values into a form in which they can be compared, as SQL: one pass over the records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sojourn.engine.matching.words import FIELDS

TITLES: Final = "mr|mrs|ms|miss|mx|dr|prof|herr|frau|sir|dame"
BETWEEN_WORDS: Final = r"[^\p{L}\p{N}]+"
STREETS: Final = (
    (r"\bstr?$", "street"), (r"\brd$", "road"), (r"\bave?$", "avenue"), (r"\bcr(es)?c?$", "crescent"),
    (r"\bct$", "court"), (r"\bdr$", "drive"), (r"\bpl$", "place"), (r"\bln$", "lane"), (r"\bsq$", "square"),
)  # fmt: skip


def cleaned(table: str, has: Sequence[str]) -> str:
    """Write the SELECT that gives a table's records cleaned: `id` and each field it has, NULL for what is empty.

    Dates become eight digits (year, month, day), phone numbers their last nine digits, which are the same with and
    without the country's code.
    """
    columns = [f'{_SHAPES[name](_text(name))} AS "{name}"' for name in FIELDS if name in has]
    return f"SELECT id, {', '.join(columns)} FROM {table}"


def _text(name: str) -> str:
    return f'CAST("{name}" AS VARCHAR)'


def _letters(value: str) -> str:
    plain = f"strip_accents(lower(replace(replace({value}, 'ß', 'ss'), '''', '')))"
    return f"trim(regexp_replace({plain}, '{BETWEEN_WORDS}', ' ', 'g'))"


def _name(value: str) -> str:
    return f"nullif(regexp_replace({_letters(value)}, '^(({TITLES}) )+', ''), '')"


def _words(value: str) -> str:
    return f"nullif({_letters(value)}, '')"


def _street(value: str) -> str:
    found = _letters(value)
    for pattern, word in STREETS:
        found = f"regexp_replace({found}, '{pattern}', '{word}')"
    return f"nullif({found}, '')"


def _born(value: str) -> str:
    iso = f"regexp_extract({value}, '^\\s*(\\d{{4}})[-/.]?(\\d{{2}})[-/.]?(\\d{{2}})', 0)"
    other = (
        f"regexp_replace({value}, '^\\s*(\\d{{2}})[-/.](\\d{{2}})[-/.](\\d{{4}}).*$', '\\3\\2\\1')"  # day, month, year
    )
    digits = f"regexp_replace(CASE WHEN {iso} <> '' THEN {iso} ELSE {other} END, '[^0-9]', '', 'g')"
    return f"CASE WHEN length({digits}) = 8 THEN {digits} END"


def _mail(value: str) -> str:
    return f"CASE WHEN {value} LIKE '%_@_%' THEN lower(trim({value})) END"


def _phone(value: str) -> str:
    digits = f"ltrim(regexp_replace({value}, '[^0-9]', '', 'g'), '0')"
    return f"CASE WHEN length({digits}) >= 5 THEN right({digits}, 9) END"


def _code(value: str) -> str:
    return f"nullif(regexp_replace(lower({value}), '[^a-z0-9]', '', 'g'), '')"


_SHAPES: Final = {
    "given": _name, "given_more": _name, "family": _name, "family_more": _name, "born": _born, "mail": _mail,
    "phone": _phone, "number": _code, "street": _street, "street_more": _words, "place": _words, "postcode": _code,
    "region": _words,
}  # fmt: skip
