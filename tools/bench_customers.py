"""Finding a customer and opening their page, beside many others.

``SOJOURN_BENCH_CUSTOMERS`` sets the number of customers (1 million), each with a customer number, a device, a mail
address, a phone number, a name, a town and ten events; the first has 10,000 (`tools.crowd`). The questions are asked in
a process that has just opened the data: of the room, and of the web's pages by Django's test client. With
``SOJOURN_BENCH_KEEP`` the data folder stays there and is taken as it is the next time.
"""

from __future__ import annotations

import html
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tools import crowd

TITLE = "Customers"
CUSTOMERS = int(os.environ.get("SOJOURN_BENCH_CUSTOMERS", "1_000_000"))
ASKED = 100  # times, each question
LISTED = 20  # times, each list
LISTS = {
    "list of customers, a page of it": "?from={at}00",
    "list of those with an event by phone in some days, a page of it": "?channel=phone&days=365&from={at}00",
    "list sorted by events, a page of it": "?sort=events&from={at}00",
}
FOLLOWING = re.compile(r'hx-get="(\?[^"]*cursor=[^"]+)"')
Times = list[tuple[float, float]]  # CPU and wall seconds


def measure() -> str:
    """Measure and give a Markdown table."""
    keep = os.environ.get("SOJOURN_BENCH_KEEP")
    if keep:
        return _measured(Path(keep).resolve())
    with tempfile.TemporaryDirectory(dir=os.environ.get("SOJOURN_BENCH_FOLDER")) as folder:
        return _measured(Path(folder))


def _measured(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    filled = "taken as it was kept"
    if not crowd.is_prepared(folder, CUSTOMERS):
        if any(folder.iterdir()):
            raise SystemExit(f"bench: {folder} holds something else than {CUSTOMERS:,} customers; name an empty folder")
        filled = f"filled in {_run('fill', folder).strip()} s"
    return f"""{CUSTOMERS:,} customers, {4 * CUSTOMERS:,} identifiers, {4 * CUSTOMERS:,} traits,
{crowd.EVENTS_EACH * CUSTOMERS + crowd.BUSY_EVENTS - crowd.EVENTS_EACH:,} events; {filled}. Each question {ASKED} times,
about other customers each time, the audit entry included; "first" is the first of its kind in a new process.

| Question | n | median ms | 95 % | slowest | first | median CPU ms |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
{_run("ask", folder).strip()}

{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."""


def main(step: str) -> None:
    """Do one step in this process, over the data folder of the environment."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("plugins", "tasks")
    for database in settings.DATABASES:  # a kept folder may be older than the tables
        call_command("migrate", database=database, verbosity=0)
    if step == "fill":
        begun = time.perf_counter()
        crowd.prepare(settings.SOJOURN.data.parent, CUSTOMERS)
        print(f"{time.perf_counter() - begun:,.0f}")
        return
    for what, times in _asked():
        cpu, wall = np.array(times[1:]).T * 1_000
        figures = (np.median(wall), np.percentile(wall, 95), wall.max(), times[0][1] * 1_000, np.median(cpu))
        print(f"| {what} | {len(wall)} | {' | '.join(f'{each:,.0f}' for each in figures)} |", flush=True)


def _run(step: str, folder: Path) -> str:
    environment = os.environ | {"SOJOURN_DATA": f"{folder}/data"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.bench_customers", step],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def _asked() -> Iterator[tuple[str, Times]]:
    from sojourn.domains.access.contracts import SYSTEM
    from sojourn.domains.customers import actions

    chance = random.Random(8)
    people = [crowd.told(chance.randrange(1, CUSTOMERS)) for _ in range(ASKED + 1)]
    texts: dict[str, Callable[[dict[str, str]], str]] = {
        "search: customer number": lambda said: said["user"],
        "search: mail address": lambda said: said["email"],
        "search: phone number": lambda said: said["phone"],
        "search: first and last name": lambda said: said["name"],
        "search: a last name that every hundredth has": lambda _: "Smith",
        "search: that name and a first name": lambda said: f"{said['name'].split()[0]} Smith",
        "search: a first name that every fortieth has": lambda said: said["name"].split()[0],
        "search: first name and town": lambda said: f"{said['name'].split()[0]} {said['town']}",
        "search: nobody": lambda said: f"nobody-{said['user']}",
    }
    for what, text in texts.items():
        yield what, [_timed(actions.search, text=text(each), viewer=SYSTEM, limit=50) for each in people]
    found = [_number(each["user"]) for each in people]
    client = _signed_in()
    yield "page of a customer", [_timed(_page, client, f"/customers/{each}") for each in found]
    busy, events = f"/customers/{_number('C-0')}", f"{crowd.BUSY_EVENTS:,} events"
    yield f"page of the customer with {events}", [_timed(_page, client, busy) for _ in found]
    yield f"following events of the one with {events}", _followed(client, busy)
    for what, asked in LISTS.items():
        yield what, [_timed(_page, client, "/customers/" + asked.format(at=at)) for at in range(LISTED + 1)]


def _number(text: str) -> int:
    from sojourn.domains.access.contracts import SYSTEM
    from sojourn.domains.customers import actions

    return actions.search(text=text, viewer=SYSTEM).rows[0].customer


def _followed(client: Any, address: str) -> Times:
    """Scroll down, as a browser does at the end of what it shows."""
    times: Times = []
    page = _page(client, address)
    while len(times) <= LISTED and (found := FOLLOWING.search(page)):
        following = address + html.unescape(found[1])
        page = _page(client, following, HTTP_HX_REQUEST="true")
        times.append(_timed(_page, client, following, HTTP_HX_REQUEST="true"))
    return times


def _page(client: Any, address: str, **headers: str) -> str:
    answer = client.get(address, **headers)
    if answer.status_code != 200:
        raise SystemExit(f"bench: {address.split('?')[0]} answered {answer.status_code}")
    return str(answer.content.decode())


def _signed_in() -> Any:
    """Sign in somebody who may see customers and list them."""
    from django.conf import settings
    from django.test import Client

    from sojourn.domains.access import actions
    from sojourn.domains.access.contracts import SYSTEM, Role
    from sojourn.domains.access.models import Account

    settings.ALLOWED_HOSTS = ["*"]
    mail = f"bench-{time.time_ns()}@example.com"
    person = actions.create_person(email=mail, role=Role.AGENT_MANAGER, viewer=SYSTEM)
    client = Client()
    client.force_login(Account.objects.get(pk=person.id), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _timed(ask: Callable[..., object], *these: object, **given: object) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    ask(*these, **given)
    return time.process_time() - cpu, time.perf_counter() - wall


if __name__ == "__main__":
    main(sys.argv[1])
