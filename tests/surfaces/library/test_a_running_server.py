"""The same questions to a running server have the answers of the file that it was given."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import sojourn as sj
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.answering import RefusedError, UnreachableError
from surfaces.cli.serving import RunningServer, free_port, until
from surfaces.library.clicks import clicks
from surfaces.library.conftest import written

SOURCE = "library"  # other tests send to the same server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    running = RunningServer.any(tmp_path_factory.mktemp)
    path = written(clicks(), tmp_path_factory.mktemp("library") / "clicks.csv")
    command = [Path(sys.executable).with_name("sojourn"), "import", str(path), "--source", SOURCE]
    subprocess.run([*command, "--data", str(running.data)], check=True, capture_output=True)
    log = opened(running)
    until(lambda: log.steps().coverage.events == clicks().num_rows)
    return running


def opened(server: RunningServer, purpose: str = "analytics") -> sj.Log:
    return sj.connect(server.url, server.told["token"], purpose=purpose).where(source=SOURCE)


@pytest.fixture
def there(server: RunningServer) -> sj.Log:
    return opened(server)


@pytest.fixture(scope="module")
def here() -> sj.Log:
    return sj.from_dataframe(clicks())


@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"since": "2026-01-07", "until": "2026-01-15T12:00:00Z"},
        {"having": ["buy", "complain"], "channel": ["web", ""]},
        {"names": ["search", "view", "buy"], "until": "2026-01-15"},
        {"pattern": "search -> [^buy]* -> exit", "since": "2026-01-07"},
    ],
    ids=["all", "period", "customers", "names", "pattern"],
)
def test_a_server_answers_as_the_file_does(here: sj.Log, there: sj.Log, narrowed: dict[str, object]) -> None:
    here, there = here.where(**narrowed), there.where(**narrowed)  # type: ignore[arg-type]
    assert there.steps() == here.steps()
    for asked in ({}, {"steps": 3, "paths": 0.01}, {"paths": 1}):
        assert there.graph(**asked) == here.graph(**asked)  # type: ignore[arg-type]
    assert there.variants(top=1_000) == here.variants(top=1_000)
    steps = ["search", ("view", "buy")]
    assert there.funnel(steps, window_days=2.5) == here.funnel(steps, window_days=2.5)
    for wanted in ({"unit": "day", "columns": 4}, {"start": "view", "brackets": [(0, 0), (1, 7)], "recurring": True}):
        assert there.retention(**wanted) == here.retention(**wanted)  # type: ignore[arg-type]
    assert there.lifecycle(unit="day") == here.lifecycle(unit="day")
    assert there.patterns("view -> buy") == here.patterns("view -> buy")
    mine, theirs = (each.sessions(timeout_minutes=600, starts="view") for each in (here, there))
    assert replace(theirs, entries=(), exits=()) == replace(mine, entries=(), exits=())
    assert set(theirs.entries) <= set(mine.entries)  # a server keeps those of few customers to itself


def test_the_larger_questions_have_the_same_answers_too(here: sj.Log, there: sj.Log) -> None:
    for options in (
        {"order": "strict", "count": "entries", "trend": "week"},
        {"order": "any", "exclude": "complain|exit", "window_days": 5},
        {"exclude": ["1-2:exit"]},
    ):
        theirs, mine = (each.funnel(["search", "buy"], **options) for each in (there, here))  # type: ignore[arg-type]
        assert theirs == mine
    wide = {"least": 0, "breadth": 20, "depth": 2}
    for asked in ({"start": "search"}, {"to": "buy", "pause_minutes": 2_880}):
        theirs, mine = (each.paths(**asked, **wide).nodes for each in (there, here))  # type: ignore[arg-type]
        known = {node.name: node for node in mine if node.depth == 1}
        shown = [node for node in theirs if node.depth == 1 and node.name]  # rare steps are with the others there
        assert theirs[0] == mine[0]
        assert shown == [known[node.name] for node in shown] != []
    for asked in ({"touchpoints": ["view", "search"]}, {"by": "channel", "models": "linear"}):
        theirs, mine = (each.attribution("buy", **asked) for each in (there, here))  # type: ignore[arg-type]
        assert (theirs.conversions, theirs.direct, theirs.converted) == (mine.conversions, mine.direct, mine.converted)
        assert [each.name for each in theirs.touchpoints] == [each.name for each in mine.touchpoints]
        # intervals come from groups of customers, whose numbers differ
        found = [[c.share.value for each in t.touchpoints for c in each.credits.values()] for t in (theirs, mine)]
        assert found[0] == pytest.approx(found[1])


def test_cases_go_as_the_files_do(here: sj.Log, there: sj.Log) -> None:
    asked: dict[str, Any] = {
        "start": "search", "goals": "buy", "outcomes": {"left": "exit"}, "window_days": 3, "landmark_hours": 6,
        "stages": {"looking": ["search", "view"]}, "by": "channel", "trend": "week",
    }  # fmt: skip
    theirs, mine = (each.cases(**asked) for each in (there, here))
    whole = ("started", "open", "closed", "endings", "events", "repeats", "handoffs", "by_handoffs", "over", "trend")
    assert [getattr(theirs, name) for name in whole] == [getattr(mine, name) for name in whole]
    assert set(theirs.rework) <= set(mine.rework)  # a server keeps those of few customers to itself
    assert mine.closed > 0
    with pytest.raises(InvalidError, match="named journeys"):
        here.cases("card")


def test_comparisons_have_the_same_answers_as_the_file(here: sj.Log, there: sj.Log) -> None:
    halves = [(log.where(until="2026-01-13"), log.where(since="2026-01-13")) for log in (there, here)]
    theirs, mine = (a.compare(b, looks="once") for a, b in halves)
    known = {(each.source, each.target): each for each in mine.paths}
    assert (theirs.steps_in_all, theirs.comparison.a, theirs.comparison.b) == (6, mine.comparison.a, mine.comparison.b)
    names = [{each.name: (each.share.a, each.share.b) for each in found.steps} for found in (theirs, mine)]
    assert names[0] == names[1] != {}
    for each in theirs.paths:  # the file shows more of them, so that each p value is corrected for more
        assert each.share.a == known[each.source, each.target].share.a
    theirs, mine = (a.compare_funnel(["search", "buy"], b, window_days=2, looks="once") for a, b in halves)
    assert theirs.steps == mine.steps
    theirs, mine = (log.compare_funnel(["search", "buy"], split="channel", looks="daily") for log in (there, here))
    assert theirs.steps == mine.steps
    log = there.where(since="2026-01-13", until="2026-01-20")
    assert log.compare_funnel(["view", "buy"], before=True, looks="once").comparison.b.customers > 0


def test_a_saved_journey_ends_as_it_does_in_the_file(server: RunningServer, here: sj.Log, there: sj.Log) -> None:
    journey = sj.Journey.of("search", "buy", {"left": "exit"}, window_days=3)
    with pytest.raises(InvalidError, match="save it under Journeys"):
        there.completion(journey)
    body = {"name": "Shopping", "start": "search", "goals": ["buy"], "outcomes": {"left": ["exit"]}, "window_days": 3}
    httpx.put(f"{server.url}/api/v1/journeys/shopping", json=body, headers=server.token).raise_for_status()
    assert there.completion(journey) == there.completion("shopping") == here.completion(journey)
    assert there.completion(journey, by="channel") == here.completion(journey, by="channel")
    theirs, mine = (each.compare_completion(journey=journey, split="channel", looks="once") for each in (there, here))
    assert theirs.endings == mine.endings
    theirs, mine = (each.success(journey, looks="once") for each in (there, here))
    assert (theirs.completed, theirs.over, theirs.looks) == (mine.completed, mine.over, mine.looks)
    shares = {each.names: each.share.b for each in mine.companions}
    assert {each.names: each.share.b for each in theirs.companions}.items() <= shares.items()


def test_a_purpose_that_nobody_agreed_to_sees_nobody(server: RunningServer) -> None:
    log = opened(server, "marketing")
    assert "purpose marketing" in repr(log)
    found = log.graph()
    assert (found.coverage.purpose, found.coverage.customers, found.coverage.left_out) == ("marketing", 0, 60)
    assert "60 customers left out" in repr(found)
    assert opened(server, "research").steps().coverage.customers == 60


def test_an_analysts_key_lets_the_events_leave_in_arrow(here: sj.Log, there: sj.Log) -> None:
    narrowed = {"names": ["search", "buy"], "until": "2026-01-15"}
    mine, theirs = here.where(**narrowed), there.where(**narrowed)  # type: ignore[arg-type]
    table = theirs.to_arrow()
    assert table.num_rows == mine.to_arrow().num_rows > 0
    assert set(table.column("event").to_pylist()) == {"search", "buy"}
    assert sj.from_dataframe(table).variants(top=1_000).rows == mine.variants(top=1_000).rows
    assert theirs.to_pm4py().shape[0] == theirs.to_retentioneering().shape[0] == table.num_rows


def test_a_key_that_may_not_export_gets_answers_only(server: RunningServer) -> None:
    body = {"name": "reader", "role": "viewer", "scopes": ["read"]}
    made = httpx.post(f"{server.url}/api/v1/keys", json=body, headers=server.token)
    assert made.status_code == 201, made.text
    log = sj.connect(server.url, made.json()["secret"]).where(source=SOURCE)
    assert log.graph().coverage.customers == 60
    with pytest.raises(RefusedError, match=r"events\.export"):
        log.to_arrow()


def test_nothing_is_sent_before_a_question_is_asked() -> None:
    log = sj.connect(f"http://127.0.0.1:{free_port()}", "no key").where(names="buy", channel="web")
    with pytest.raises(UnreachableError, match="does not answer"):
        log.graph()


def test_a_server_says_what_it_refuses(server: RunningServer, there: sj.Log) -> None:
    with pytest.raises(RefusedError, match="opens nothing"):
        sj.connect(server.url, "wrong").graph()
    with pytest.raises(RefusedError, match=r"No event is called serch\. Did you mean search"):
        there.funnel(["serch"])
    with pytest.raises(InvalidError, match="by one such choice"):
        there.where(having="buy").where(having="exit").graph()
    with pytest.raises(RefusedError, match="There is no such purpose; there are complaints, regulatory, "):
        opened(server, purpose="curiosity").graph()
