"""Each planted truth is really there, with the size that `truths` states."""

import json

import numpy as np
import pytest

from simulated_year import ANCHOR, Year, simulated
from sojourn.engine.simulation.records import traits
from sojourn.engine.simulation.truths import INCIDENTS, Effect, truths
from sojourn.engine.simulation.words import ANDROID, APP, CODE, DAY, FOREIGN_FEE, MINUTE, THEMES, UNITS, WEB

TRUTHS = {each.slug: each for each in truths(ANCHOR)}


@pytest.fixture(scope="module")
def year() -> Year:
    return simulated()


def close(slug: str, measured: float) -> None:
    truth = TRUTHS[slug]
    assert measured == pytest.approx(truth.expected, abs=truth.tolerance), truth.figure


def test_all_slugs_differ_and_all_periods_lie_in_the_year() -> None:
    assert len(TRUTHS) == len(truths(ANCHOR)) == 19
    for truth in TRUTHS.values():
        assert truth.period.since_us >= ANCHOR - 366 * DAY and truth.period.until_us <= ANCHOR
        assert abs(truth.expected - truth.usual) > truth.tolerance


def test_evidence_upload_fails_on_one_app_version_only(year: Year) -> None:
    period = TRUTHS["broken-upload"].period
    here = year.during(period.since_us, period.until_us) & (year.column["channel"] == APP)
    chosen = np.flatnonzero(here & year.named("Transaction Selected"))
    actor, at = year.column["actor"][chosen], year.column["at"][chosen]
    uploaded = np.isin(year.column["case"][chosen], year.column["case"][here & year.named("Evidence Uploaded")])
    version = year.bank.people.version(actor, at, ANCHOR)
    android = year.bank.people.system[actor] == ANDROID
    close("broken-upload", uploaded[android & (version == 2)].mean())
    for others in (android & (version == 1), ~android & (version == 2)):
        assert uploaded[others].mean() == pytest.approx(TRUTHS["broken-upload"].usual, abs=0.08)


def test_some_humans_stand_in_the_register_twice(year: Year) -> None:
    people = year.bank.people
    again = np.flatnonzero(people.same_as != np.arange(people.size))
    close("twice", len(again) / people.size)
    assert (people.same_as[people.same_as[again]] == people.same_as[again]).all(), "nobody stands there thrice"
    of_both = np.stack([again, people.same_as[again]], axis=1)
    written = [json.loads(each) for each in traits(people, of_both.ravel()).to_pylist()]
    first, second = written[1::2], written[::2]
    same = [a["birthday"] == b["birthday"] for a, b in zip(first, second, strict=True)]
    assert 0.7 < np.mean(same) < 0.95
    assert not {each["email"] for each in first} & {each["email"] for each in second}


def waits(year: Year, unit: int, since: int, until: int) -> float:
    """Median minutes from Branch Visited to the same person's next Counter Served."""
    here = np.flatnonzero(
        year.named("Branch Visited", "Counter Served")
        & (year.column["unit"] == unit)
        & year.during(since, until + DAY // 4)
    )
    here = here[np.argsort(year.column["actor"][here], kind="stable")]
    name, actor, at = (year.column[key][here] for key in ("name", "actor", "at"))
    follows = (actor[1:] == actor[:-1]) & (name[1:] == CODE["Counter Served"]) & (name[:-1] == CODE["Branch Visited"])
    gaps = (at[1:] - at[:-1])[follows & (at[:-1] < until)]
    return float(np.median(gaps)) / MINUTE


def test_one_branch_is_slow(year: Year) -> None:
    slow = UNITS.index(TRUTHS["slow-branch"].where["unit"])
    close("slow-branch", waits(year, slow, ANCHOR - 365 * DAY, ANCHOR))
    others = [waits(year, unit, ANCHOR - 365 * DAY, ANCHOR) for unit in range(24) if unit != slow]
    assert max(others) < 11


def test_one_device_is_a_bot(year: Year) -> None:
    actors, counts = np.unique(year.column["actor"][year.named("Page Viewed")], return_counts=True)
    close("bot", counts.max())
    assert np.sort(counts)[-2] < 0.01 * counts.max()
    assert actors[counts.argmax()] >= year.bank.size


def test_fewer_journeys_begin_in_august(year: Year) -> None:
    period = TRUTHS["august-dip"].period
    started = year.named("Card Application Started", "Mortgage Enquired")
    inside = (started & year.during(period.since_us, period.until_us)).sum() / 21
    close("august-dip", inside / ((started.sum() - inside * 21) / (365 - 21)))


def test_a_complaint_theme_began_three_weeks_ago(year: Year) -> None:
    received = year.named("Complaint Received")
    is_new = year.fragment == f'"theme":"{THEMES[FOREIGN_FEE]}"'
    period = TRUTHS["foreign-fee"].period
    inside = received & year.during(period.since_us, period.until_us)
    close("foreign-fee", is_new[inside].mean())
    assert not (is_new & received & ~inside).any()


def test_waiting_drives_how_callers_answer(year: Year) -> None:
    here = year.named("Call Received", "Call Answered", "Survey Answered")
    rows = np.flatnonzero(here)[np.lexsort((year.column["at"][here], year.column["actor"][here]))]
    name, at = year.column["name"][rows], year.column["at"][rows]
    called, told, said = (CODE[each] for each in ("Call Received", "Call Answered", "Survey Answered"))
    three = (name[:-2] == called) & (name[1:-1] == told) & (name[2:] == said)
    first = np.flatnonzero(three)
    texts = [json.loads("{" + year.fragment[each] + "}") for each in rows[first + 2]]
    is_call = np.array([each["survey"] == "call" for each in texts])
    wait = ((at[first + 1] - at[first]) / MINUTE)[is_call]
    score = np.array([each["score"] for each in texts])[is_call]
    close("call-wait", -np.polyfit(wait, score, 1)[0])
    assert np.corrcoef(wait, score)[0, 1] ** 2 > 0.12, "more than anything else that the bank records"


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda each: each.slug)
def test_each_incident_has_its_effect_in_its_time(year: Year, incident: object) -> None:
    close(incident.slug, MEASURES[incident.effect](year, incident))


