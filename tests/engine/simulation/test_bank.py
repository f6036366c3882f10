"""The simulated bank: the same for the same seed, whichever stretch of time is asked for."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from simulated_year import ANCHOR
from sojourn.engine.simulation.bank import YEAR, Bank
from sojourn.engine.simulation.sending import trickle
from sojourn.engine.simulation.table import SCHEMA, register, tabled
from sojourn.engine.simulation.words import DAY, HOUR


def table(bank: Bank, since: int, until: int) -> pa.Table:
    return pa.concat_tables([tabled(bank, number, rows) for number, rows in bank.between(since, until)])


def small(seed: int = 1) -> Bank:
    return Bank(seed=seed, size=400, anchor=ANCHOR)


@pytest.fixture(scope="module")
def year() -> pa.Table:
    return table(small(), ANCHOR - YEAR, ANCHOR)


def test_the_same_seed_gives_the_same_year_and_another_seed_another(year: pa.Table) -> None:
    assert table(small(), ANCHOR - YEAR, ANCHOR).equals(year)
    assert not table(small(seed=2), ANCHOR - YEAR, ANCHOR).equals(year)


def test_a_year_asked_for_in_pieces_is_the_year(year: pa.Table) -> None:
    bank = small()
    edges = [ANCHOR - YEAR, ANCHOR - 200 * DAY - 7, ANCHOR - 30 * DAY, ANCHOR - HOUR, ANCHOR]
    pieces = [table(bank, since, until) for since, until in pairwise(edges)]
    joined = pa.concat_tables(pieces).sort_by("message_id")
    assert joined.equals(year.sort_by("message_id"))


def test_message_ids_are_unique_and_the_form_is_the_imports_own(year: pa.Table) -> None:
    year.validate(full=True)
    assert year.schema.equals(SCHEMA)
    assert pc.count_distinct(year["message_id"]).as_py() == len(year)
    for text in set(year["properties"].drop_null().to_pylist()):
        assert isinstance(json.loads(text), dict)


def test_every_row_says_whose_it_is_and_money_has_a_currency(year: pa.Table) -> None:
    nobody = pc.and_(pc.is_null(year["user_id"]), pc.is_null(year["anonymous_id"]))
    assert not pc.any(nobody).as_py()
    assert pc.is_null(year["value"]).equals(pc.is_null(year["currency"]))


def test_open_journeys_go_on_after_the_year(year: pa.Table) -> None:
    cases = set(year["case"].drop_null().to_pylist())
    later = set(table(small(), ANCHOR, ANCHOR + 20 * DAY)["case"].drop_null().to_pylist())
    assert len(cases & later) > 5


def test_the_trickle_sends_the_very_events_of_that_time() -> None:
    bank = small()
    messages = trickle(bank, ANCHOR, ANCHOR + 2 * DAY)
    rows = table(bank, ANCHOR, ANCHOR + 2 * DAY)
    assert Counter(each["messageId"] for each in messages) == Counter(rows["message_id"].to_pylist())
    assert [each["timestamp"] for each in messages] == sorted(each["timestamp"] for each in messages)
    assert {each["type"] for each in messages} <= {"track", "page", "screen", "identify"}
    assert all(each.get("userId") or each.get("anonymousId") for each in messages)
    apps = [each for each in messages if each.get("properties", {}).get("channel") == "app"]
    assert apps and all("version" in each["context"]["app"] for each in apps)
    assert not any(key.startswith("$") for each in messages for key in each.get("properties", {}))


def test_the_register_holds_every_old_customer_and_some_share_a_mail_address() -> None:
    bank = Bank(seed=1, size=2_000, anchor=ANCHOR)
    people = [json.loads(text) for text in register(bank, ANCHOR - YEAR)["traits"].to_pylist()]
    assert len(people) == int((bank.people.opens_at < 0).sum())
    mails = Counter(each["email"] for each in people)
    assert 20 < sum(count == 2 for count in mails.values()) < 200 and max(mails.values()) == 2
    assert all(each["email"].endswith("@example.com") for each in people)


def test_anonymous_devices_become_customers(year: pa.Table) -> None:
    known = year.filter(pc.is_valid(year["user_id"]))["anonymous_id"].drop_null().unique()
    unknown = year.filter(pc.is_null(year["user_id"]))["anonymous_id"].drop_null().unique()
    both = pc.sum(pc.is_in(unknown, known)).as_py()
    assert 0.2 * len(unknown) < both < len(unknown)


def test_outcomes_do_not_exceed_submissions(year: pa.Table) -> None:
    times = Counter(year["event"].to_pylist())
    decided = sum(times[f"Card Application {end}"] for end in ("Approved", "Declined", "Withdrawn"))
    assert 0 < decided <= times["Card Application Submitted"] <= times["Card Application Started"] + 3


def test_a_bank_must_begin_at_midnight_and_have_customers() -> None:
    with pytest.raises(ValueError, match="midnight"):
        Bank(anchor=ANCHOR + 1)
    with pytest.raises(ValueError, match="two customers"):
        Bank(size=1, anchor=ANCHOR)
    assert np.all(small().people.branch < 24)


def test_who_is_asked_about_a_call_or_a_visit_says_who_served(year: pa.Table) -> None:
    answers = year.filter(pc.equal(year["event"], "Survey Answered"))
    asked = [json.loads(each)["survey"] for each in answers["properties"].to_pylist()]
    named = [survey for survey, agent in zip(asked, answers["agent"].to_pylist(), strict=True) if agent is not None]
    assert Counter(named) == Counter(each for each in asked if each in ("call", "branch-visit"))
    serving = pa.array(["Call Answered", "Counter Served"])
    served = set(year.filter(pc.is_in(year["event"], serving))["agent"].to_pylist())
    assert set(answers["agent"].drop_null().to_pylist()) <= served
