"""What is planted in Harbour Bank is found through Sojourn's own questions, with the stated size."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sojourn.engine.simulation.truths import INCIDENTS, Effect, Incident, Truth, truths
from sojourn.engine.simulation.words import CHANNELS, DAY, UNITS
from sojourn.kit.period import instant
from sojourn.surfaces.cli.companies import read_state

pytestmark = pytest.mark.soak


class Bank:
    """The whole bank in a data folder, asked by command."""

    def __init__(self, data: Path) -> None:
        self.data = data
        if read_state(data) is None:
            self.ask("demo", "--no-serve")
        state = read_state(data)
        assert state is not None
        self.anchor = state.anchor
        self.truths = {each.slug: each for each in truths(state.anchor)}

    def ask(self, *arguments: str) -> str:
        command = [str(Path(sys.executable).with_name("sojourn")), *arguments, "--data", str(self.data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def told(self, command: str, *arguments: str, since: int, until: int, where: tuple[str, ...] = ()) -> Any:
        kept = [option for each in where for option in ("--where", each)]
        span = ("--since", instant(since).isoformat(), "--until", instant(until).isoformat())
        return json.loads(self.ask(command, *arguments, *span, *kept, "--json"))

    def times(self, *events: str, since: int, until: int, where: tuple[str, ...] = ()) -> dict[str, int]:
        """Count events by name, as the graph over just these events does."""
        names = [option for each in events for option in ("--event", each)]
        graph = self.told("graph", *names, "--paths", "100", since=since, until=until, where=where)
        found = {step["name"]: step["times"] for step in graph["steps"]}
        return {name: found.get(name, 0) for name in events}

    def gap(self, source: str, target: str, **kept: Any) -> float:
        """Give the median minutes of one edge."""
        graph = self.told("graph", "--event", source, "--event", target, "--paths", "100", **kept)
        edge = next(each for each in graph["paths"] if (each["source"], each["target"]) == (source, target))
        return float(edge["median_s"]) / 60


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    kept = os.environ.get("SOJOURN_TEST_BANK")
    return Bank(Path(kept) if kept else tmp_path_factory.mktemp("bank") / "data")


def close(truth: Truth, measured: float, *, slack: float = 1.0) -> None:
    assert measured == pytest.approx(truth.expected, abs=truth.tolerance * slack), truth.figure


def span(truth: Truth) -> dict[str, int]:
    since, until = truth.period.since_us, truth.period.until_us
    assert since is not None and until is not None
    return {"since": since, "until": until}


def test_the_broken_upload_shows_in_the_funnel_of_one_version(bank: Bank) -> None:
    truth = bank.truths["broken-upload"]
    rates = {}
    for system in ("Android", "iOS"):
        kept = ("channel:app", "$app_version:6.2.0", f"$os:{system}")
        funnel = bank.told("funnel", "Transaction Selected", "Evidence Uploaded", where=kept, **span(truth))
        first, second = (step["customers"] for step in funnel["steps"])
        rates[system] = second / first
    close(truth, rates["Android"])
    assert rates["iOS"] > truth.usual - truth.tolerance


def test_the_slow_branch_shows_on_the_edge_to_the_counter(bank: Bank) -> None:
    truth = bank.truths["slow-branch"]
    close(truth, bank.gap("Branch Visited", "Counter Served", where=(f"unit:{truth.where['unit']}",), **span(truth)))
    other = bank.gap("Branch Visited", "Counter Served", where=("unit:BR-03",), **span(truth))
    assert other == pytest.approx(truth.usual, abs=truth.tolerance)


def test_comparing_app_versions_finds_the_broken_upload_first(bank: Bank) -> None:
    kept = ("channel:app", "$os:Android")
    versions = ("--a-where", "$app_version:6.1.0", "--b-where", "$app_version:6.2.0", "--looks", "once")
    found = bank.told("compare", "graph", *versions, "--steps", "40", where=kept, **span(bank.truths["broken-upload"]))
    assert found["findings"][0]["names"][-1] == "Evidence Upload Failed", "the step, or the path to it"


def test_comparing_branches_finds_the_slow_one(bank: Bank) -> None:
    truth = bank.truths["slow-branch"]
    units = ("--a-where", "unit:BR-03", "--b-where", f"unit:{truth.where['unit']}", "--looks", "once")
    first = bank.told("compare", "graph", *units, **span(truth))["findings"][0]
    assert (first["kind"], first["names"]) == ("pace", ["Branch Visited", "Counter Served"])
    assert first["pace"]["low"] < truth.expected / truth.usual < first["pace"]["high"]


def test_the_bot_shows_as_one_customer_with_absurd_volume(bank: Bank) -> None:
    truth = bank.truths["bot"]
    before = {"since": bank.anchor - 60 * DAY, "until": bank.anchor - 30 * DAY}
    now, then = (
        bank.times("Page Viewed", where=("channel:web",), **each)["Page Viewed"] for each in (span(truth), before)
    )
    close(truth, now - then)


def test_august_shows_fewer_beginnings(bank: Bank) -> None:
    truth = bank.truths["august-dip"]
    names = ("Card Application Started", "Mortgage Enquired")
    inside = sum(bank.times(*names, **span(truth)).values()) / 21
    year = sum(bank.times(*names, since=bank.anchor - 365 * DAY, until=bank.anchor).values())
    close(truth, inside / ((year - 21 * inside) / (365 - 21)))


def test_the_new_theme_shows_among_complaints(bank: Bank) -> None:
    truth = bank.truths["foreign-fee"]
    name = "Complaint Received"
    all_of_them = bank.times(name, **span(truth))[name]
    close(truth, bank.times(name, where=("theme:foreign fee",), **span(truth))[name] / all_of_them)
    before = {"since": bank.anchor - 365 * DAY, "until": bank.anchor - 22 * DAY}
    assert bank.times(name, where=("theme:foreign fee",), **before)[name] == 0


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda each: each.slug)
def test_each_incident_shows_in_its_time_and_place(bank: Bank, incident: Incident) -> None:
    truth = bank.truths[incident.slug]
    kept = tuple(f"channel:{CHANNELS[number]}" for number in incident.channels)
    if incident.unit is not None:
        kept = (f"unit:{UNITS[incident.unit]}",)
    since, until = incident.since(bank.anchor), incident.until(bank.anchor)
    if incident.effect is Effect.LONG_WAIT:
        close(truth, bank.gap("Branch Visited", "Counter Served", since=since, until=until, where=kept))
    elif incident.effect in FAILING:
        counts = bank.times(*FAILING[incident.effect], since=since, until=until, where=kept)
        failed = next(iter(counts.values()))
        close(truth, failed / sum(counts.values()), slack=1.5)
    else:
        name = COUNTED[incident.effect]
        now = bank.times(name, since=since, until=until, where=kept)[name]
        weeks = [(since + week * 7 * DAY, until + week * 7 * DAY) for week in (-2, 2)]
        usual = sum(bank.times(name, since=a, until=b, where=kept)[name] for a, b in weeks) / 2
        share = now / usual
        close(truth, share if incident.effect in (Effect.MORE_CALLS, Effect.MORE_DISPUTES) else 1 - share)


FAILING = {
    Effect.SIGN_IN_FAILS: ("Sign-in Failed", "Signed In"),
    Effect.TRANSFER_FAILS: ("Transfer Failed", "Transfer Made"),
    Effect.IDENTITY_CHECK_FAILS: ("Identity Check Failed", "Identity Checked"),
    Effect.CALLS_ABANDONED: ("Call Abandoned", "Call Answered"),
}
COUNTED = {
    Effect.MORE_CALLS: "Call Received",
    Effect.MORE_DISPUTES: "Dispute Opened",
    Effect.CLOSED: "Branch Visited",
    Effect.LETTERS_LATE: "Complaint Acknowledged",
}
