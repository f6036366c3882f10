"""Saved questions over HTTP: named, opened, changed, pinned, and the same by page and API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sojourn.domains.journeys import saved
from sojourn.domains.journeys.contracts import QuestionPage
from sojourn.surfaces.web import case_settings, funnel_settings, questions, sides
from sojourn.surfaces.web import saved as saved_pages
from sojourn.surfaces.web.views import attribution, paths, patterns, retention
from surfaces.web.bank import Served

OPEN_AT_THE_SIDE = {"at", "node", "cell", "saved", "fxe", "fxat"}
ADDRESSES = (
    "/journeys/explorer?period=all&f=Signed+In&f=Balance+Viewed&forder=any&fx=Transfer+Made",
    "/journeys/explorer?journey=card-dispute&period=365&channel=app&steps=8",
    "/journeys/paths?root=Balance+Viewed&way=to&depth=3&period=all&begun=Signed+In",
    "/journeys/retention?by=day&brackets=0,1-3,4-7&cohorts=each&counted=after&period=28",
    "/journeys/process?covers=95&steps=6&channel=app",
    "/journeys/attribution?by=channel&collapse=1&period=365",
    "/journeys/compare?period=365&against=channel&a=web&b=app",
    "/journeys/compare?period=365&against=channel&a=web&b=app&show=funnel&f=Signed+In&f=Balance+Viewed",
    "/journeys/compare?period=90&journey=card-application&show=endings",
    "/journeys/compare?period=365&journey=card-application&show=success",
    "/journeys/cases?period=365&journey=card-application&by=channel&trend=month&counted=all",
    "/journeys/patterns?period=365&match=%22Signed+In%22+-%3E+%22Balance+Viewed%22&span=day",
    "/journeys/cases?period=365&of=card-application&start=Complaint+Received&goal=Complaint+Upheld&stage=Complaint+Received",
)


@pytest.fixture
def analyst(served: Served) -> Iterator[httpx.Client]:
    with served.client("analyst") as client:
        yield client


@pytest.fixture
def viewer(served: Served) -> Iterator[httpx.Client]:
    with served.client("viewer") as client:
        yield client


def post(client: httpx.Client, address: str, **data: str) -> httpx.Response:
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(address, data={**token, **data}, follow_redirects=True)


def save(client: httpx.Client, address: str, name: str = "Mine", seen_by: str = "me") -> str:
    """Save a page's question by its form and give its id."""
    answer = post(client, "/journeys/saved/new", place=address, name=name, seen_by=seen_by)
    assert answer.status_code == 200, answer.text
    return parse_qs(urlsplit(str(answer.url)).query)["saved"][0]


def test_every_parameter_of_a_page_is_known_to_what_is_saved() -> None:
    own = {
        QuestionPage.EXPLORER: funnel_settings.PARAMETERS,
        QuestionPage.PATHS: paths.OWN,
        QuestionPage.RETENTION: retention.OWN,
        QuestionPage.PROCESS: ("covers",),
        QuestionPage.ATTRIBUTION: attribution.OWN,
        QuestionPage.COMPARE: sides.OWN,
        QuestionPage.CASES: case_settings.OWN,
        QuestionPage.PATTERNS: patterns.OWN,
    }
    for page, names in own.items():
        assert set(names) - OPEN_AT_THE_SIDE == set(saved.OWN[page]), page
    fields = set(questions.Asked.__dataclass_fields__) - {"dimensions", "path", "own", "funnel"} | {"f"}
    assert fields - OPEN_AT_THE_SIDE <= set(saved.SHARED)
    assert set(saved_pages.NAMES) == set(saved_pages.USUAL) == set(QuestionPage)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_saved_question_opens_unchanged_and_page_card_and_api_answer_it(address: str, analyst: httpx.Client) -> None:
    made = save(analyst, address)
    page = analyst.get(f"/journeys/saved/{made}", follow_redirects=True).text
    assert "as it was saved" in page
    assert '<h1 data-region="name">Mine</h1>' in page
    card = analyst.get(f"/journeys/saved/{made}/card").text
    assert "figure-value" in card
    known = analyst.get(f"/api/v1/questions/{made}").json()
    assert known["address"].partition("?")[0] == address.partition("?")[0]
    places = analyst.get(f"/api/v1/questions/{made}/answers").json()["items"]
    answers = {each["answer"]: analyst.get(each["address"]) for each in places}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    coverage = next((each.json()["coverage"] for each in answers.values() if "coverage" in each.json()), None)
    if coverage and "success" not in answers:
        assert f"{coverage['customers']:,} customers · {coverage['events']:,} events" in page