def _share(failed: str, fine: str):
    def measure(year, incident):
        here = year.during(incident.since(ANCHOR), incident.until(ANCHOR)) & year.named(failed, fine)
        here &= np.isin(year.column["channel"], incident.channels)
        if incident.unit is not None:
            here &= year.column["unit"] == incident.unit
        assert here.sum() > 20
        return (year.column["name"][here] == CODE[failed]).mean()

    return measure


def _abandoned(year, incident):
    since, until = incident.since(ANCHOR), incident.until(ANCHOR)
    at_unit = year.during(since, until) & (year.column["unit"] == incident.unit)
    return (at_unit & year.named("Call Abandoned")).sum() / (at_unit & year.named("Call Received")).sum()


def _factor(name):
    """Compare with the same hours of the two weeks before and after."""

    def measure(year, incident):
        since, until = incident.since(ANCHOR), incident.until(ANCHOR)
        hit = year.named(name)
        usual = [(hit & year.during(since + w * 7 * DAY, until + w * 7 * DAY)).sum() for w in (-2, -1, 1, 2)]
        return (hit & year.during(since, until)).sum() / np.mean(usual)

    return measure


def _missing(name, column):
    def measure(year, incident):
        since, until = incident.since(ANCHOR), incident.until(ANCHOR)
        if column == "unit":
            hit = year.named(name) & (year.column["unit"] == incident.unit)
        else:
            hit = year.named("Card Application Approved", "Complaint Acknowledged", "Account Opened")
        before = (hit & year.during(since - (until - since), since)).sum()
        assert before > 15
        return 1 - (hit & year.during(since, until)).sum() / before

    return measure


MEASURES = {
    Effect.SIGN_IN_FAILS: _share("Sign-in Failed", "Signed In"),
    Effect.TRANSFER_FAILS: _share("Transfer Failed", "Transfer Made"),
    Effect.IDENTITY_CHECK_FAILS: _share("Identity Check Failed", "Identity Checked"),
    Effect.CALLS_ABANDONED: _abandoned,
    Effect.MORE_CALLS: _factor("Call Received"),
    Effect.MORE_DISPUTES: _factor("Dispute Opened"),
    Effect.CLOSED: _missing("Branch Visited", "unit"),
    Effect.LONG_WAIT: lambda year, it: waits(year, it.unit, it.since(ANCHOR), it.until(ANCHOR)),
    Effect.LETTERS_LATE: _missing("", "channel"),
}


def test_channels_without_an_incident_are_unharmed(year: Year) -> None:
    outage = next(each for each in INCIDENTS if each.slug == "app-outage")
    here = year.during(outage.since(ANCHOR), outage.until(ANCHOR)) & (year.column["channel"] == WEB)
    failed = (here & year.named("Sign-in Failed")).sum()
    assert failed < 0.1 * (here & year.named("Signed In")).sum()
