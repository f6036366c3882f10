"""Texts and numbers as instants: ISO 8601 in one go, other formats by strptime, whatever fails is marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.period import micros

EARLIEST_US: Final = micros(datetime(1900, 1, 1, tzinfo=UTC))
LATEST_US: Final = micros(datetime(2200, 1, 1, tzinfo=UTC))
EPOCHS: Final = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
FORMATS: Final = (
    "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
    "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d",
    "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y", "%d-%b-%Y %H:%M:%S", "%d-%b-%Y", "%b %d, %Y %H:%M:%S",
    "%a, %d %b %Y %H:%M:%S %z", "%a %b %d %H:%M:%S %Y", "%Y%m%d%H%M%S", "%Y-%m-%d-%H.%M.%S.%f", "%d/%b/%Y:%H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S %z", "%m/%d/%Y, %I:%M %p", "%d/%m/%Y, %H:%M", "%d.%m.%Y, %H:%M",
)  # fmt: skip


def detect(values: Sequence[str]) -> tuple[str | None, str]:
    """Name the format that reads most of some texts (None: ISO 8601), and say what is doubtful about it.

    >>> detect(["31.12.2024 23:59", "1.1.2025 00:00"])
    ('%d.%m.%Y %H:%M', '')
    """
    texts = [value.strip() for value in values if value and value.strip()][:500]
    if not texts or sum(_iso(text, ZoneInfo("UTC")) is not None for text in texts) * 2 >= len(texts):
        return None, ""
    counts = {each: sum(_parsed(text, each) is not None for text in texts) for each in (*EPOCHS, *FORMATS)}
    best = max(counts, key=lambda each: counts[each])
    if not counts[best]:
        return None, "No known format of dates fits; name it as time_format."
    swapped = best.replace("%d/%m", "%m/%d")
    if swapped != best and counts.get(swapped) == counts[best]:
        return best, "Day and month could be either way round; read as day/month. Name the time_format to be sure."
    return best, ""


def instants(column: Any, *, time_format: str | None, zone: str) -> tuple[Int64s, Flags]:
    """Turn a column of texts, numbers or timestamps into microseconds since the epoch, and say which were readable.

    Instants without a zone are taken to be in `zone`. An empty or unreadable value, and one before 1900 or after
    2199, is marked False.
    """
    if pa.types.is_timestamp(column.type):
        stamps = column if column.type.tz else _localised(column, zone)
        at = stamps.cast(pa.timestamp("us", tz="UTC"), safe=False).cast(pa.int64())
    elif pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        at = _epochs(column, time_format)
    else:
        at = _texts(column, time_format, zone)
    filled = np.asarray(pc.fill_null(at, LATEST_US)).astype(np.int64, copy=False)
    return filled, (filled >= EARLIEST_US) & (filled < LATEST_US)


def _epochs(column: Any, time_format: str | None) -> Any:
    if time_format not in EPOCHS:
        top = pc.max(pc.abs(column)).as_py() or 0
        time_format = "epoch_s" if top < 10**11 else "epoch_ms" if top < 10**14 else "epoch_us"
    scaled = pc.multiply(column.cast(pa.float64()), float(EPOCHS[time_format]))
    return pc.if_else(pc.less(pc.abs(scaled), 9e18), pc.round(scaled), None).cast(pa.int64(), safe=False)


def _texts(column: Any, time_format: str | None, zone: str) -> Any:
    try:
        if time_format is None:
            return _iso_column(column, zone)
        if time_format not in EPOCHS and "%z" not in time_format and "%f" not in time_format:
            found = pc.strptime(column, format=time_format, unit="us", error_is_null=True)
            if found.null_count == column.null_count:
                return _localised(found, zone).cast(pa.int64())
    except pa.ArrowInvalid:
        pass
    return _one_by_one(column, time_format, ZoneInfo(zone))


def _iso_column(column: Any, zone: str) -> Any:
    try:
        return _localised(column.cast(pa.timestamp("us")), zone).cast(pa.int64())
    except pa.ArrowInvalid:
        return column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())


def _localised(naive: Any, zone: str) -> Any:
    if zone == "UTC":
        return naive.cast(pa.timestamp("us", tz="UTC"))
    return pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent="latest")


def _one_by_one(column: Any, time_format: str | None, zone: ZoneInfo) -> Any:
    coded = pc.dictionary_encode(column)
    coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
    values = [_micros(text, time_format, zone) for text in coded.dictionary.to_pylist()]
    return pa.array(values, pa.int64()).take(coded.indices)


def _micros(text: str, time_format: str | None, zone: ZoneInfo) -> int | None:
    at = _iso(text.strip(), zone) if time_format is None else _parsed(text.strip(), time_format)
    if at is None and time_format is not None:
        at = _iso(text.strip(), zone)
    if at is None:
        return None
    try:
        return micros(at if at.tzinfo else at.replace(tzinfo=zone))
    except OverflowError:
        return None


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _parsed(text: str, time_format: str) -> datetime | None:
    try:
        if time_format in EPOCHS:
            at = datetime.fromtimestamp(float(text) * EPOCHS[time_format] / 1e6, UTC)
            return at if 1990 <= at.year < 2100 else None
        return datetime.strptime(text, time_format)  # noqa: DTZ007
    except (ValueError, OverflowError, OSError):
        return None