def test_a_change_is_seen_saved_and_taken_back(analyst: httpx.Client) -> None:
    made = save(analyst, "/journeys/retention?by=day")
    changed = analyst.get(f"/journeys/retention?by=month&period=all&saved={made}").text
    assert "changed since saved" in changed
    assert f'href="/journeys/saved/{made}"' in changed
    assert "as it was saved" in analyst.get(f"/journeys/retention?period=90&by=day&saved={made}&cell=all.1").text
    place = f"/journeys/retention?by=month&period=all&saved={made}"
    assert "is saved as it is now" in post(analyst, f"/journeys/saved/{made}/replace", place=place).text
    assert "as it was saved" in analyst.get(place).text
    assert "saved-strip" not in analyst.get(f"/journeys/paths?saved={made}").text  # another page's
    assert "saved-strip" not in analyst.get("/journeys/paths?saved=nothing").text


def test_a_question_is_listed_found_renamed_deleted_and_brought_back(analyst: httpx.Client) -> None:
    made = save(analyst, "/journeys/process", name="Überlauf <1>", seen_by="everyone")
    assert "Überlauf &lt;1&gt;" in analyst.get("/journeys/saved?q=überlauf&page=process&who=me").text
    assert made not in analyst.get("/journeys/saved?q=überlauf&page=paths").text
    renamed = post(analyst, f"/journeys/saved/{made}/rename", name="Ways", description="each Monday", seen_by="me")
    assert "The question Ways is saved." in renamed.text
    refused = post(analyst, f"/journeys/saved/{made}/rename", name="Ways of ana@example.com", seen_by="me")
    assert "looks like a mail address" in refused.text
    assert post(analyst, f"/journeys/saved/{made}/pin").status_code == 200
    gone = post(analyst, f"/journeys/saved/{made}/remove").text
    assert "The question Ways is deleted." in gone
    assert analyst.get(f"/journeys/saved/{made}").status_code == 404
    assert made not in analyst.get("/").text
    assert "is back" in post(analyst, f"/journeys/saved/{made}/restore").text
    assert f"/journeys/saved/{made}/card" in analyst.get("/").text
    assert "palette" in analyst.get("/").text
    assert any(each["label"] == "Ways" for each in analyst.get("/palette?q=ways").json()["found"])


def test_a_private_question_is_invisible_to_others_and_a_viewer_pins_but_saves_nothing(
    analyst: httpx.Client, viewer: httpx.Client
) -> None:
    private = save(analyst, "/journeys/explorer?steps=5")
    shared = save(analyst, "/journeys/explorer?steps=6", seen_by="everyone")
    for address in ("", "/card"):
        assert viewer.get(f"/journeys/saved/{private}{address}").status_code == 404
    assert "saved-strip" not in viewer.get(f"/journeys/explorer?saved={private}").text
    page = viewer.get(f"/journeys/saved/{shared}", follow_redirects=True).text
    assert "Save this question" not in page and "Rename" not in page
    listed = viewer.get("/journeys/saved").text
    assert shared in listed and private not in listed and f"{shared}/remove" not in listed
    assert "stands on your Home now" in post(viewer, f"/journeys/saved/{shared}/pin", next="/journeys/saved").text
    assert f"/journeys/saved/{shared}/card" in viewer.get("/").text
    for what in ("remove", "rename", "replace", "restore"):
        assert post(viewer, f"/journeys/saved/{shared}/{what}").status_code == 403


def test_only_pages_of_this_server_are_saved_and_returned_to(analyst: httpx.Client) -> None:
    for address in ("/settings/people/", "https://elsewhere.example/", ""):
        assert analyst.get("/journeys/saved/new", params={"address": address}).status_code == 404
    form = analyst.get("/journeys/saved/new", params={"address": "/journeys/explorer?f=Signed+In&f=Balance+Viewed"})
    assert re.search(r'name="name" value="Signed In to Balance Viewed"', form.text)
    refused = post(analyst, "/journeys/saved/new", place="/journeys/explorer?f=Nothing", name="a", seen_by="me").text
    assert "f cannot be what it says here" in unescape(refused)
    made = save(analyst, "/journeys/process")
    answer = analyst.post(
        f"/journeys/saved/{made}/pin",
        data={"csrfmiddlewaretoken": analyst.cookies["csrftoken"], "next": "//elsewhere.example/"},
    )
    assert answer.headers["location"] == "/journeys/saved"
