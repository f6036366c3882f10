"""The whole server: what is sent and handed in shows on open pages by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Page, expect

from surfaces.cli.serving import free_port, until
from surfaces.web.browsing import Visitor, visiting

pytestmark = pytest.mark.browser
SOON_MS = 60_000  # two seconds on a quiet machine
COLD_MS = 180_000  # the first figures of a new folder wait until the kernels are compiled
CSV = "user_id,event,timestamp,amount\n" + "".join(
    f"c{number},Voucher Redeemed,2026-01-05T10:{number:02}:00Z,5\n" for number in range(40)
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, object]]:
    """Serve a small demo as `sojourn demo` does, with its living part."""
    folder = tmp_path_factory.mktemp("living")
    port, intake = free_port(), free_port()
    command = [str(Path(sys.executable).with_name("sojourn")), "demo", "--size", "120", "--data", str(folder / "data"),
               "--port", str(port), "--intake-port", str(intake)]  # fmt: skip
    environment = os.environ | {"SOJOURN_DISK_MIN_BYTES": "0", "SOJOURN_DISK_MIN_PERCENT": "0"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        until(lambda: "Sign in as" in log.read_text() or process.poll() is not None, 240)
        assert process.poll() is None, log.read_text()
        known = json.loads((folder / "data" / "demo.json").read_text())
        yield {"url": f"http://127.0.0.1:{port}", "intake": f"http://127.0.0.1:{intake}", "process": process, **known}
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def visitor(demo: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(str(demo["url"]), tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*demo["sign_ins"]["analyst"])  # type: ignore[index]
        yield made


def sent(demo: dict[str, object], event: str, customers: int) -> None:
    now = datetime.now(UTC)
    batch = [
        {"type": "track", "userId": f"living-{number}", "event": event, "messageId": f"{event}-{number}-{each}",
         "timestamp": (now - timedelta(minutes=5 - each)).isoformat(), "properties": {}}
        for number in range(customers)
        for each in (0, 1)
    ]  # fmt: skip
    key = demo["write_keys"]["website"]  # type: ignore[index]
    answer = httpx.post(f"{demo['intake']}/v1/batch", json={"batch": batch}, auth=(key, ""))
    assert answer.json()["accepted"] == len(batch), answer.text


def marked(page: Page) -> None:
    """Leave a mark that a reload would wipe away, and scroll so that a jump would show."""
    page.set_viewport_size({"width": 1_000, "height": 300})
    page.evaluate("window.stays = true; scrollTo(0, 120)")
    assert has_stayed(page)


def has_stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stays === true && scrollY === 120"))


def test_an_event_sent_changes_home_and_the_explorer_without_reload_or_jump(
    demo: dict[str, object], visitor: Visitor
) -> None:
    home, explorer = visitor.page(), visitor.page()
    home.goto(f"{visitor.url}/")
    expect(home.locator(".strip.skeleton")).to_have_count(0, timeout=COLD_MS)
    marked(home)
    before = home.inner_text("[data-live-count=events]")
    sent(demo, "Lantern Lit", 30)
    expect(home.locator("[data-live-count=events]")).not_to_have_text(before, timeout=SOON_MS)
    assert has_stayed(home)
    explorer.goto(f"{visitor.url}/journeys/explorer?having=Lantern+Lit&steps=60")
    explorer.wait_for_selector("#picture svg", timeout=COLD_MS)
    node = explorer.locator('.node[data-at="Lantern Lit"]')
    explorer.bring_to_front()
    marked(explorer)
    sent(demo, "Lantern Dimmed", 30)
    expect(explorer.locator('.node[data-at="Lantern Dimmed"]')).to_have_count(1, timeout=SOON_MS)
    assert node.count() == 1
    assert has_stayed(explorer)
    assert visitor.complaints == []
    home.close()
    explorer.close()


def test_a_file_handed_in_is_looked_at_loaded_and_shown_to_its_end(visitor: Visitor, tmp_path: Path) -> None:
    file = tmp_path / "vouchers.csv"
    file.write_text(CSV)
    page = visitor.page()
    page.goto(f"{visitor.url}/settings/imports/")
    page.select_option("#id_source", "website")
    page.set_input_files("#id_file", str(file))
    page.click("text=Look at it")
    expect(page.locator("[aria-labelledby=found]")).to_contain_text("Voucher Redeemed")
    page.click("button[value=start]")
    expect(page.locator("#state .pill-good")).to_have_text("loaded", timeout=SOON_MS)
    expect(page.locator("#state .figure-value").first).to_have_text("40")
    page.goto(f"{visitor.url}/journeys/explorer?having=Voucher+Redeemed&period=all")
    page.wait_for_selector('.node[data-at="Voucher Redeemed"]')
    assert (
        page.locator('.node[data-at="Voucher Redeemed"]')
        .get_attribute("aria-label")
        .startswith("Voucher Redeemed: 40 customers")
    )
    assert visitor.complaints == []
    page.close()


def test_the_living_part_comes_back_when_it_dies(demo: dict[str, object]) -> None:
    def living() -> psutil.Process | None:
        for each in psutil.Process(demo["process"].pid).children():  # type: ignore[attr-defined]
            with suppress(psutil.Error):  # ended, and nobody has collected it yet
                if "sojourn.surfaces.cli.trickling" in each.cmdline():
                    return each
        return None

    first = until(living)
    first.kill()
    until(lambda: (found := living()) and found.pid != first.pid)
