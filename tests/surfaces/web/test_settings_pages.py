"""Settings pages: forms keep what was typed, secrets are shown once, a file is looked at before it enters."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from surfaces.web.bank import Served, csrf

PASSWORD = "quiet harbour at dusk"
CSV = "customer,what,when,shop\n1,Order Placed,2026-01-05T10:00:00Z,north\n2,Order Placed,yesterday,south\n"
TICKETS = Path(__file__).parents[2] / "domains" / "collection" / "deliveries" / "exports" / "zendesk-tickets.csv"


@pytest.fixture
def administrator(served: Served) -> Iterator[httpx.Client]:
    with served.client("administrator") as client:
        yield client


def post(client: httpx.Client, address: str, **data: str) -> httpx.Response:
    token = {"csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(address, data={**token, **data}, follow_redirects=True)


def test_a_source_shows_its_key_in_snippets_that_point_here(administrator: httpx.Client) -> None:
    page = post(administrator, "/settings/sources/new", name="Shop", slug="shop", kind="web").text
    key = re.search(r'id="write-key">([^<]+)<', page)
    assert key
    assert page.count(key[1]) >= 5
    assert "/v1/track -u" in page


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(administrator: httpx.Client) -> None:
    page = post(administrator, "/settings/sources/new", name="My Shop", slug="No Good", kind="server").text
    assert 'value="My Shop"' in page
    assert re.search(r'id="id_slug_error">1 to 63 small letters', page)


def test_a_key_is_shown_once(administrator: httpx.Client) -> None:
    page = post(administrator, "/settings/keys/", name="Notebook", role="analyst", expires_days="30").text
    secret = re.search(r'id="secret">([^<]+)<', page)
    assert secret
    assert secret[1] not in administrator.get("/settings/keys/").text


def test_the_last_administrator_cannot_be_shut_out(administrator: httpx.Client) -> None:
    page = administrator.get("/settings/people/").text
    own = re.search(r"administrator@[^<]+</th>.*?<form[^>]+action=\"([^\"]+)\"", page, re.DOTALL)
    assert own
    answer = post(administrator, own[1], what="close")
    assert answer.status_code == 409
    assert "last administrator" in answer.text


def test_a_plan_that_makes_no_sense_is_refused_and_kept_in_the_form(administrator: httpx.Client) -> None:
    answer = post(administrator, "/settings/plan/change", text="events: [1, 2", base="1")
    assert "events: [1, 2" in answer.text
    assert 'role="alert"' in answer.text or 'class="field-error"' in answer.text


def test_a_file_is_looked_at_mapped_and_queued(served: Served) -> None:
    with served.client("analyst") as client:
        token = csrf(client.get("/settings/imports/").text)
        answer = client.post(
            "/settings/imports/",
            data={"csrfmiddlewaretoken": token, "source": "website"},
            files={"file": ("orders.csv", CSV.encode())},
            follow_redirects=True,
        )
        assert "orders.csv" in answer.text
        address = str(answer.url)
        said = {"map-user_id": "customer", "map-event": "what", "map-timestamp": "when", "map-unit": "shop"}
        said |= {"time_zone": "Europe/Berlin", "blank": "clears"}
        looked = post(client, address, what="look", **said)
        assert "Order Placed" in looked.text
        assert 'value="Europe/Berlin"' in looked.text
        assert '"clears" selected' in looked.text
        assert "Rows that would be refused" in looked.text
        started = post(client, address, what="start", **said)
        assert "waits its turn" in started.text
        assert "called off" in post(client, address, what="cancel").text


def test_a_tools_file_is_read_as_it_was_found_when_a_browser_sends_the_form_back(served: Served) -> None:
    with served.client("analyst") as client:
        token = csrf(client.get("/settings/imports/").text)
        page = client.post(
            "/settings/imports/",
            data={"csrfmiddlewaretoken": token, "source": "website"},
            files={"file": ("tickets.csv", TICKETS.read_bytes())},
            follow_redirects=True,
        )
        assert "Requester id / Requester email" in page.text
        parsed = page.text.replace("\0", "\ufffd")  # as the HTML standard has it (13.2.5.36)
        said = {
            name: html.unescape(chosen[-1]) if (chosen := re.findall(r'value="([^"]*)" selected', options)) else ""
            for name, options in re.findall(r'<select[^>]*name="(map-\w+)">(.*?)</select>', parsed, re.DOTALL)
        }
        assert len(said) == 11
        looked = post(client, str(page.url), what="look", preset="zendesk-tickets", **said).text
        assert "Nothing has entered." not in looked
        assert "Ticket Solved" in looked
        post(client, str(page.url), what="cancel")


def test_a_journey_is_saved_from_a_funnel_and_shown_with_its_completion(served: Served) -> None:
    with served.client("analyst") as client:
        page = client.get("/journeys/new?f=Signed+In&f=Balance+Viewed").text
        assert 'value="Signed In to Balance Viewed"' in page
        saved = post(
            client,
            "/journeys/new",
            name="Balance",
            slug="balance",
            start="Signed In",
            goals="Balance Viewed",
            steps="Signed In\nBalance Viewed",
            window_days="7",
        )
        assert "Explore Balance" in saved.text
        assert "Completed" in saved.text


def test_a_role_is_given_in_a_unit_and_taken_back(administrator: httpx.Client) -> None:
    page = post(
        administrator, "/settings/people/new", email="ana@example.com", role="viewer", unit="", password=PASSWORD
    ).text
    person = re.search(r"ana@example.com</th>.*?/settings/people/(\d+)/change", page, re.DOTALL)
    assert person
    given = post(administrator, f"/settings/people/{person[1]}/grant", role="agent", unit="HB-N").text
    assert "Agent in North" in given
    twice = post(administrator, f"/settings/people/{person[1]}/grant", role="agent", unit="HB-N").text
    assert "already" in twice
    change = f"/settings/people/{person[1]}/change"
    assert "Agent in North" not in post(administrator, change, what="withdraw", role="agent", unit="HB-N").text.replace(
        "Agent manager in North", ""
    )


def test_somebody_is_told_to_be_an_employee_whom_events_name(administrator: httpx.Client) -> None:
    page = administrator.get("/settings/people/").text
    address = re.search(r"/settings/people/\d+/employee", page)
    assert address
    unknown = post(administrator, address[0], ids="nobody-7").text
    assert 'id="id_ids_error"' in unknown and "nobody-7</textarea>" in unknown
    assert "is no employee in figures" in post(administrator, address[0], ids="").text


def test_a_role_of_ones_own_is_made_mapped_to_a_group_and_deleted(administrator: httpx.Client) -> None:
    rights = {"rights": "figures.read"}
    made = post(administrator, "/settings/roles/save", name="Board", slug="board", **rights).text
    assert "The role Board is saved" in made
    refused = post(administrator, "/settings/roles/save", name="X", slug="viewer", **rights).text
    assert re.search(r'id="id_slug_error">This role comes with', refused)
    mapped = post(administrator, "/settings/roles/", group="board-members", role="board", unit="").text
    assert "board-members" in mapped
    kept = post(administrator, "/settings/roles/delete", role="board")
    assert kept.status_code == 409
    post(administrator, "/settings/roles/groups/remove", group="board-members", role="board", unit="")
    assert "The role is gone" in post(administrator, "/settings/roles/delete", role="board").text
