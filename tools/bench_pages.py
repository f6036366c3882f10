"""Pages: the explorer over the demo company of 60,000 customers, in a real browser.

The server is warm, the browser cold (a fresh profile, nothing cached), and no answer is cached: every click asks
something that was not asked before. The demo is loaded once into ``var/bench/pages`` and served by ``sojourn demo``,
all three processes and the living part running. ``SOJOURN_BENCH_DEMO`` names another folder that holds a loaded demo.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TITLE = "Pages"
DEMO = Path(os.environ.get("SOJOURN_BENCH_DEMO", ROOT / "var" / "bench" / "pages"))
CUSTOMERS = 60_000
RUNS = 7
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]  # fmt: skip
AXE = ROOT / "tests" / "surfaces" / "web" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "Home at once": "/",
    "Home with its figures": "/?now",
    "Explorer": "/journeys/explorer",
    "Named journeys": "/journeys/",
    "KPIs": "/measures/kpis/",
    "NPS": "/measures/kpis/nps",
    "CSAT": "/measures/kpis/csat",
    "Completion of card dispute": "/measures/kpis/completion_rate?journey=card-dispute",
}


@dataclass(frozen=True)
class Served:
    """The demo's server, and who signs in."""

    url: str
    email: str
    password: str


def measure() -> str:
    """Give the tables in Markdown."""
    with _served() as served:
        server = _server_times(served)
        with sync_playwright() as playwright, _fresh(playwright, served) as context:
            clicks = _clicks(context, served)
            found = {scheme: _violations(context, served, scheme) for scheme in ("light", "dark")}
        with sync_playwright() as playwright:
            visits = [_first_visit(playwright, served) for _ in range(RUNS)]
        events = _coverage(served)
    return "\n".join([*_click_table(clicks, visits, found, events), "", *_server_table(server)])


def _click_table(
    clicks: dict[str, list[float]], visits: list[tuple[float, int]], found: dict[str, int], events: str
) -> list[str]:
    took, sizes = [each for each, _ in visits], [size for _, size in visits]
    lines = [
        f"Harbour Bank with {CUSTOMERS:,} customers ({events}), {RUNS} runs each, Debian's Chromium on the same two "
        "cores as the server. A click is from the click until the new picture is drawn; no answer was cached.",
        "",
        "| what | median | slowest | wanted |",
        "| --- | --- | --- | --- |",
        f"| first visit of the explorer, browser cold, until the picture is drawn | {_s(statistics.median(took))} "
        f"| {_s(max(took))} | |",
        f"| bytes of the first visit, as sent | {_kb(statistics.median(sizes))} | {_kb(max(sizes))} | under 600 KB |",
    ]
    lines += [
        f"| click: {name} | {_s(statistics.median(times))} | {_s(max(times))} | under 1.5 s |"
        for name, times in clicks.items()
    ]
    return [
        *lines,
        f"| axe violations (WCAG 2.2 A, AA) in light and dark | {found['light']} and {found['dark']} | | 0 |",
    ]


def _server_table(server: dict[str, tuple[float, float]]) -> list[str]:
    lines = [
        "Server time of whole pages. First: the figures are older than they may be, nothing of them is cached. Again: "
        "asked once more within the age that figures may have.",
        "",
        "| page | first, median | again, median |",
        "| --- | --- | --- |",
    ]
    return [*lines, *(f"| {name} | {_s(first)} | {_s(again)} |" for name, (first, again) in server.items())]


