"""Every page in a real browser: accessible in light and dark, quiet, and usable on a phone."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from surfaces.web.bank import Served, csrf
from surfaces.web.browsing import DESKTOP, PHONE, Visitor, violations, visiting

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/?now",
    "/journeys/explorer",
    "/journeys/explorer?colour=drop&at=Signed+In&f=Signed+In&f=Balance+Viewed",
    "/journeys/explorer?from=Signed+In&to=Balance+Viewed&channel=app&period=all",
    "/journeys/explorer?level=groups&once=1&expand=Nothing",
    "/journeys/paths",
    "/journeys/paths?root=Balance+Viewed&way=to&every=1&depth=3&node=Balance+Viewed+%E2%80%BA+Signed+In",
    "/journeys/cases",
    "/journeys/cases?period=365&of=card-application&start=Complaint+Received&goal=Complaint+Upheld&by=channel&trend=month",
    "/journeys/patterns",
    "/journeys/patterns?period=365&match=%22Signed+In%22+-%3E+%22Balance+Viewed%22",
    "/journeys/customers?period=365&of=path&from=Signed+In&to=Balance+Viewed",
    "/journeys/compare",
    "/journeys/compare?period=365&against=channel&a=web&b=app",
    "/journeys/compare?period=365&against=channel&a=web&b=app&show=sides",
    "/journeys/compare?period=365&against=channel&a=web&b=app&show=funnel&f=Signed+In&f=Balance+Viewed",
    "/journeys/compare?period=365&against=channel&a=web&b=app&show=variants",
    "/journeys/compare?period=90&journey=card-application&show=endings",
    "/journeys/compare?period=365&journey=card-application&show=success",
    "/journeys/compare?against=dates",
    "/journeys/process",
    "/journeys/process?covers=95&steps=6&channel=app",
    "/journeys/attribution?period=all",
    "/journeys/attribution?outcome=Card+Application+Approved&by=channel&collapse=1&period=365",
    "/journeys/retention",
    "/journeys/retention?by=day&brackets=0,1-3,4-7&cohorts=each&counted=after&period=28&cell=all.1",
    "/journeys/saved",
    "/journeys/saved/new?address=/journeys/explorer%3Ff%3DSigned%2BIn",
    "/journeys/",
    "/journeys/new?f=Signed+In&f=Balance+Viewed",
    "/customers/search",
    "/customers/rules",
    "/customers/",
    "/customers/?event=Signed+In&sort=events&days=28",
    "/customers/accounts/",
    "/customers/accounts/import",
    "/customers/traits",
    "/customers/review",
    "/customers/review?state=rejected&from=90",
    "/voice/comments",
    "/voice/drivers",
    "/voice/drivers/fact",
    "/voice/surveys/",
    "/voice/surveys/new",
    "/voice/surveys/of/branch-visit",
    "/voice/surveys/of/branch-visit/edit",
    "/voice/surveys/of/branch-visit/preview",
    "/measures/kpis/",
    "/measures/kpis/nps",
    "/measures/kpis/completion_rate",
    "/measures/kpis/clv",
    "/settings/sources/",
    "/settings/sources/new",
    "/settings/sources/website",
    "/settings/plan/",
    "/settings/plan/change",
    "/settings/plan/groups/",
    "/settings/plan/groups/save?name=",
    "/measures/league?level=region",
    "/measures/extracts/",
    "/measures/extracts/new",
    "/measures/extracts/for-a-tool",
    "/settings/imports/",
    "/settings/quarantine/",
    "/settings/flow",
    "/settings/health",
    "/privacy/consents/",
    "/privacy/purposes/",
    "/privacy/purposes/new",
    "/privacy/purposes/marketing",
    "/privacy/requests/",
    "/privacy/requests/new",
    "/privacy/retention/",
    "/privacy/retention/new",
    "/privacy/duties/",
    "/privacy/duties/new",
    "/privacy/holds/",
    "/your-data/",
    "/privacy/audit",
    "/privacy/audit?verify=1&object=customer:",
    "/settings/people/",
    "/settings/people/new",
    "/settings/people/1/grant",
    "/settings/people/1/employee",
    "/settings/roles/",
    "/settings/units/",
    "/settings/roles/save",
    "/settings/keys/",
    "/settings/pickups/",
    "/settings/pickups/new/sftp",
    "/settings/webhooks/",
    "/settings/webhooks/new",
    "/settings/backups/",
    "/account/password/",
    "/account/factors/",
    "/account/sessions/",
)


@pytest.fixture(scope="module")
def visitor(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with visiting(served.url, tmp_path_factory.mktemp("profile")) as made:
        made.sign_in(*served.sign_ins["administrator"])
        yield made


@pytest.fixture(scope="module")
def tab(visitor: Visitor) -> Page:
    return visitor.page()


@pytest.fixture(scope="module")
def customer(served: Served) -> int:
    """Find a customer of the bank by their number."""
    with served.client("agent") as client:
        said = {"text": "HB-100007", "csrfmiddlewaretoken": csrf(client.get("/customers/search").text)}
        return int(client.post("/customers/search", data=said).headers["location"].rpartition("/")[2])


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible_in_light_and_dark_quiet_and_fits_a_phone(
    address: str, visitor: Visitor, tab: Page
) -> None:
    check(address, visitor, tab)


@pytest.mark.parametrize("address", ["/customers/{}", "/customers/{}/identity", "/privacy/consents/{}"])
def test_a_customers_pages_are_accessible_too(address: str, customer: int, visitor: Visitor, tab: Page) -> None:
    check(address.format(customer), visitor, tab)


def check(address: str, visitor: Visitor, tab: Page) -> None:
    """Open a page in light, dark and on a phone; fail at what is not accessible, complains or does not fit."""
    visitor.complaints.clear()
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    answer = tab.goto(visitor.url + address)
    assert answer is not None
    assert answer.status == 200
    found = violations(tab)
    tab.emulate_media(color_scheme="dark")
    found += violations(tab)
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert fits(tab, PHONE["width"])
    assert found == []
    assert visitor.complaints == []


def fits(tab: Page, width: int) -> bool:
    """Say whether the page lies within a width, once it has followed the window."""
    deadline = time.monotonic() + 5
    while tab.evaluate("document.documentElement.scrollWidth") > width:
        if time.monotonic() > deadline:
            return False
    return True


def test_signing_in_and_the_masked_page_are_accessible(customer: int, visitor: Visitor, served: Served) -> None:
    tab = visitor.page()
    visitor.context.clear_cookies()
    tab.goto(f"{served.url}/account/login/")
    assert violations(tab) == []
    visitor.sign_in(*served.sign_ins["marketer"])
    check(f"/customers/{customer}", visitor, tab)
    tab.close()
    visitor.context.clear_cookies()
    visitor.sign_in(*served.sign_ins["administrator"])
