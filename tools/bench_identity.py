"""Who is whom at size: everybody assigned anew from the log of edges, rules tried, and what the resolver costs.

``python -m tools.bench_identity [--customers 1000000]``. A third of the identifiers are customer numbers, a third
devices, a third mail addresses; one customer in fifty shares an address with another.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

TITLE = "Identity"
CUSTOMERS = 1_000_000
AT_ONCE = 100_000
SHARED = 50  # one customer in so many shares an address
EVENTS, BATCH = 200_000, 10_000


def main() -> None:
    """Measure with so many customers as asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=CUSTOMERS)
    asked.add_argument("--into", type=Path, help="fill this data folder and measure nothing")
    given = asked.parse_args()
    if given.into:
        _set_up(given.into)
        fill(given.customers)
        from sojourn.domains.identity import actions

        actions.rebuild()
        return
    for name, value in _rows(given.customers):
        print(f"{name:<60} {value}", flush=True)


def measure() -> str:
    """Measure a million customers, as a table."""
    lines = ["| what | measured |", "| --- | ---: |"]
    for name, value in _rows(CUSTOMERS):
        print(f"{name:<60} {value}", flush=True)
        lines.append(f"| {name} | {value} |")
    return "\n".join(lines)


def _rows(customers: int) -> Iterator[tuple[str, str]]:
    """Fill an empty data folder and measure."""
    with tempfile.TemporaryDirectory() as folder:
        _set_up(Path(folder))
        yield from measured(customers)


def _set_up(folder: Path) -> None:
    os.environ["SOJOURN_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
    import django

    django.setup()
    from django.core.management import call_command

    for database in ("default", "stream"):
        call_command("migrate", database=database, verbosity=0)


def measured(customers: int) -> Iterator[tuple[str, str]]:
    """Yield what is measured, as (name, value)."""
    yield from _resolver()
    fill(customers)
    yield f"identifiers, edges of {customers:,} customers", f"{3 * customers:,}, {2 * customers:,}"
    from sojourn.domains.access.contracts import SYSTEM
    from sojourn.domains.identity import actions
    from sojourn.domains.identity.models import Link

    took, moved = _timed(actions.rebuild)
    yield "rebuild from nothing, s (persons linked)", f"{took:.1f} ({moved:,})"
    took, moved = _timed(actions.rebuild)
    yield "rebuild again, s (persons moved)", f"{took:.1f} ({moved})"
    took, effect = _timed(lambda: actions.try_rules(text="devices: {count: 1, span: ever}", viewer=SYSTEM))
    yield "dry run of changed rules, s (customers split)", f"{took:.1f} ({effect.split:,})"
    first = Link.objects.values_list("customer", flat=True)[0]
    number = [first, int(Link.objects.order_by("-customer").values_list("customer", flat=True)[0])]
    took, decision = _timed(lambda: actions.merge(customers=number, by="bench", why=""))
    yield "merge of two, ms", f"{took * 1_000:.0f}"
    took, _ = _timed(lambda: actions.unmerge(decision=decision, by="bench"))
    yield "unmerge, ms", f"{took * 1_000:.0f}"
    yield "memory at most, MB", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:,}"


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = do()
    return time.perf_counter() - began, result


def fill(customers: int) -> None:
    """Store customers with a number, a device and an address each, as the resolver would of the generator's events."""
    from django.conf import settings
    from django.db import router, transaction

    from sojourn.domains.identity import statements
    from sojourn.domains.identity.models import Edge
    from sojourn.kit import sealing

    sealer, chance = sealing.sealer(settings.SOJOURN), np.random.default_rng(1)
    for at in range(0, customers, AT_ONCE):
        count = min(AT_ONCE, customers - at)
        tokens = chance.integers(1, 1 << 62, (3, count))
        numbers = [f"u-{number:08d}" for number in range(at, at + count)]
        forms = (("user", "{}"), ("anonymous", "device-{}"), ("email", "{}@example.com"))
        with transaction.atomic(using=router.db_for_write(Edge)):
            for row, (kind, form) in enumerate(forms):
                values = [form.format(number) for number in numbers]
                blinds = map(statements.blob, sealer.blind_many(kind, values))
                sealed = map(statements.blob, sealer.seal_many([each.encode() for each in values], use="identifier"))
                kinds = [kind] * count
                rows = sorted(zip(tokens[row].tolist(), kinds, blinds, sealed, strict=True))
                statements.write(statements.ADD_IDENTIFIERS, rows)
            users, devices, mails = (some.tolist() for some in tokens)
            edges = [(user, device, 1, 7, at, 0, True) for user, device in zip(users, devices, strict=True)]
            held = [mails[place - place % SHARED] if place % SHARED == 1 else mails[place] for place in range(count)]
            edges += [(user, mail, 3, 7, at, 0, True) for user, mail in zip(users, held, strict=True)]
            statements.write(statements.ADD_EDGES, edges)


def _resolver() -> Iterator[tuple[str, str]]:
    """Measure the CPU time of the resolver alone, for events of the intake's bench."""
    from django.db import router, transaction

    from sojourn.domains.identity import actions
    from sojourn.domains.identity.models import Identifier

    for name, people in (("everybody new", EVENTS), ("20,000 known people", 20_000)):
        if people != EVENTS:
            _claimed(people, 0)
        spent = 0.0
        for batch in range(EVENTS // BATCH):
            claims = _claimed(people, batch)
            began = time.process_time()
            with transaction.atomic(using=router.db_for_write(Identifier)):
                actions.resolve(claims).write()
            spent += time.process_time() - began
        yield f"resolver, {name}, CPU ms per 1,000 events", f"{spent / EVENTS * 1e6:.1f}"


def _claimed(people: int, batch: int) -> Any:
    """Make a batch: a quarter anonymous visitors, a tenth identify calls with traits, the rest customers' events."""
    from sojourn.engine.stream.claims import Claims, Trait

    users: list[str | None] = []
    devices: list[str | None] = []
    traits = []
    for row in range(BATCH):
        who = (batch * BATCH + row) % people
        share = row % 20
        users.append(None if share < 5 else f"user-{who}")
        devices.append(f"new-{people}-{batch}-{row}" if share < 5 else f"device-{who}" if share < 7 else None)
        if 5 <= share < 7:
            traits += [
                Trait(row, "email", f'"user-{who}@example.com"'.encode(), batch),
                Trait(row, "phone", f'"+44 20 {who:08d}"'.encode(), batch),
                Trait(row, "first_name", b'"Ana"', batch),
            ]
    nothing = [None] * BATCH
    ids = list(range(BATCH))
    return Claims(
        user=users,
        anonymous=devices,
        agent=nothing,
        case=nothing,
        groups=nothing,
        traits=traits,
        event_ids=ids,
        at_us=ids,
    )


if __name__ == "__main__":
    main()
