"""Texts and numbers as exact amounts of four decimals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Flags

AMOUNT: Final = pa.decimal128(18, 4)
LARGEST: Final = Decimal("99999999999999.9999")
_GROUPED: Final = {".": re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?"), ",": re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?")}
_SIGNS: Final = re.compile(r"[\s\u00a0\u202f'€$£¥]|EUR|USD|GBP|CHF")


def detect(values: Sequence[str]) -> str:
    """Name the decimal mark of some numbers: a comma when more of them can only be meant so.

    >>> detect(["1.234,50", "12,5", "7"]), detect(["1,234.50", "12.5"]), detect(["1,234"])
    (',', '.', '.')
    """
    comma = sum(bool(re.search(r",\d{1,2}$|,\d{4,}$|\.\d{3},", value.strip())) for value in values)
    point = sum(bool(re.search(r"\.\d{1,2}$|\.\d{4,}$|,\d{3}\.", value.strip())) for value in values)
    return "," if comma > point else "."


def amounts(column: Any, *, decimal: str) -> tuple[Any, Flags]:
    """Turn a column into decimals of four places (half to even beyond), and say which values were none.

    An empty value is an empty amount, and not marked.
    """
    try:
        return _at_once(column, decimal), np.zeros(len(column), np.bool_)
    except pa.ArrowInvalid:
        values = [_amount(each, decimal) for each in column.to_pylist()]
        bad = np.array([each is _BAD for each in values], np.bool_)
        return pa.array([None if each is _BAD else each for each in values], AMOUNT), bad


def product(left: Any, right: Any) -> tuple[Any, Flags]:
    """Multiply two columns of amounts, rounded half to even; say which products are too large."""
    try:
        exact = pc.round(pc.multiply(left, right), ndigits=4, round_mode="half_to_even")
        return exact.cast(AMOUNT), np.zeros(len(left), np.bool_)
    except pa.ArrowInvalid:
        pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
        values = [None if a is None or b is None else _rounded(a * b) for a, b in pairs]
        bad = np.array([each is _BAD for each in values], np.bool_)
        return pa.array([None if each is _BAD else each for each in values], AMOUNT), bad


def _at_once(column: Any, decimal: str) -> Any:
    kind = column.type
    if pa.types.is_floating(kind):
        return pc.round(column, ndigits=4).cast(AMOUNT)
    if pa.types.is_integer(kind):
        return column.cast(pa.decimal128(19, 0)).cast(AMOUNT)
    if pa.types.is_decimal(kind):
        return column.cast(AMOUNT)
    if decimal == ",":
        if pc.any(pc.match_substring(column, ".")).as_py():
            raise pa.ArrowInvalid("points beside commas are looked at one by one")
        column = pc.replace_substring(column, ",", ".")
    return column.cast(AMOUNT)


_BAD: Final = Decimal("NaN")


def _amount(value: Any, decimal: str) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return _rounded(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    text = _SIGNS.sub("", value)
    if _GROUPED[decimal].fullmatch(text):
        text = text.replace("." if decimal == "," else ",", "")
    if decimal == ",":
        text = text.replace(",", ".") if "." not in text else "x"
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", text):
        return _BAD
    try:
        return _rounded(Decimal(text))
    except InvalidOperation:
        return _BAD


def _rounded(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > LARGEST:
        return _BAD
    return value.quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