def _s(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _kb(size: float) -> str:
    return f"{size / 1_000:,.0f} KB"


# The server


@contextmanager
def _served() -> Iterator[Served]:
    """Load the demo where it is not there yet, and serve it; figures may be two seconds old, so that runs differ."""
    sojourn = Path(sys.executable).with_name("sojourn")
    if not (DEMO / "demo.json").exists():
        print(f"bench: loading {CUSTOMERS:,} customers into {DEMO} (once)", flush=True)
        subprocess.run([sojourn, "demo", "--no-serve", "--size", str(CUSTOMERS), "--data", DEMO], check=True)
    port, intake = _free_port(), _free_port()
    command = [str(sojourn), "demo", "--data", str(DEMO), "--port", str(port), "--intake-port", str(intake)]
    environ = os.environ | {"SOJOURN_FIGURE_AGE_SECONDS": "2"}
    with (DEMO.parent / "pages.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(f"{url}/account/login/"), process)
        email, password = json.loads((DEMO / "demo.json").read_text())["sign_ins"]["analyst"]
        yield Served(url, email, password)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _until(is_true: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the demo does not answer; see {DEMO.parent / 'pages.log'}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=300) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/account/login/").text)
        assert token is not None
        said = {"login": served.email, "password": served.password, "csrfmiddlewaretoken": token[1]}
        assert client.post("/account/login/", data=said).status_code == httpx.codes.FOUND
        yield client


def _server_times(served: Served) -> dict[str, tuple[float, float]]:
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in PAGES}
    with _client(served) as client:
        for address in PAGES.values():  # warm: kernels compiled, timeline mapped
            client.get(address).raise_for_status()
        for _ in range(RUNS):
            for name, address in PAGES.items():
                time.sleep(2.2)  # until figures may not be that old any more
                times[name].append((_took(client, address), _took(client, address)))
    return {
        name: (statistics.median(first for first, _ in each), statistics.median(again for _, again in each))
        for name, each in times.items()
    }


def _took(client: httpx.Client, address: str) -> float:
    begun = time.perf_counter()
    client.get(address).raise_for_status()
    return time.perf_counter() - begun


def _coverage(served: Served) -> str:
    with _client(served) as client:
        page = client.get("/").text
    counts = re.findall(r'data-live-count="events">([^<]+)<', page)
    return f"{counts[0]} events"


# The browser


@contextmanager
def _fresh(playwright: Any, served: Served) -> Iterator[BrowserContext]:
    """Start a browser with a profile of its own, signed in."""
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, headless=True, args=FLAGS, viewport={"width": 1440, "height": 900}
        )
        try:
            page = context.new_page()
            page.goto(f"{served.url}/account/login/")
            page.fill("[name=login]", served.email)
            page.fill("[name=password]", served.password)
            page.click("button[type=submit]")
            page.wait_for_selector("#bar", state="attached")
            page.close()
            yield context
        finally:
            context.close()


def _first_visit(playwright: Any, served: Served) -> tuple[float, int]:
    """Give seconds and bytes of the explorer's first visit."""
    with _fresh(playwright, served) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda told: sizes.append(int(told["encodedDataLength"])))
        begun = time.perf_counter()
        page.goto(f"{served.url}/journeys/explorer", wait_until="load")
        page.wait_for_selector("#picture svg")
        return time.perf_counter() - begun, sum(sizes)


def _clicks(context: BrowserContext, served: Served) -> dict[str, list[float]]:
    """Time clicks; each run is over days that no run before asked for, so that no answer is known."""
    page = context.new_page()
    times: dict[str, list[float]] = {}
    for run in range(RUNS):
        page.goto(f"{served.url}/journeys/explorer?period=custom&since={_first_day(run)}")
        page.wait_for_selector("#picture svg")
        for name, do in CLICKS.items():
            times.setdefault(name, []).append(_timed(page, do))
    page.close()
    return times


def _first_day(run: int) -> str:
    """Give the first day of a run's period: each run begins at another one."""
    return f"{datetime.now(UTC).date() - timedelta(days=330 - run)}"


def _timed(page: Page, do: Callable[[Page], None]) -> float:
    """Do something and wait until the picture was drawn anew."""
    page.evaluate("document.querySelector('#picture svg').dataset.old = 'yes'")
    begun = time.perf_counter()
    do(page)
    page.wait_for_selector("#picture svg:not([data-old])")
    return time.perf_counter() - begun


def _slide(selector: str, by: int) -> Callable[[Page], None]:
    script = (
        "([selector, by]) => { const range = document.querySelector(selector); range.value = +range.value + by;"
        " range.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    return lambda page: page.evaluate(script, [selector, by])


def _filter(page: Page) -> None:
    page.evaluate("document.querySelector('#choice-channel input[value=app]').click()")


CLICKS: dict[str, Callable[[Page], None]] = {
    "eight more steps": _slide("#steps", 8),
    "fewer paths": _slide("#paths", -20),
    "a step's numbers": lambda page: page.locator(".node").first.click(),
    "that step as a funnel": lambda page: page.click("#add-to-funnel"),
    "drop-off colours": lambda page: page.evaluate("document.querySelector('#colour-drop').click()"),
    "only the app": _filter,
    "a named journey": lambda page: page.select_option("#journey", "card-dispute"),  # type: ignore[dict-item]
}


def _violations(context: BrowserContext, served: Served, scheme: str) -> int:
    page = context.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{served.url}/journeys/explorer?at=Signed+In&f=Signed+In&f=Balance+Viewed")
    page.wait_for_selector("#picture svg")
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    page.close()
    return sum(len(each["nodes"]) for each in found["violations"])
