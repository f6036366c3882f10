"""The files in which a demo company's events are delivered, in Sojourn's own column form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.retail import invoices
from sojourn.engine.simulation.table import SCHEMA, register, tabled
from sojourn.kit.period import instant
from sojourn.surfaces.cli.companies import BANK, RETAIL, DemoState, document, shipped
from sojourn.surfaces.cli.documents import channels_of_sources

REGISTER = "register"
SHOP = "web-shop"

Tell = Callable[[int, int], None]  # blocks made, blocks in all


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """One file of one source; the name is the same whenever the same time is delivered."""

    source: str
    path: Path
    rows: int


def pack(state: DemoState, folder: Path, tell: Tell) -> list[Parcel]:
    """Write the files for the time that is being loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_retail(folder)] if state.company == RETAIL.slug else _bank(state, folder, tell)


def _retail(folder: Path) -> Parcel:
    table = invoices(shipped(RETAIL, "online_retail.parquet"))
    path = folder / "online-retail.parquet"
    pq.write_table(table, path)
    return Parcel(source=SHOP, path=path, rows=len(table))


def _bank(state: DemoState, folder: Path, tell: Tell) -> list[Parcel]:
    bank = Bank(seed=state.seed, size=state.size, anchor=state.anchor)
    span = f"{instant(state.loading_since):%Y%m%dT%H%M%S}-{instant(state.loading_until):%Y%m%dT%H%M%S}"
    sources = channels_of_sources(document(BANK, "sources.yaml"))
    paths = {source: folder / f"{source}-{span}.parquet" for source in (REGISTER, *sources.values())}
    rows = dict.fromkeys(paths, 0)
    with ExitStack() as stack:
        # Dictionaries would not pay for message ids; the files live for a minute only.
        writers = {
            source: stack.enter_context(pq.ParquetWriter(path, SCHEMA, compression="lz4"))
            for source, path in paths.items()
        }
        for source, table in _tables(bank, state, sources, tell):
            writers[source].write_table(table)
            rows[source] += len(table)
    return [Parcel(source=source, path=path, rows=rows[source]) for source, path in paths.items() if rows[source]]


def _tables(bank: Bank, state: DemoState, sources: dict[str, str], tell: Tell) -> Iterator[tuple[str, pa.Table]]:
    """Yield tables with their source: the register first when this is the first loading, then block by block."""
    if not state.loaded_until:
        yield REGISTER, register(bank, state.loading_since)
    since, until = state.loading_since, state.loading_until
    in_all = len(bank.blocks(since, until))
    for done, (number, rows) in enumerate(bank.between(since, until), start=1):
        table = tabled(bank, number, rows)
        for channel, source in sources.items():
            yield source, table.filter(pc.equal(table["channel"], channel))
        tell(done, in_all)
