"""Real logs, written as XES and imported, have the graph that a process-mining tool finds, after an export too."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from domains.collection.deliveries.handing import deliver
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.catalogue import actions as catalogue
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import EventFilter, ExportFormat
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.lens import every
from sojourn.kit.period import Period

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "eventlogs"
pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the project"),
]
KEYS = {"activity": "concept:name", "timestamp": "time:timestamp", "resource": "org:resource"}


def as_xes(table: pa.Table) -> Iterator[str]:
    """Write a log as other tools do: a trace a case, each attribute on a line."""
    yield '<?xml version="1.0" encoding="UTF-8" ?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'
    rows = sorted(table.to_pylist(), key=lambda row: str(row["case_id"]))  # stable: events stay in their order
    for case, events in groupby(rows, key=lambda row: str(row["case_id"])):
        yield f'\t<trace>\n\t\t<string key="concept:name" value={quoteattr(case)}/>\n'
        for event in events:
            yield "\t\t<event>\n"
            for name, value in event.items():
                if value is not None and name != "case_id" and not name.startswith("case:"):
                    yield _attribute(KEYS.get(name, name), value)
            yield "\t\t</event>\n"
        yield "\t</trace>\n"
    yield "</log>\n"


def _attribute(key: str, value: Any) -> str:
    if hasattr(value, "isoformat"):
        return f'\t\t\t<date key="{key}" value="{value.isoformat()}"/>\n'
    return f"\t\t\t<string key={quoteattr(key)} value={quoteattr(str(value))}/>\n"


def read(name: str) -> pa.Table:
    return pq.read_table(DATA / name) if name.endswith(".parquet") else pa_csv.read_csv(DATA / name)


def counted(table: pa.Table) -> list[list[Any]]:
    """Count what directly follows what, event by event."""
    counts = Counter[tuple[str, str]]()
    rows = sorted(table.to_pylist(), key=lambda row: (str(row["case_id"]), row["timestamp"]))  # stable
    for before, after in pairwise(rows):
        counts[before["activity"], after["activity"]] += before["case_id"] == after["case_id"]
    return sorted([*pair, count] for pair, count in counts.items() if count)


def pairs(source: str) -> list[list[Any]]:
    actions.refresh_timeline()
    answer = queries.ask(
        fold_for=lambda codes: GraphFold(every(len(codes.names))),
        period=Period(),
        events=EventFilter(dimensions={"source": (source,)}),
        viewer=SYSTEM,
    )
    found = answer.value
    names = answer.names
    edges = zip(found.source.tolist(), found.target.tolist(), found.count.tolist(), strict=True)
    return sorted([names[before], names[after], count] for before, after, count in edges)


@pytest.mark.parametrize(
    "name",
    [
        "bpic2012.parquet",
        "bpic2013_incidents.parquet",
        "bpic2013_closed.parquet",
        "helpdesk.parquet",
        "receipt.parquet",
        "running-example.csv",
        "roadtraffic100traces.csv",
    ],
)
def test_a_log_written_as_xes_has_the_same_graph(name: str, tmp_path: Path) -> None:
    table = read(name)
    expected = counted(table)
    known = json.loads((DATA / "expected_by_pm4py.json").read_text()).get(name)
    assert known is None or sorted(known["dfg"]) == expected
    catalogue.create_source(slug="shop", viewer=SYSTEM)
    path = tmp_path / "log.xes.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(as_xes(table))
    done = deliver(path)
    assert (done.preset, done.rows_good, done.rows_refused) == ("xes", table.num_rows, 0)
    assert pairs("shop") == expected
    catalogue.create_source(slug="back", viewer=SYSTEM)
    for wanted in (ExportFormat.XES_GZ, ExportFormat.PARQUET) if table.num_rows < 10_000 else ():
        out = tmp_path / f"events.{wanted.value}"
        everything = EventFilter(dimensions={"source": ("shop",)})
        exported = actions.export(wanted=wanted, period=Period(), events=everything, viewer=SYSTEM)
        with out.open("wb") as written:
            written.writelines(exported.pieces)
        assert deliver(out, source="back", name="same").rows_good == table.num_rows
        assert pairs("back") == expected
