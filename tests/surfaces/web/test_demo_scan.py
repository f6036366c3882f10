"""Of the demo company's customers no mail, phone or name stands anywhere but in sealed values."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pysqlite3

from sojourn.engine.scanning.folder import scan_folder
from sojourn.engine.scanning.probing import probe
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Needles
from sojourn.kit.sealing import sealer
from sojourn.kit.settings import Settings

PERSONAL = ("email", "phone", "name")
LEAST = 400


def test_the_demo_companys_customers_stand_in_sealed_values_only(company: Path, tmp_path: Path) -> None:
    key = sealer(Settings(data=company))
    with closing(pysqlite3.connect(f"file:{company / 'stream.sqlite3'}?mode=ro", uri=True)) as stream:
        rows = stream.execute("SELECT name, sealed FROM identity_trait").fetchall()
    values = {
        str(msgspec.json.decode(key.open(sealed, use="trait"))) for name, sealed in rows if name in PERSONAL
    }  # fmt: skip
    wanted = tuple(sorted(value for value in values if len(value.encode()) >= 8))
    assert len(wanted) > LEAST
    assert probe(tmp_path, key) == {"segments", "spool", "database", "files"}, "markers are found first"
    found = scan_folder(company, Searcher(Needles(texts=wanted)), key)
    assert {"segments", "stream", "state", "timeline"} <= set(found)
    assert {name: len(each.found) for name, each in found.items() if each.found} == {}
    assert not [each.unread for each in found.values() if each.unread]
