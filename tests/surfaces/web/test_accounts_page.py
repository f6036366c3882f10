"""Accounts over HTTP: the list, one with its people, the rule for prospects; figures per household."""

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


def test_a_list_leads_to_an_account_and_its_people_and_from_a_customer_back(agent: httpx.Client) -> None:
    listed = agent.get("/customers/accounts/?joint=yes")
    account = re.search(r'href="(/customers/accounts/\d+)"', listed.text)
    assert account and "CA-" in listed.text
    shown = agent.get(account[1])
    people = re.findall(r'href="(/customers/\d+)"', shown.text)
    assert len(people) == 2 and "joint holder" in shown.text
    assert account[1] in agent.get(people[0]).text


def test_an_account_is_found_by_number_and_the_number_stands_in_no_address(agent: httpx.Client) -> None:
    token = csrf(agent.get("/customers/accounts/").text)
    found = agent.post("/customers/accounts/", data={"number": "ca-500006", "csrfmiddlewaretoken": token})
    assert found.status_code in (200, 302) and "500006" not in found.headers.get("location", "")
    missing = agent.post("/customers/accounts/", data={"number": "CA-1", "csrfmiddlewaretoken": token})
    assert "No account fits" in missing.text


def test_a_figure_per_household_says_how_many_and_who_counts_alone(served: Served) -> None:
    with served.client("analyst") as analyst:
        page = analyst.get("/measures/kpis/nps?days=365&per=household&state=customer")
        assert page.status_code == 200 and "in none, each alone" in page.text
        asked = "/journeys/explorer?period=365&f=Signed+In&f=Balance+Viewed"
        customers, households = (analyst.get(f"{asked}{per}").text for per in ("", "&fper=household"))
        assert "Households: " in households and "Households: " not in customers
        assert "List the customers who reached" in customers and "List the customers who reached" not in households
        assert "customers in none, each alone" in households and "Those that share a customer" in households
        ending = analyst.get("/measures/kpis/completion_rate?days=365&journey=card-application&per=household").text
        assert "clustered by household" in ending and "in none, each alone" in ending
        assert 'value="household" selected' in analyst.get("/measures/league?kpi=nps&days=365&per=household").text
        assert analyst.get("/customers/?state=prospect&belongs_to=company&holds=none").status_code == 200
