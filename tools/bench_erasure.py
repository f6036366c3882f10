"""Erasure: one customer, and a thousand at once, out of a company of ten million events, certificate included.

``SOJOURN_BENCH_EVENTS`` sets the number of events (10 million), ``SOJOURN_BENCH_FOLDER`` where they lie. The company
has segments in buckets as compaction leaves them, a timeline, and customers with identifiers, mail, phone and name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

TITLE = "Erasure"
EVENTS = int(os.environ.get("SOJOURN_BENCH_EVENTS", "10_000_000"))
KNOWN = 100_000  # customers with identifiers and traits
KNOWN_AT_ONCE = 20_000
PER_SEGMENT = 500_000
FRESH = 4  # segments that are compacted together, as while events come
MANY = 1_000


def measure() -> str:
    """Measure and give a Markdown table."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("SOJOURN_BENCH_FOLDER")) as folder:
        command = [sys.executable, "-m", "tools.bench_erasure", folder]
        env = {**os.environ, "SOJOURN_DATA": folder, "DJANGO_SETTINGS_MODULE": "sojourn.settings"}
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=env)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    rows = "\n".join(
        f"| {each['customers']:,} | {each['events']:,} | {each['remove']:.1f} s | {each['prove']:.1f} s "
        f"| {each['remove'] + each['prove']:.1f} s | {each['cpu']:.1f} s | {each['texts']:,} "
        f"| {each['bytes'] / 1e6:,.0f} MB |"
        for each in found["erasures"]
    )
    return f"""{EVENTS:,} events of {found["customers"]:,} customers in {found["segments"]} segments as compaction
leaves them, {found["known"]:,} of the customers with number, mail, phone and name; no lease held; files and folder
synced. {os.cpu_count()} cores. Each erasure lays tombstones, rewrites segments, forgets the identity, overwrites the
timeline, looks through every store for what would betray its customers, and ends with its certificate.

| customers | events | removed in | proven in | together | CPU | texts looked for | looked through |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}"""


def _company() -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("plugins", "tasks")
    for database in ("default", "stream"):
        call_command("migrate", database=database, verbosity=0)
    from sojourn.domains.collection import actions as collection
    from sojourn.domains.collection import queries
    from sojourn.domains.privacy import actions as privacy

    _load()
    known = _know()
    collection.compact(fresh_min=1)
    collection.delete_retired(grace_seconds=0)
    privacy.refresh_timeline()
    _erase(known[:1], warm=True)
    erasures = [_erase(known[1:2]), _erase(known[2 : 2 + MANY])]
    customers = max(EVENTS * 10 // 173, 1)
    return {"customers": customers, "segments": len(queries.segments()), "known": len(known), "erasures": erasures}


def _load() -> None:
    import pyarrow as pa

    from sojourn.domains.collection import actions as collection
    from tools import bench_timeline

    for number in range(1, max(EVENTS // PER_SEGMENT, 1) + 1):
        table = bench_timeline._table(np.random.default_rng(number), 1, PER_SEGMENT, (number - 1) * PER_SEGMENT)
        persons = _token(table["person"].to_numpy() & ((1 << 40) - 1))
        at = table.schema.get_field_index("person")
        collection.commit_tables(tables=[table.set_column(at, "person", pa.array(persons))], source="core")
        if number % FRESH == 0:
            collection.compact(fresh_min=1)
            collection.delete_retired(grace_seconds=0)


def _know() -> list[int]:
    """Let customers be known under the tokens that their events bear, and give these."""
    from django.db import router, transaction

    from sojourn.domains.collection import actions as collection
    from sojourn.domains.identity import actions as identity
    from sojourn.domains.identity.models import Identifier
    from sojourn.engine.stream.claims import Claims, Trait

    persons = _token(np.arange(1, min(KNOWN, max(EVENTS * 10 // 173, 1)) + 1))
    for low in range(0, len(persons), KNOWN_AT_ONCE):
        some = persons[low : low + KNOWN_AT_ONCE].tolist()
        rows = range(len(some))
        nothing: list[str | None] = [None] * len(some)
        values = [(row, name, value) for row in rows for name, value in _told(some[row])]
        claims = Claims(
            user=nothing,
            anonymous=nothing,
            agent=nothing,
            case=nothing,
            groups=nothing,
            given=dict(zip(rows, some, strict=True)),
        )
        claims.traits = [Trait(row, name, json.dumps(value).encode(), 1) for row, name, value in values]
        with collection.writing(), transaction.atomic(using=router.db_for_write(Identifier)):
            identity.resolve(claims).write()
            _number(some)
    return [int(each) for each in persons]


def _number(persons: list[int]) -> None:
    """Give each person a customer number, sealed as the resolver does."""
    from django.conf import settings

    from sojourn.domains.identity.models import Identifier
    from sojourn.kit import sealing

    sealer = sealing.sealer(settings.SOJOURN)
    texts = [f"CUSTOMER-{person % 10**12:012d}" for person in persons]
    sealed = sealer.seal_many([each.encode() for each in texts], use="identifier")
    blinds = sealer.blind_many("user", texts)
    Identifier.objects.bulk_create(
        Identifier(token=person, kind="user", blind=blind, sealed=hidden)
        for person, blind, hidden in zip(persons, blinds, sealed, strict=True)
    )


def _told(person: int) -> list[tuple[str, str]]:
    number = person % 10**10
    return [
        ("email", f"customer.{number}@example.com"),
        ("phone", f"+49{number:010d}"),
        ("name", f"Given{number % 9973} Family{number % 99991}"),
    ]


def _erase(persons: list[int], *, warm: bool = False) -> dict[str, Any]:
    from sojourn.domains.access.contracts import SYSTEM
    from sojourn.domains.collection import actions as collection
    from sojourn.domains.privacy import actions, queries
    from sojourn.domains.privacy.rights import erasing

    number = erasing.ask(persons=persons, customers=len(persons), by=SYSTEM.name)
    begun, cpu = time.perf_counter(), time.process_time()
    collection.run_commands()
    removed = time.perf_counter()
    actions.finish_erasures()
    proven = time.perf_counter()
    if warm:
        return {}
    told: Any = queries.erasure_certificate(number, viewer=SYSTEM).content
    return {
        "customers": len(persons),
        "events": told["removed"]["events"],
        "remove": removed - begun,
        "prove": proven - removed,
        "cpu": time.process_time() - cpu,
        "texts": told["scan"]["looked_for"]["texts"],
        "bytes": sum(each["bytes"] for each in told["scan"]["stores"]),
    }


def _token(numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Make random-looking positive 63-bit tokens of numbers (SplitMix64)."""
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)).astype(np.int64)


if __name__ == "__main__":
    assert Path(sys.argv[1]).is_dir()
    print(json.dumps(_company()))
