"""Looking through a whole data folder: every file in it belongs to a store, and none is left out unnamed."""

from __future__ import annotations

import functools
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pyarrow as pa
import pysqlite3

from sojourn.engine.scanning.parquet import look_at_parquet
from sojourn.engine.scanning.raw import look_at_file
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.spooled import look_at_spool
from sojourn.engine.scanning.sqlite import BESIDE, MAGIC, look_at_sqlite
from sojourn.engine.scanning.words import Look, StoreScan
from sojourn.kit.errors import SojournError
from sojourn.kit.sealing import Sealer

LEFT_OUT: Final = frozenset({"keys"})  # the key itself
PLACES_SHOWN: Final = 10
# RuntimeError and NotImplementedError: archives with a password, or packed in a way that is not known here.
_UNREADABLE: Final = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, NotImplementedError,
    pa.ArrowException, pysqlite3.Error, SojournError,
)  # fmt: skip
Task = Callable[[], Look]


def scan_folder(
    folder: Path, searcher: Searcher, sealer: Sealer, *, threads: int = 2, without: Iterable[str] = ()
) -> dict[str, StoreScan]:
    """Look through all files below a data folder and give what each store holds, by its name.

    `without` names top folders that are left out, beside the one of the key. What cannot be read is told, not raised.
    """
    out = LEFT_OUT | set(without)
    with ThreadPoolExecutor(threads) as pool:
        looks = list(pool.map(lambda task: task(), _tasks(folder, searcher, sealer, out)))
    return gathered(looks)


def is_named_in(path: Path, searcher: Searcher) -> bool:
    """Say whether a needle stands in one file, decoded as in a scan, or in its name; one that cannot be read: no."""
    return bool(_file(path.parent, path, searcher).counts.any())


def gathered(looks: Iterable[Look]) -> dict[str, StoreScan]:
    """Sum looks up by store."""
    stores: dict[str, StoreScan] = {}
    for look in looks:
        store = stores.setdefault(look.store, StoreScan(look.store))
        store.places += 1
        store.bytes += look.bytes
        store.rows += look.rows
        for number in look.counts.nonzero()[0].tolist():
            store.found[number] = store.found.get(number, 0) + int(look.counts[number])
        if look.counts.any() and len(store.where) < PLACES_SHOWN:
            store.where.append(look.place)
        if look.unread:
            store.unread.append(f"{look.place}: {look.unread}")
    return stores


def _tasks(folder: Path, searcher: Searcher, sealer: Sealer, out: frozenset[str]) -> Iterator[Task]:
    spool = folder / "spool"
    if spool.is_dir() and "spool" not in out:
        yield functools.partial(_spool, spool, searcher, sealer)
    for path in sorted(_files(folder, out), key=_size, reverse=True):  # the longest work first
        yield functools.partial(_file, folder, path, searcher)


def _files(folder: Path, out: frozenset[str]) -> Iterator[Path]:
    """List the files to look at, behind links too; the spool's and those beside a database are read with it."""
    for place, folders, names in os.walk(folder, followlinks=True):
        if Path(place) == folder:
            folders[:] = [each for each in folders if each not in out]
        databases = {name for name in names if name.endswith(".sqlite3")}
        beside = {name + ending for name in databases for ending in BESIDE}
        yield from (Path(place, name) for name in names if name not in beside and not name.endswith(".spool"))


def _spool(folder: Path, searcher: Searcher, sealer: Sealer) -> Look:
    look = Look("spool", "spool", searcher.zeros())
    try:
        look_at_spool(folder, look, searcher, sealer)
    except _UNREADABLE as error:
        look.unread = type(error).__name__
    return look


def _file(folder: Path, path: Path, searcher: Searcher) -> Look:
    place = path.relative_to(folder)
    look = Look(_store(place), str(place), searcher.zeros())
    try:
        if not path.is_file():
            return look  # a socket or a pipe holds nothing
        with path.open("rb") as file:
            head = file.read(16)
        if head == MAGIC:
            look_at_sqlite(path, look, searcher)
        elif head.startswith(b"PAR1"):
            look_at_parquet(path, look, searcher)
        else:
            look_at_file(path, look, searcher)
    except FileNotFoundError:
        pass  # deleted since it was listed, and so clean
    except _UNREADABLE as error:
        look.unread = type(error).__name__
    return look


def _store(place: Path) -> str:
    """Name the store of a file: its top folder, or the database that it belongs to."""
    if len(place.parts) > 1:
        return place.parts[0]
    name = place.name
    for ending in BESIDE:
        name = name.removesuffix(ending)
    return name.removesuffix(".sqlite3") if name.endswith(".sqlite3") else "other files"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
