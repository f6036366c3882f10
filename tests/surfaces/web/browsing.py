"""Debian's Chromium, signed in, with an ear for whatever it complains about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}
AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Visitor:
    """A browser with a profile of its own; `complaints` are its console errors, policy breaches and script errors."""

    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """Open a tab that listens."""
        page = self.context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self._note("error", str(error)))
        return page

    def sign_in(self, email: str, password: str) -> None:
        """Sign in by the form."""
        page = self.page()
        page.goto(f"{self.url}/account/login/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_selector("#bar", state="attached")
        page.close()

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


@contextmanager
def visiting(url: str, profile: Path) -> Iterator[Visitor]:
    """Start the browser with a fresh profile; it is gone afterwards, and with it its event loop."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, headless=True, args=FLAGS, viewport=DESKTOP
        )
        try:
            yield Visitor(context=context, url=url)
        finally:
            context.close()


def violations(page: Page) -> list[str]:
    """Run axe over the page with the rules of WCAG 2.2 A and AA; say what it finds and where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [
        f"{page.url} {each['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]
