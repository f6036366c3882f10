"""From a number to its customers, over HTTP: the list has as many as the number says, for analysts only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from surfaces.web.bank import Served

WAY = "/journeys/explorer?period=365&from=Signed+In&to=Balance+Viewed&f=Signed+In&f=Balance+Viewed&fby=channel"
PATTERN = '/journeys/patterns?period=365&match="Signed+In"+->>+"Balance+Viewed"+within+1h'


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client("analyst") as made:
        yield made


def links(page: str, **parts: str) -> list[tuple[str, str]]:
    """Give the addresses of the lists linked on a page, and the words of the links."""
    found = re.findall(r'<a[^>]*href="(/journeys/customers[^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
    plain = [(unescape(address), re.sub(r"<[^>]*>", "", words).strip()) for address, words in found]
    return [(address, words) for address, words in plain if all(f"{k}={v}" in address for k, v in parts.items())]


def number(client: httpx.Client, address: str) -> int:
    """Open a list and give its number."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = re.search(r"([\d,]+) customers?\.", answer.text)
    assert found or "Fewer customers than" in answer.text, address
    return int(found[1].replace(",", "")) if found else 0


def fact(page: str, name: str) -> int:
    """Give the number beside a word."""
    found = re.search(rf"<dt>{re.escape(name)}</dt><dd>(?:<[^>]*>)*([\d,]+)", page)
    assert found, name
    return int(found[1].replace(",", ""))


def test_a_path_opens_its_times_and_its_customers(client: httpx.Client) -> None:
    page = client.get(WAY).text
    assert "From one to the other" in page
    address = links(page, of="path")[0][0]
    assert number(client, address) == fact(page, "Customers") > 20
    opened = client.get(address).text
    assert opened.count('class="strip"') == 20
    assert "<strong>Signed In</strong>" in opened
    following = re.search(r'href="([^"]*after=\d+)"', opened)
    assert following
    second = client.get("/journeys/customers" + unescape(following[1])).text
    assert "Shown: 21 to" in second


def test_a_step_opens_its_times_and_who_begins_and_ends_with_it(client: httpx.Client) -> None:
    page = client.get("/journeys/explorer?period=365&at=Signed+In").text
    assert "Since the step before" in page
    assert "Until the next step" in page
    assert number(client, links(page, of="step", place="first")[0][0]) == fact(page, "Begin here")
    assert number(client, links(page, of="step", place="last")[0][0]) == fact(page, "End here")


def test_each_number_of_funnel_and_variants_opens_its_customers(client: httpx.Client) -> None:
    page = client.get(WAY).text
    reached = re.findall(r'data-word="Customers"><strong>([\d,]+)</strong>', page)
    steps = [address for address, words in links(page, of="funnel") if not words]
    assert [number(client, each) for each in steps] == [int(each.replace(",", "")) for each in reached]
    lost, words = links(page, of="funnel", lost="1")[0]
    assert number(client, lost) == int(words.split()[0].replace(",", ""))
    part, customers = links(page, of="funnel", part="app")[0]
    assert number(client, part) == int(customers.replace(",", ""))
    variant = links(page, of="variant")[0][0]
    customers = re.findall(r'class="num" data-word="Customers">([\d,]+)</td>', page)[0]
    assert number(client, variant) == int(customers.replace(",", ""))


def test_a_line_of_the_tree_and_a_cell_of_the_retention_open_their_customers(client: httpx.Client) -> None:
    page = client.get("/journeys/paths?period=365&root=Signed+In&node=Signed+In+%E2%80%BA+Balance+Viewed").text
    assert number(client, links(page, of="branch")[0][0]) == fact(page, "Customers")
    assert not links(client.get("/journeys/paths?root=Signed+In&pause=30&node=Signed+In").text, of="branch")
    heat = client.get("/journeys/retention?period=365&by=month").text
    cell = [each for each in re.findall(r'data-cell="([^"]+)"', heat) if each.endswith(".1")][-1]  # the oldest cohort
    page = client.get(f"/journeys/retention?period=365&by=month&cell={cell}").text
    came, started = (address for address, _words in links(page, of="cell"))
    assert number(client, came) == fact(page, "Customers who did")
    assert number(client, started) == fact(page, "Customers who started")


def test_a_pattern_tells_who_matches_how_long_and_what_is_around_it(client: httpx.Client) -> None:
    page = client.get(f"{PATTERN}&span=day").text
    for words in ("How long the first match takes", "Directly before", "Directly after", "Over time"):
        assert words in page
    assert number(client, links(page, of="pattern")[0][0]) == fact(page, "Customers")
    assert "having_pattern=%22Signed+In%22" in page


def test_a_pattern_shows_its_mistake_at_the_character_and_how_to_begin(client: httpx.Client) -> None:
    page = unescape(client.get("/journeys/patterns?match=%22Signed+Inn%22+-%3E+x").text)
    assert "At character 1: No event is called" in page
    assert '<mark>"Signed Inn"</mark>' in page
    begin = client.get("/journeys/patterns").text
    assert "Ask what customers did, in order" in begin
    example = re.search(r'class="as-typed" href="([^"]*)"', begin)
    assert example
    assert "Who matches" in client.get("/journeys/patterns" + unescape(example[1])).text


def test_who_reads_figures_only_sees_no_list(served: Served) -> None:
    with served.client("viewer") as viewer:
        assert not links(viewer.get(WAY).text)
        assert viewer.get("/journeys/customers?of=step&at=Signed+In").status_code == 403
        assert "Who matches" in viewer.get(PATTERN).text


@pytest.mark.parametrize(
    "address",
    ["", "?of=nothing", "?of=step", "?of=path", "?of=variant&ways=x", "?of=pattern", "?of=branch&node=Nobody",
     "?of=funnel&k=9", "?of=cell&cell=x", "?of=step&at=Nobody", "?of=pattern&match=%5B"],
)  # fmt: skip
def test_an_address_that_names_no_number_says_so(client: httpx.Client, address: str) -> None:
    answer = client.get(f"/journeys/customers{address}")
    assert answer.status_code == 200
    assert 'class="note note-error" role="alert"' in answer.text
