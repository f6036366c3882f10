"""Finding a customer and opening their page, over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from surfaces.web.bank import Served, csrf


@pytest.fixture(scope="module")
def agent(served: Served) -> Iterator[httpx.Client]:
    with served.client("agent") as made:
        yield made


@pytest.fixture(scope="module")
def somebody(agent: httpx.Client) -> tuple[str, str]:
    """Find a customer by a number of the demo's and give the address and the name."""
    answer = found(agent, "HB-100007")
    assert answer.status_code == 302, "this customer of the demo is not found by their number"
    address = answer.headers["location"]
    title = re.search(r"<h1[^>]*>([^<]+)</h1>", agent.get(address).text)
    assert title
    return address, title[1].strip()


def found(client: httpx.Client, text: str) -> httpx.Response:
    token = csrf(client.get("/customers/search").text)
    return client.post("/customers/search", data={"text": text, "csrfmiddlewaretoken": token})


def test_a_customer_is_found_by_name_and_what_was_typed_stands_in_no_address(
    agent: httpx.Client, somebody: tuple[str, str]
) -> None:
    address, name = somebody
    answer = found(agent, name)
    assert answer.status_code in (200, 302)
    assert address in (answer.headers.get("location"), *re.findall(r'href="(/customers/\d+)"', answer.text))
    assert "name" not in str(answer.url)


def test_a_search_without_hits_says_what_to_do(agent: httpx.Client) -> None:
    assert "Nobody is found" in found(agent, "nobody@nowhere.example").text
    assert found(agent, "x" * 300).status_code == 422


def test_the_page_shows_what_is_known_what_happened_and_who_looked(
    agent: httpx.Client, somebody: tuple[str, str]
) -> None:
    page = agent.get(somebody[0]).text
    for words in ("What is known", "What happened", "Journeys", "Notes", "Who looked", "Customer number"):
        assert words in page, words
    assert page.count('<li class="happened">') > 3


def test_the_timeline_pages_without_scripts_and_filters(agent: httpx.Client, somebody: tuple[str, str]) -> None:
    address, _ = somebody
    page = agent.get(address).text
    channel = re.search(r'<span class="pill">(app|web|branch|mail)</span>', page)
    assert channel
    only = agent.get(f"{address}?channel={channel[1]}").text
    pills = re.findall(r'</time> <span class="pill">([^<]+)</span>', only)
    assert set(pills) == {channel[1]}
    assert "No event fits" in agent.get(f"{address}?name=Nothing").text
    assert "Give days such as" in agent.get(f"{address}?since=tomorrow").text
    following = re.search(r'<a class="btn" href="(\?[^"#]*cursor=[^"#]*)#happened"', page)
    if following:
        more = agent.get(address + following[1].replace("&amp;", "&"))
        assert "From the newest" in more.text
        part = agent.get(address + following[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).text
        assert "<html" not in part
        assert '<li class="happened">' in part


def test_a_note_is_written_changed_and_deleted(agent: httpx.Client, somebody: tuple[str, str]) -> None:
    address, _ = somebody
    token = csrf(agent.get(address).text)
    agent.post(f"{address}/notes", data={"text": "Calls on Mondays.", "csrfmiddlewaretoken": token})
    page = agent.get(address).text
    assert "Calls on Mondays." in page
    change = re.search(rf'action="({address}/notes/\d+)"', page)
    assert change
    agent.post(change[1], data={"text": "Calls on Tuesdays.", "csrfmiddlewaretoken": token})
    assert "Calls on Tuesdays." in agent.get(address).text
    agent.post(change[1], data={"what": "delete", "csrfmiddlewaretoken": token})
    assert "Calls on Tuesdays." not in agent.get(address).text


def test_the_palette_leads_to_the_search_for_customers(agent: httpx.Client, served: Served) -> None:
    token = csrf(agent.get("/customers/search").text)
    answer = agent.post("/palette", data={"q": "Wolf"}, headers={"X-CSRFToken": token}).json()["found"]
    assert answer[-1] == {"label": "Wolf", "kind": "search customers", "url": "/customers/search", "posts": True}
    with served.client("viewer") as viewer:
        assert not any(each["posts"] for each in viewer.get("/palette?q=wolf").json()["found"])


def test_people_are_listed_filtered_and_exported_for_who_may(served: Served) -> None:
    with served.client("marketer") as marketer:
        page = marketer.get("/customers/?event=Signed+In&sort=events").text
        assert page.count('<th scope="row"><a href="/customers/') == 50  # to the masked page
        assert "CSV" in page
        following = re.search(r'<a class="btn" href="(\?[^"]*from=50[^"]*)"', page)
        assert following
        assert "Shown: 51 to" in marketer.get("/customers/" + following[1].replace("&amp;", "&")).text
        file = marketer.get("/customers/export.csv?event=Signed+In")
        assert file.headers["content-disposition"] == 'attachment; filename="customers.csv"'
        assert file.text.startswith("customer,events,first_at,last_at")
        assert marketer.get("/customers/export.parquet?event=Signed+In").content[:4] == b"PAR1"
        assert "No customer fits" in marketer.get("/customers/?event=Nothing").text
        wrong = marketer.get("/customers/?sort=nothing")
        assert (wrong.status_code, "There is no such computed trait." in wrong.text) == (404, True)
    with served.client("analyst") as analyst:
        assert "/customers/export.csv" not in analyst.get("/customers/").text


def test_a_computed_trait_is_made_shown_and_deleted(served: Served, somebody: tuple[str, str]) -> None:
    with served.client("administrator") as client:
        token = csrf(client.get("/customers/traits").text)
        said = {
            "slug": "fav",
            "name": "Favourite channel",
            "how": "most_frequent",
            "of": "channel",
            "events": "",
            "days": "",
        }
        answer = client.post("/customers/traits", data={**said, "csrfmiddlewaretoken": token})
        assert answer.status_code == 302, answer.text
        assert "Favourite channel" in client.get("/customers/?trait=fav&is=app").text
        assert "Favourite channel" in client.get(f"{somebody[0]}/computed").text
        refused = client.post("/customers/traits", data={**said, "of": "", "csrfmiddlewaretoken": token})
        assert (refused.status_code, "of: say what is told" in refused.text) == (422, True)
        client.post("/customers/traits/fav/delete", data={"csrfmiddlewaretoken": token})
        assert "Favourite channel" not in client.get("/customers/traits").text


def test_a_number_of_nobody_is_not_found(agent: httpx.Client) -> None:
    assert agent.get("/customers/12345").status_code == 404
