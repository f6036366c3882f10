"""Ready mappings for the files that other tools write, and how one is recognised by its header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyarrow as pa

from sojourn.engine.stream.files.mapping import FIELDS, Cell, ColumnMapping, MappingError, Step
from sojourn.engine.stream.files.preset import Preset, cells
from sojourn.engine.stream.files.tools import EXPORTS_OF_TOOLS

# The native form, as `sojourn` writes it to Parquet: every column may be left out or null, but for a time, a
# name and one of the two identifiers. `properties` and `traits` are JSON objects as text.
NATIVE_SCHEMA: Final = pa.schema(
    [
        ("message_id", pa.string()),
        ("user_id", pa.string()),
        ("anonymous_id", pa.string()),
        ("type", pa.string()),  # track (when empty), page, screen, identify, group, alias
        ("event", pa.string()),
        ("timestamp", pa.timestamp("us", tz="UTC")),
        ("channel", pa.string()),
        ("touchpoint", pa.string()),
        ("unit", pa.string()),
        ("agent", pa.string()),
        ("product", pa.string()),
        ("case", pa.string()),
        ("value", pa.decimal128(18, 4)),
        ("currency", pa.string()),
        ("properties", pa.string()),
        ("traits", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """How well a preset fits a header, and why."""

    mapping: ColumnMapping  # with the headers as this file writes them
    score: float  # 0 to 1
    reason: str


_CASE: Final = ("case:concept:name", "case_id", "case id", "caseid", "_case_key", "case", "case key", "case number")

SOJOURN: Final = Preset(
    mapping=ColumnMapping(
        name="sojourn",
        title="Sojourn's own form",
        cells=cells(**{name: name for name in FIELDS}),
    ),
    needs=("timestamp", "event", "user_id|anonymous_id"),
    marks=("message_id", "anonymous_id", "type", "properties", "traits", "channel", "touchpoint", "unit", "currency"),
)
EVENT_LOG: Final = Preset(
    mapping=ColumnMapping(
        name="xes",
        title="Process-mining log (XES, pm4py)",
        cells=cells(
            event="concept:name",
            timestamp="time:timestamp",
            case="case:concept:name",
            anonymous_id=Cell(columns=("case:concept:name",), scoped=True),
            agent="org:resource",
        ),
    ),
    needs=("timestamp", "event", "case"),
    marks=("case:concept:name", "concept:name", "time:timestamp"),
)
CELONIS: Final = Preset(
    mapping=ColumnMapping(
        name="celonis",
        title="Case, activity, timestamp (Celonis and others)",
        cells=cells(
            event=("activity", "activity_en", "activity name", "concept:name"),
            timestamp=("timestamp", "eventtime", "event time", "complete timestamp", "end timestamp", "time:timestamp"),
            case=_CASE,
            anonymous_id=Cell(columns=_CASE, scoped=True),
            agent=("resource", "user_name", "org:resource", "user"),
        ),
    ),
    needs=("timestamp", "event", "case"),
    marks=("activity", "_case_key", "eventtime", "activity_en"),
)
RETENTIONEERING: Final = Preset(
    mapping=ColumnMapping(
        name="retentioneering",
        title="Click stream: user, event, timestamp (retentioneering)",
        cells=cells(
            user_id=("user_id", "user", "client_id", "customer_id"),
            event=("event", "event_name", "action"),
            timestamp=("timestamp", "event_timestamp", "time", "datetime"),
        ),
    ),
    needs=("timestamp", "event", "user_id"),
    marks=("session_id",),
)
SEGMENT: Final = Preset(
    mapping=ColumnMapping(
        name="segment",
        title="Segment warehouse table",
        cells=cells(
            message_id=("message_id", "id"),
            user_id="user_id",
            anonymous_id="anonymous_id",
            event=("event_text", "event"),
            timestamp=("timestamp", "original_timestamp", "sent_at"),
            value=("revenue", "total", "value"),
            currency="currency",
        ),
        ignore=(
            "uuid", "uuid_ts", "received_at", "sent_at", "original_timestamp", "event", "context_ip",
            "context_user_agent*", "context_library_*", "context_traits_*", "loaded_at",
        ),
        rename={
            "context_app_version": "$app_version",
            "context_os_name": "$os",
            "context_device_type": "$device",
            "context_locale": "$locale",
            "context_page_url": "$url",
            "context_page_path": "$path",
            "context_page_referrer": "$referrer",
            "context_campaign_name": "$campaign_name",
            "context_campaign_source": "$campaign_source",
            "context_campaign_medium": "$campaign_medium",
        },
    ),
    needs=("timestamp", "event", "user_id|anonymous_id"),
    marks=("received_at", "original_timestamp", "event_text", "sent_at", "uuid_ts", "context_library_name", "id"),
)  # fmt: skip
_CUSTOMERS: Final = (
    "customer", "customers", "client", "clients", "user", "users", "person", "persons", "patient", "patients", "member",
    "members", "account", "accounts", "visitor", "visitors", "applicant", "applicants",
)  # fmt: skip
_ORDERS: Final = (
    "order", "orders", "case", "cases", "application", "applications", "ticket", "tickets", "claim", "claims",
    "contract", "contracts", "purchase order", "purchase_order", "sales order", "sales_order", "invoice", "invoices",
)  # fmt: skip
OBJECTS: Final = Preset(
    mapping=ColumnMapping(
        name="ocel",
        title="Object-centric log (OCEL 2.0)",
        cells=cells(
            message_id="ocel:eid",
            event="ocel:activity",
            timestamp="ocel:timestamp",
            user_id=_CUSTOMERS,
            case=Cell(columns=_ORDERS, scoped=True),
            agent=("employee", "employees", "resource", "resources", "agent", "agents", "system user", "staff"),
            product=("product", "products"),
            traits="ocel:traits",
        ),
    ),
    needs=("timestamp", "event", "user_id"),
    marks=("ocel:eid", "ocel:activity", "ocel:timestamp"),
)  # fmt: skip
INVOICES: Final = Preset(
    mapping=ColumnMapping(
        name="invoices",
        title="Invoice lines of a shop (as UCI's Online Retail)",
        cells=cells(
            event=Cell(columns=("InvoiceNo",), starts_with=(("C", "Order Cancelled"),), otherwise="Order Completed"),
            timestamp="InvoiceDate",
            user_id=("CustomerID", "Customer ID"),
            anonymous_id=Cell(columns=("InvoiceNo",), scoped=True, only_without="user_id"),
            case=Cell(columns=("InvoiceNo",), scoped=True),
            product="StockCode",
            value=Cell(columns=("Quantity",), times="UnitPrice"),
            currency=Cell(constant="GBP"),
            channel=Cell(constant="web"),
            unit="Country",
        ),
        rename={"Description": "description", "Quantity": "quantity", "UnitPrice": "unit_price"},
        time_format="%m/%d/%Y %H:%M",
    ),
    needs=("timestamp", "event", "value", "case"),
    marks=("InvoiceNo", "StockCode", "InvoiceDate", "UnitPrice"),
)

PRESETS: Final = {
    each.mapping.name: each
    for each in (SOJOURN, EVENT_LOG, CELONIS, RETENTIONEERING, SEGMENT, OBJECTS, INVOICES, *EXPORTS_OF_TOOLS)
}


def preset(name: str) -> Preset:
    """Give the preset of a name; raise MappingError listing the names there are."""
    if name not in PRESETS:
        raise MappingError(f"There is no preset {name!r}; there are {', '.join(sorted(PRESETS))}.")
    return PRESETS[name]


def fitted(chosen: Preset, header: Sequence[str]) -> ColumnMapping:
    """Give a preset's mapping with the headers as this file writes them; raise MappingError naming what is missing."""
    missing = _missing(chosen, header)
    if missing:
        raise MappingError(
            f"The preset {chosen.mapping.name} needs {' and '.join(missing)}; the file's columns are: "
            f"{', '.join(header) or 'none'}."
        )
    return _fit(chosen.mapping, header)


