"""Many customers in a data folder, as if they had come in by files: the same tables, indexes and segments, in minutes.

Identity's rows are written as the resolver writes them, without asking for each whether it is there already; a test
holds that the resolver, told the same, finds everything there. Who is one customer is then assigned by the room's own
`rebuild`, events go in by `commit_tables`, and `compact` sorts all but the newest, as in service.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

EVENTS_EACH, BUSY_EVENTS = 10, 10_000  # the first customer has so many
AT_ONCE = 50_000  # customers
FRESH = 3  # of so many deliveries, the newest, the events are not sorted into buckets yet
CACHE_KB = 3_000_000  # while tables are filled: their indexes stay in memory
SMITHS = 100  # one customer in so many is called Smith
FIRST = [
    f"{a}{b}" for a in ("An", "Bo", "Ce", "Da", "El", "Fi", "Gu", "Ha", "Il", "Jo") for b in ("a", "ra", "len", "vid")
]
LAST = [f"{a}{b}{c}" for a in ("Kel", "Mül", "Sch", "Wag", "Hof") for b in ("ler", "mann", "ert") for c in range(400)]
TOWNS = [f"Town{number}" for number in range(2_000)]
NAMES = ("Signed In", "Balance Viewed", "Transfer Made", "Call Received", "Survey Answered")
SINCE_US, UNTIL_US = 1_735_689_600_000_000, 1_767_225_600_000_000
KEPT_IN = "crowd.json"
FORM = 1  # of the folder: raise it when what is written changes
Int64s = npt.NDArray[np.int64]


def is_prepared(folder: Path, customers: int) -> bool:
    """Say whether a folder holds such a crowd in whole."""
    note = folder / KEPT_IN
    return note.exists() and json.loads(note.read_text()) == {"customers": customers, "form": FORM}


def prepare(folder: Path, customers: int) -> None:
    """Fill the empty data folder of this process's settings, and note that it is whole."""
    from sojourn.domains.collection import actions as collection
    from sojourn.domains.identity import actions as identity
    from sojourn.domains.privacy import actions as privacy

    tokens = np.sort(np.random.default_rng(1).choice(1 << 62, customers, replace=False)) + 1
    np.random.default_rng(2).shuffle(tokens)
    _fill(tokens)
    identity.rebuild()
    starts = range(0, customers, AT_ONCE)
    for number, at in enumerate(starts):
        if number in (len(starts) // 2, len(starts) - FRESH):  # two files a bucket
            collection.compact(fresh_min=2)
        _commit(tokens[at : at + AT_ONCE], number + 1, is_first=at == 0)
    privacy.refresh_timeline()
    (folder / KEPT_IN).write_text(json.dumps({"customers": customers, "form": FORM}))


def told(number: int) -> dict[str, str]:
    """Give what is known of a customer: customer number, device and traits, the same each time."""
    chance = random.Random(number)
    last = "Smith" if number % SMITHS == 0 else chance.choice(LAST)
    return {
        "user": f"C-{number}",
        "device": f"device-{number}",
        "name": f"{chance.choice(FIRST)} {last}",
        "email": f"customer{number}@example.com",
        "phone": f"+4930{10_000_000 + number}",
        "town": chance.choice(TOWNS),
    }


def traits_of(said: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give the traits of a customer as events bring them, in JSON."""
    yield from ((name, json.dumps(said[name])) for name in ("name", "email", "phone"))
    yield "address", json.dumps({"city": said["town"]})


def _fill(tokens: Int64s) -> None:
    """Write identifiers, traits, words and edges of customers, in one transaction and with their indexes in memory."""
    from django.db import connections, router

    from sojourn.domains.identity.models import Edge

    connection = connections[router.db_for_write(Edge)]
    if connection.vendor != "sqlite":
        raise SystemExit("crowd: the crowd is made for SQLite only")
    with connection.cursor() as cursor:
        for pragma in (f"cache_size = -{CACHE_KB}", "journal_mode = OFF", "synchronous = OFF"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("BEGIN")
        for at in range(0, len(tokens), AT_ONCE):
            for statement, some in rows(at, tokens[at : at + AT_ONCE].tolist()):
                cursor.executemany(statement.replace("%s", "?"), some)
        cursor.execute("COMMIT")
    connection.close()  # the next one has the settings of service


def rows(first: int, persons: Sequence[int]) -> Iterator[tuple[str, Iterable[Any]]]:
    """Give statements and their rows for some customers, in the tables' order: fewer pages are touched."""
    from django.conf import settings

    from sojourn.domains.identity import statements, wording
    from sojourn.kit import sealing
    from sojourn.kit.ids import random_tokens

    sealer = sealing.sealer(settings.SOJOURN)
    people = [told(first + at) for at in range(len(persons))]
    tokens = {kind: random_tokens(len(persons)) for kind in ("anonymous", "email", "phone")} | {"user": persons}
    blind: dict[str, list[bytes]] = {}
    for kind, field in (("user", "user"), ("anonymous", "device"), ("email", "email"), ("phone", "phone")):
        values = [each[field] for each in people]
        blind[kind] = sealer.blind_many(kind, values)
        sealed = sealer.seal_many([each.encode() for each in values], use="identifier")
        rows = zip(tokens[kind], [kind] * len(values), blind[kind], sealed, strict=True)
        yield statements.ADD_IDENTIFIERS, sorted(rows)
    yield statements.ADD_EDGES, _edges(persons, tokens)
    traits = [(person, *pair) for person, each in zip(persons, people, strict=True) for pair in traits_of(each)]
    sealed = sealer.seal_many([value.encode() for _, _, value in traits], use="trait")
    digests = iter(zip(blind["email"], blind["phone"], strict=True))
    found: dict[tuple[int, str], bytes] = {}
    for person, (mail, phone) in zip(persons, digests, strict=True):
        found[person, "email"], found[person, "phone"] = mail, phone
    yield (
        statements.SET_TRAITS,
        sorted(
            (person, name, hidden, found.get((person, name)), SINCE_US, "bench")
            for (person, name, _), hidden in zip(traits, sealed, strict=True)
        ),
    )
    told_words = ((person, name, value.encode(), SINCE_US) for person, name, value in traits)
    words = wording.words_of(told_words, sealer)[1]
    yield "INSERT INTO identity_traitword (word, person, name) VALUES (%s, %s, %s)", sorted(row[:3] for row in words)


def _edges(persons: Sequence[int], tokens: dict[str, list[int]] | Any) -> list[tuple[Any, ...]]:
    from sojourn.domains.identity.contracts import EdgeKind

    of = {"anonymous": EdgeKind.SIGN_IN, "email": EdgeKind.HOLDS, "phone": EdgeKind.HOLDS}
    rows = [
        (person, other, int(of[kind]), None, SINCE_US, 0, True)
        for kind in of
        for person, other in zip(persons, tokens[kind], strict=True)
    ]
    return sorted(rows, key=lambda row: row[1])


def _commit(persons: Int64s, number: int, *, is_first: bool) -> None:
    import pyarrow as pa

    from sojourn.domains.collection import actions as collection
    from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id

    rng = np.random.default_rng(number)
    each = np.full(len(persons), EVENTS_EACH)
    if is_first:
        each[0] = BUSY_EVENTS
    whose = np.repeat(persons, each)
    at = np.sort(rng.integers(SINCE_US, UNTIL_US, len(whose)))
    rng.shuffle(whose)  # in order of time: people come in turn
    first = event_id(ORIGIN_DELIVERY, number, 0)
    amount = rng.integers(1, 900, len(whose))
    name = rng.integers(0, len(NAMES), len(whose))
    table = pa.table(
        {
            "event_id": np.arange(first, first + len(whose)),
            "message": [f"{each:032x}" for each in range(first, first + len(whose))],
            "person": whose,
            "kind": pa.array(["track"]).take(np.zeros(len(whose), np.int32)),
            "name": pa.array(NAMES).take(name),
            "channel": pa.array(["web", "app", "phone"]).take(rng.integers(0, 3, len(whose))),
            "occurred_at": pa.array(at).cast(pa.timestamp("us")),
            "received_at": pa.array(at).cast(pa.timestamp("us")),
            "properties": [f'{{"amount":{each},"page":"p{each % 40}"}}' for each in amount.tolist()],
        }
    )
    collection.commit_tables(tables=[table], source="bench", delivery=number, received_us=UNTIL_US)
