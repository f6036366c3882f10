"""Control totals: what a sender says is in a file, read from the small file beside it, and held against the file."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sojourn.domains.collection.contracts import ControlTotals
from sojourn.kit.errors import InvalidError

BYTES_MAX: Final = 4_096
ROWS_MAX: Final = 1 << 62
DIGITS_MAX: Final = 26  # before the point, as the column holds them
PLACES_MAX: Final = 4
LINE: Final = re.compile(r"\s*([A-Za-z]+)\s*[=:,;\t]\s*(\S+)\s*")


class ControlError(InvalidError):
    """Control totals cannot be read, or the file is not what they say."""

    code = "control_totals"


def read(content: bytes) -> ControlTotals:
    """Read a control file: lines `rows=1200` and `total=45.10`, or the same as a JSON object; raise ControlError.

    >>> read(b"rows=1200\\ntotal=45.10\\n")
    ControlTotals(rows=1200, total=Decimal('45.10'))
    """
    said = _said(content)
    if not said or set(said) - {"rows", "total"}:
        raise ControlError("The control file must say rows, total or both, such as: rows=1200")
    return stated(rows=said.get("rows"), total=said.get("total"))


def stated(*, rows: object = None, total: object = None) -> ControlTotals:
    """Check totals that somebody stated, as numbers or text; None or "" leaves one open. Raise ControlError."""
    return ControlTotals(
        rows=None if rows in (None, "") else _rows(str(rows)), total=None if total in (None, "") else _total(str(total))
    )


def require_met(control: ControlTotals, *, rows: int, total: Decimal) -> None:
    """Raise ControlError, with both numbers, when a file is not what was said of it."""
    if control.rows is not None and control.rows != rows:
        raise ControlError(f"Control totals: {control.rows:,} rows were announced, the file has {rows:,}.")
    if control.total is not None and control.total != total:
        raise ControlError(
            f"Control totals: a total of {control.total} was announced, the rows that can be read come to {total}."
        )


def _said(content: bytes) -> dict[str, Any]:
    if len(content) > BYTES_MAX:
        raise ControlError(f"A control file has at most {BYTES_MAX:,} bytes.")
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise ControlError("The control file is no UTF-8 text.") from None
    if text.startswith("{"):
        try:
            read = json.loads(text, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            raise ControlError("The control file begins like JSON, but is none.") from None
        return {str(name).lower(): value for name, value in read.items()}
    lines = [LINE.fullmatch(line) for line in text.splitlines() if line.strip()]
    if not all(lines):
        raise ControlError("The control file has a line that is not like: rows=1200")
    return {line[1].lower(): line[2] for line in lines if line is not None}


def _rows(said: str) -> int:
    if not said.isascii() or not said.isdigit() or len(said) > 19 or int(said) > ROWS_MAX:
        raise ControlError("rows: a whole number, without separators.")
    return int(said)


def _total(said: str) -> Decimal:
    try:
        total = Decimal(said)
    except InvalidOperation:
        raise ControlError("total: a number such as 1234.50, without separators.") from None
    if not total.is_finite() or total.adjusted() >= DIGITS_MAX or -int(total.as_tuple().exponent) > PLACES_MAX:
        raise ControlError(f"total: a number with at most {PLACES_MAX} decimal places.")
    return total