def detect(header: Sequence[str]) -> tuple[Match, ...]:
    """Give the presets that fit a header, best first.

    A preset fits when all it needs is there; marks raise its score (three are enough), and so does the share of
    the columns that it understands.
    """
    found = [_match(each, header) for each in PRESETS.values() if not _missing(each, header)]
    return tuple(sorted(found, key=lambda match: -match.score))


def plain(name: str) -> str:
    """Write a header without case, spaces and joining marks, so that `Case ID` is `case_id`.

    >>> plain("Case ID") == plain("case_id") == "caseid"
    True
    """
    return re.sub(r"[\s_\-.]+", "", name.strip().casefold())


def _match(each: Preset, header: Sequence[str]) -> Match:
    plains = {plain(name) for name in header}
    marks = [mark for mark in each.marks if plain(mark) in plains]
    mapping = _fit(each.mapping, header)
    understood = len(mapping.columns())
    share = min(1.0, len(marks) / min(3, len(each.marks)))
    score = 0.3 + 0.5 * share + 0.2 * min(1.0, understood / max(1, len(header)))
    reason = f"columns {', '.join(marks)}" if marks else f"columns {', '.join(sorted(mapping.columns()))}"
    return Match(mapping=mapping, score=round(score, 3), reason=reason)


def _missing(each: Preset, header: Sequence[str]) -> list[str]:
    plains = {plain(name) for name in header}
    missing = [mark for mark in each.marks if plain(mark) not in plains] if each.all_marks else []
    for need in each.needs:
        options = [each.mapping.cells[name] for name in need.split("|")]
        if not any(plain(column) in plains for cell in options for column in cell.columns):
            missing.append(" or ".join(options[at].columns[0] for at in range(len(options))))
    return missing


def _fit(mapping: ColumnMapping, header: Sequence[str]) -> ColumnMapping:
    written = {plain(name): name for name in reversed(header)}

    def there(columns: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(written[plain(column)] for column in columns if plain(column) in written))

    fit = {}
    for name, cell in mapping.cells.items():
        columns = there(cell.columns)
        if columns or cell.constant is not None:
            times = written.get(plain(cell.times), cell.times) if cell.times else None
            fit[name] = replace(cell, columns=columns, times=times)
    return replace(
        mapping,
        cells=fit,
        rename={written.get(plain(k), k): v for k, v in mapping.rename.items()},
        trait_columns=there(mapping.trait_columns),
        trait_names={written[plain(k)]: v for k, v in mapping.trait_names.items() if plain(k) in written},
        personal=there(mapping.personal),
        ignore=tuple(dict.fromkeys(name for each in mapping.ignore for name in (each, *_meant(each, header)))),
        steps=tuple(_step(each, written) for each in mapping.steps if plain(each.time) in written),
    )


def _step(step: Step, written: Mapping[str, str]) -> Step:
    return replace(
        step,
        time=written[plain(step.time)],
        where=written.get(plain(step.where), step.where) if step.where else None,
        without=tuple(written[plain(each)] for each in step.without if plain(each) in written),
        tells=tuple(written[plain(each)] for each in step.tells if plain(each) in written),
    )


def _meant(ignored: str, header: Sequence[str]) -> list[str]:
    start = plain(ignored.removesuffix("*"))
    is_prefix = ignored.endswith("*")
    return [name for name in header if plain(name) == start or (is_prefix and plain(name).startswith(start))]
