"""Finding a customer and opening their page, beside many others.

``SOJOURN_BENCH_CUSTOMERS`` sets the number of customers (1 million), each with a customer number, two devices, a name,
a town, a mail address, a phone number and ten events. Everything goes in the way it does in service; the questions are
asked of the room (`search`, `view_customer` and what else a page asks) in a process that has just opened the data.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator

import numpy as np

TITLE = "Customers"
CUSTOMERS = int(os.environ.get("SOJOURN_BENCH_CUSTOMERS", "1_000_000"))
EVENTS_EACH = 10
AT_ONCE = 50_000
ASKED = 60  # of each question
FIRST = [
    f"{a}{b}" for a in ("An", "Bo", "Ce", "Da", "El", "Fi", "Gu", "Ha", "Il", "Jo") for b in ("a", "ra", "len", "vid")
]
LAST = [f"{a}{b}{c}" for a in ("Kel", "Mül", "Sch", "Wag", "Hof") for b in ("ler", "mann", "ert") for c in range(400)]
TOWNS = [f"Town{number}" for number in range(2_000)]
NAMES = ("Signed In", "Balance Viewed", "Transfer Made", "Call Received", "Survey Answered")


def measure() -> str:
    """Measure and give a Markdown table."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("SOJOURN_BENCH_FOLDER")) as folder:
        loaded = _run("load", folder)
        asked = _run("ask", folder)
    return f"""{CUSTOMERS:,} customers, {3 * CUSTOMERS:,} identifiers, {4 * CUSTOMERS:,} traits,
{EVENTS_EACH * CUSTOMERS:,} events; loaded in {loaded.strip()} s with identity, traits and the index of words. Each
question {ASKED} times, about other customers each time, the audit entry included.

| Question | Median | Slowest of {ASKED} |
| --- | ---: | ---: |
{asked.strip()}"""


def main(step: str) -> None:
    """Do one step in this process, over the data folder of the environment."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
    django.setup()
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("plugins", "tasks")
    if step == "load":
        from django.conf import settings

        for database in settings.DATABASES:
            call_command("migrate", database=database, verbosity=0)
        begun = time.perf_counter()
        _load()
        print(f"{time.perf_counter() - begun:,.0f}")
    else:
        for what, times in _asked():
            print(f"| {what} | {np.median(times) * 1_000:,.0f} ms | {max(times) * 1_000:,.0f} ms |")


def _run(step: str, folder: str) -> str:
    environment = os.environ | {"SOJOURN_DATA": f"{folder}/data"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench_customers", step],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _load() -> None:
    from sojourn.domains.privacy import actions as privacy

    chance = random.Random(7)
    for begin in range(0, CUSTOMERS, AT_ONCE):
        persons = _resolved(range(begin, min(begin + AT_ONCE, CUSTOMERS)), chance)
        _commit(np.array(persons, np.int64), begin // AT_ONCE + 1)
    privacy.refresh_timeline()


def _resolved(numbers: range, chance: random.Random) -> list[int]:
    from django.db import router, transaction

    from sojourn.domains.collection import actions as collection
    from sojourn.domains.identity import actions as identity
    from sojourn.domains.identity.models import Trait
    from sojourn.engine.stream.claims import Claims
    from sojourn.engine.stream.claims import Trait as Claimed

    rows = [(number, device) for number in numbers for device in (0, 1)]
    nothing = [None] * len(rows)
    traits = [
        Claimed(2 * at, name, value.encode(), 1, None, "bench")
        for at, number in enumerate(numbers)
        for name, value in _traits(number, chance)
    ]
    claims = Claims(
        user=[f"C-{number}" for number, _ in rows],
        anonymous=[f"device-{number}-{device}" for number, device in rows],
        agent=nothing,
        case=nothing,
        groups=nothing,
        traits=traits,
    )
    with collection.writing():
        resolved = identity.resolve(claims)
        with transaction.atomic(using=router.db_for_write(Trait)):
            resolved.write()
    return [int(each) for each in resolved.person[::2]]


def _traits(number: int, chance: random.Random) -> Iterator[tuple[str, str]]:
    yield "name", f'"{chance.choice(FIRST)} {chance.choice(LAST)}"'
    yield "email", f'"customer{number}@example.com"'
    yield "phone", f'"+4930{10_000_000 + number}"'
    yield "address", f'{{"city": "{chance.choice(TOWNS)}"}}'


def _commit(persons: np.ndarray[tuple[int], np.dtype[np.int64]], number: int) -> None:
    import pyarrow as pa

    from sojourn.domains.collection import actions as collection
    from sojourn.engine.stream.words import ORIGIN_DELIVERY, event_id

    whose = np.repeat(persons, EVENTS_EACH)
    rng = np.random.default_rng(number)
    first = event_id(ORIGIN_DELIVERY, number, 0)
    ids = np.arange(first, first + len(whose))
    at = rng.integers(1_735_689_600_000_000, 1_767_225_600_000_000, len(whose))
    table = pa.table(
        {
            "event_id": ids,
            "message": [f"{each:032x}" for each in ids.tolist()],
            "person": whose,
            "kind": pa.array(["track"]).take(np.zeros(len(whose), np.int32)),
            "name": pa.array(NAMES).take(rng.integers(0, len(NAMES), len(whose))),
            "channel": pa.array(["web", "app", "phone"]).take(rng.integers(0, 3, len(whose))),
            "occurred_at": pa.array(at).cast(pa.timestamp("us")),
            "received_at": pa.array(at).cast(pa.timestamp("us")),
        }
    )
    collection.commit_tables(tables=[table], source="bench", delivery=number, received_us=1_767_225_600_000_000)


def _asked() -> Iterator[tuple[str, list[float]]]:
    from sojourn.domains.access.contracts import SYSTEM
    from sojourn.domains.customers import actions, queries

    chance = random.Random(8)
    numbers = [chance.randrange(CUSTOMERS) for _ in range(ASKED)]
    kinds: dict[str, Callable[[int], str]] = {
        "search by customer number": lambda number: f"C-{number}",
        "search by mail address": lambda number: f"customer{number}@example.com",
        "search by phone number": lambda number: f"+49 30 {10_000_000 + number}",
        "search by two words of a name": lambda _: f"{chance.choice(FIRST)} {chance.choice(LAST)}",
        "search by a first name that every fortieth has": lambda _: chance.choice(FIRST),
        "search by first name and town": lambda _: f"{chance.choice(FIRST)} {chance.choice(TOWNS)}",
        "search for nobody": lambda number: f"nobody-{number}",
    }
    actions.search(text="warm", viewer=SYSTEM)
    for what, text in kinds.items():
        texts = [text(number) for number in numbers]
        yield what, [_timed(actions.search, text=each, viewer=SYSTEM, limit=50) for each in texts]
    found = [actions.search(text=f"C-{number}", viewer=SYSTEM).rows[0].customer for number in numbers]

    def page(customer: int) -> None:
        actions.view_customer(customer=customer, viewer=SYSTEM)
        queries.panels(customer=customer, viewer=SYSTEM)
        queries.who_looked(customer=customer, viewer=SYSTEM)
        queries.timeline(customer=customer, viewer=SYSTEM)

    page(found[0])
    yield "all that a customer's page asks", [_timed(page, customer=each) for each in found]


def _timed(ask: Callable[..., object], **given: object) -> float:
    begun = time.perf_counter()
    ask(**given)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(sys.argv[1])
