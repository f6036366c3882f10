"""The simulated rows as Arrow tables in Sojourn's own column form, which the import reads without a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sojourn.engine.simulation import words
from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.ledger import NO_VALUE, Rows
from sojourn.engine.simulation.records import traits
from sojourn.engine.simulation.words import APP, IDENTIFY, PAGE, SCREEN, WEB
from sojourn.engine.stream.files.presets import NATIVE_SCHEMA

CURRENCY = "EUR"
BLOCK_OFFSET = 1_000  # keeps the block's number in a message id positive
CENTS_TO_UNITS = 100  # cents to ten-thousandths
REGISTER = "register"
# What the device says stands in columns of its own: hundreds of thousands of equal JSON texts need not be read.
SCHEMA = pa.schema([*NATIVE_SCHEMA, *((name, pa.string()) for name in words.DEVICE_FIELDS)])


def tabled(bank: Bank, number: int, rows: Rows) -> pa.Table:
    """Turn rows of a block into a table of `SCHEMA`; their message ids stay the same whenever they are made."""
    column = rows.columns
    channel, actor, kind = column["channel"], column["actor"], column["kind"]
    digital = (channel == WEB) | (channel == APP)
    arrays = {
        "message_id": _joined(f"hb{bank.seed}-{number + BLOCK_OFFSET}-", column["row"]),
        "user_id": _masked(user_ids(actor), column["known"] & (actor < bank.size)),
        "anonymous_id": _masked(_joined("device-", actor * 2 + (channel == APP)), digital),
        "type": _taken(words.KINDS, kind),
        "event": _events(rows),
        "timestamp": pa.array(column["at"]).cast(pa.timestamp("us", tz="UTC")),
        "channel": _taken(words.CHANNELS, channel),
        "touchpoint": _taken(words.TOUCHPOINTS, channel),
        "unit": _taken((*words.UNITS, None), np.where(column["unit"] < 0, len(words.UNITS), column["unit"])),
        "agent": _masked(_joined("agent-", column["agent"]), column["agent"] >= 0),
        "product": _taken((None, *words.PRODUCTS[1:]), column["product"]),
        "case": _masked(_joined("HB", column["case"]), column["case"] > 0),
        "value": _money(column["value"]),
        "currency": _taken((None, CURRENCY), (column["value"] != NO_VALUE).astype(np.int8)),
        "properties": _properties(rows),
        "traits": _masked(traits(bank.people, actor % bank.size), (kind == IDENTIFY) & _is_new(bank, actor)),
        **_devices(bank, rows),
    }
    return pa.table(arrays, schema=SCHEMA)


def register(bank: Bank, at: int) -> pa.Table:
    """Make the customer register as delivered in the night of ``at``: one `identify` with traits per old customer."""
    old = np.flatnonzero(bank.people.member_from == 0).astype(np.int64)
    instants = at + np.arange(len(old), dtype=np.int64) * words.SECOND // 50
    columns = {
        "message_id": _joined(f"hb{bank.seed}-{REGISTER}-", old),
        "user_id": user_ids(old),
        "type": pa.array(["identify"] * len(old)),
        "event": pa.array(["Identified"] * len(old)),
        "timestamp": pa.array(instants).cast(pa.timestamp("us", tz="UTC")),
        "traits": traits(bank.people, old),
    }
    return pa.table([columns.get(each.name, pa.nulls(len(old), each.type)) for each in SCHEMA], schema=SCHEMA)


def user_ids(customer: npt.NDArray[np.int64]) -> pa.StringArray:
    """Name customers as the bank's systems do."""
    return _joined("HB-", customer + 100_000)


def _is_new(bank: Bank, actor: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    return (actor < bank.size) & (bank.people.opens_at[actor % bank.size] > 0)


def _devices(bank: Bank, rows: Rows) -> dict[str, pa.StringArray]:
    """Say what device a row came from, field by field."""
    column, people = rows.columns, bank.people
    channel, customer = column["channel"], column["actor"] % bank.size
    app = len(words.BROWSERS) + people.system[customer] * len(words.APP_VERSIONS)
    app = app + people.version(customer, column["at"], bank.anchor)
    none = len(words.PROFILES)
    profile = np.where(channel == WEB, people.browser[customer], np.where(channel == APP, app, none))
    return {
        field: _taken((*(each[place] for each in words.PROFILES), None), profile)
        for place, field in enumerate(words.DEVICE_FIELDS)
    }


def _is_page(rows: Rows) -> npt.NDArray[np.bool_]:
    return np.isin(rows.columns["kind"], (PAGE, SCREEN))


def _events(rows: Rows) -> pa.StringArray:
    """Name the events; a page or screen goes by its own name."""
    called = _taken(rows.fragments, rows.columns["extra"])
    return pc.if_else(pa.array(_is_page(rows)), called, _taken(words.EVENTS, rows.columns["name"]))


def _properties(rows: Rows) -> pa.StringArray:
    """Write what the event says as a JSON object, null where it says nothing."""
    texts = (None, *(f"{{{fragment}}}" for fragment in rows.fragments[1:]))
    return _masked(_taken(texts, rows.columns["extra"]), ~_is_page(rows))


def _money(cents: npt.NDArray[np.int64]) -> pa.Array:
    """Turn cents into decimal(18, 4), written as the 128-bit integers of ten-thousandths that Arrow holds."""
    wide = np.empty((len(cents), 2), dtype=np.int64)
    absent = cents == NO_VALUE
    wide[:, 0] = np.where(absent, 0, cents) * CENTS_TO_UNITS
    wide[:, 1] = wide[:, 0] >> 63
    valid = pa.array(~absent).buffers()[1]
    return pa.Array.from_buffers(pa.decimal128(18, 4), len(cents), [valid, pa.py_buffer(wide)])


def _joined(prefix: str, number: npt.NDArray[Any]) -> pa.StringArray:
    return pc.binary_join_element_wise(prefix, pa.array(number).cast(pa.string()), "")


def _masked(values: pa.Array, where: npt.NDArray[np.bool_]) -> pa.Array:
    return pc.if_else(pa.array(where), values, pa.scalar(None, values.type))


def _taken(texts: Sequence[str | None], code: npt.NDArray[Any]) -> pa.StringArray:
    return pa.array(texts, pa.string()).take(pa.array(code))
