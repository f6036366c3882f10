"""Files and DataFrames of every kind are the same log; what is wrong with one is said with what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas
import polars
import pyarrow as pa
import pytest

import sojourn as sj
from sojourn.engine.kernels.patterns import PatternError
from sojourn.kit.errors import InvalidError, NotFoundError
from surfaces.library.clicks import clicks
from surfaces.library.conftest import KINDS

Opened = Callable[[str], sj.Log]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_questions_have_equal_answers_whatever_the_events_are_in(log_as: Opened, kind: str) -> None:
    log, first = log_as(kind), log_as("arrow")
    assert log.steps() == first.steps()
    assert log.graph(steps=4, paths=0.5) == first.graph(steps=4, paths=0.5)
    assert log.variants(top=1_000) == first.variants(top=1_000)
    assert log.funnel(["search", ("view", "basket"), "buy"]) == first.funnel(["search", ("view", "basket"), "buy"])
    asked = {"start": "search", "goals": "buy", "outcomes": {"left": "exit"}, "window_days": 3}
    assert log.completion(**asked) == first.completion(**asked)
    narrowed = [
        each.where(since="2026-01-07", until="2026-01-15", having="buy", channel="web") for each in (log, first)
    ]
    assert narrowed[0].graph() == narrowed[1].graph()


def test_nothing_is_read_before_a_question_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "clicks.csv"
    path.write_text("no columns that anybody knows\n1\n")
    log = sj.read_events(path).where(names="buy", since="2026-01-01")
    assert repr(log) == "Log(clicks.csv: since 2026-01-01 00:00; only buy)"
    path.write_text("user,event,time\na,buy,2026-01-02\na,view,2026-01-03\nb,buy,2025-01-02\n")
    assert log.steps().coverage.events == 1
    path.unlink()
    assert log.steps().coverage.events == 1  # read once


def test_a_lazy_frame_is_collected_at_the_first_question() -> None:
    asked = []

    def seen(frame: polars.DataFrame) -> polars.DataFrame:
        asked.append(1)
        return frame

    frame = polars.LazyFrame({"user_id": ["a"], "event": ["buy"], "timestamp": ["2026-01-01"]}).map_batches(seen)
    log = sj.from_dataframe(frame).where(names="buy")
    assert not asked
    log.steps()
    assert asked


def test_a_log_does_not_change(log_as: Opened) -> None:
    log = log_as("arrow")
    before = log.steps()
    narrower = log.where(names="buy")
    assert narrower.steps() != before
    assert log.steps() == before
    with pytest.raises(AttributeError, match="where"):
        log.name = "another"
    with pytest.raises(AttributeError):
        log.steps().rows = ()  # type: ignore[misc]


def test_what_happens_to_a_pandas_frame_later_is_not_in_the_log() -> None:
    frame = pandas.DataFrame({"user": ["a", "b"], "event": ["x", "y"], "time": ["2026-01-01", "2026-01-02"]})
    log = sj.from_dataframe(frame)
    frame.loc[0, "event"] = "z"
    del frame["time"]
    assert [each.name for each in log.steps().rows] == ["x", "y"]


def test_missing_columns_are_named_with_those_found() -> None:
    log = sj.from_dataframe(pa.table({"who": ["a"], "what": ["x"], "timestamp": ["2026-01-01"]}))
    with pytest.raises(InvalidError, match=r"The columns are: who, what, timestamp.*customer=\"...\", event=\"...\""):
        log.graph()
    with pytest.raises(InvalidError, match="There is no column 'whom'; the columns are: who, what, timestamp"):
        sj.from_dataframe(pa.table({"who": ["a"], "what": ["x"], "timestamp": ["2026-01-01"]}), customer="whom").graph()


def test_columns_are_named_by_the_caller() -> None:
    table = pa.table(
        {"who": [7, 7, 8], "what": ["x", "y", "x"], "when": ["1.2.2026 10:00", "2.2.2026", "1.2.2026 09:00"]}
    )
    log = sj.from_dataframe(table, customer="who", event="what", at="when", time_format="%d.%m.%Y %H:%M")
    assert log.steps().coverage.events == 2
    assert log.refused() == ("line 2: The timestamp cannot be read, or lies before 1900 or after 2199.",)
    assert log.steps().coverage.refused == 1
    assert "1 rows refused" in repr(log.steps())


def test_an_unknown_event_or_column_is_refused_with_what_there_is(log_as: Opened) -> None:
    with pytest.raises(InvalidError, match=r"No event is called serch. Did you mean search"):
        log_as("arrow").funnel(["serch", "buy"])
    with pytest.raises(InvalidError, match="There is no column 'country'; the columns are: user_id, event"):
        log_as("arrow").where(country="AT").graph()


def test_a_filter_that_leaves_nothing_is_refused(log_as: Opened) -> None:
    log = log_as("arrow")
    with pytest.raises(InvalidError, match="already narrowed to buy"):
        log.where(names="buy").where(names="view")
    with pytest.raises(InvalidError, match="does not lie after since"):
        log.where(since="2026-02-01").where(until="2026-01-01")
    with pytest.raises(InvalidError, match="is no time such as"):
        log.where(since="soon")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda log: log.graph(steps=0), "steps: choose 1 to 200"),
        (lambda log: log.graph(paths=1.5), "paths: choose a share above 0"),
        (lambda log: log.variants(top=0), "top: choose 1 to 1,000"),
        (lambda log: log.sessions(timeout_minutes=0), "timeout: choose more than 0"),
        (lambda log: log.retention(unit="year"), "unit: day, week, month"),
        (lambda log: log.funnel("buy"), "give a list"),
        (lambda log: log.funnel([]), "at least one step"),
        (lambda log: log.funnel(["buy"], window_days=0), "more than 0"),
        (lambda log: log.completion(start="search", goals=()), "needs a goal"),
        (lambda log: log.completion("card"), "knows no named journeys"),
        (lambda log: log.graph().plot("rainbow"), "time or drop"),
        (lambda log: log.funnel(["buy"], order="backwards"), "order: ordered, strict, any"),
        (lambda log: log.funnel(["buy"], exclude="2-1:exit"), "names no two of the 1 steps"),
        (lambda log: log.funnel(["buy"], by="shoe"), "there is no dimension shoe"),
        (lambda log: log.paths("search", to="buy"), "not both"),
        (lambda log: log.paths("serch"), "Did you mean search"),
        (lambda log: log.attribution("buy", touchpoints="buy"), "is the outcome"),
        (lambda log: log.attribution("buy", models="magic"), "there is no magic"),
        (lambda log: log.attribution("buy", currency="EUR"), "no event has money in EUR"),
        (lambda log: log.attribution("buy").plot("magic"), "there is no magic"),
        (lambda log: log.compare(), "one of them"),
        (lambda log: log.compare(log), "both sides are the same"),
        (lambda log: log.compare(sj.from_dataframe(clicks())), "must come from the same"),
        (lambda log: log.compare(split="event"), "has 6 values, not two"),
        (lambda log: log.compare(before=True), "only a period with a beginning and an end"),
        (lambda log: log.success(start="search", goals="buy", landmark_hours=0), "landmark"),
    ],
)
def test_a_question_that_cannot_be_is_refused(log_as: Opened, asked: Callable[[sj.Log], object], said: str) -> None:
    with pytest.raises(InvalidError, match=said):
        asked(log_as("arrow"))


def test_a_file_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"There is no file .*nothing.csv"):
        sj.read_events(tmp_path / "nothing.csv")
    with pytest.raises(InvalidError, match="A list is no table"):
        sj.from_dataframe([{"user": 1}])


def test_an_empty_table_has_empty_answers() -> None:
    log = sj.from_dataframe(pa.table({"user_id": pa.array([], pa.string()), "event": pa.array([], pa.string()),
                                      "timestamp": pa.array([], pa.string())}))  # fmt: skip
    assert len(log.graph()) == 0
    assert "Nothing matches" in repr(log.variants())
    assert log.graph().plot().says == "No events match this question."


def test_a_pattern_keeps_the_customers_who_match_it() -> None:
    told = {"a": "xyz", "b": "xz", "c": "yxwz", "d": "x"}
    rows = [(who, name, f"2026-01-{day:02}", "web") for who, names in told.items() for day, name in enumerate(names, 1)]
    columns = dict(zip(("user_id", "event", "timestamp", "site"), map(list, zip(*rows, strict=True)), strict=True))
    log = sj.from_dataframe(pa.table(columns))
    assert {row.steps for row in log.where("x -> [^y]* -> z").variants().rows} == {("x", "z"), ("y", "x", "w", "z")}
    assert log.where("x -> [^y]* -> z").where("y ->> x").steps().coverage.customers == 1
    assert log.where("x -> y", names="x").variants().rows[0].customers == 1
    with pytest.raises(PatternError, match="nowhere"):
        log.where("x -> nowhere").graph()
    with pytest.raises(PatternError):
        log.where("x -> [")


def test_identify_calls_are_no_steps_unless_asked_for() -> None:
    table = pa.table(
        {
            "user_id": ["a", "a", "a"],
            "type": ["track", "identify", "page"],
            "event": ["buy", None, "Home"],
            "timestamp": ["2026-01-01", "2026-01-02", "2026-01-03"],
        }
    )
    log = sj.from_dataframe(table)
    assert [row.steps for row in log.variants().rows] == [("buy", "Page Viewed")]
    assert [row.steps for row in log.variants(identity_steps=True).rows] == [("buy", "Identified", "Page Viewed")]


def test_other_tools_columns_go_in_and_come_out(log_as: Opened) -> None:
    log = log_as("arrow")
    again = sj.from_dataframe(log.to_pm4py())
    assert list(log.to_pm4py().columns)[:3] == ["case:concept:name", "concept:name", "time:timestamp"]
    assert again.variants(top=1_000) == log.variants(top=1_000)
    clicks = log.to_retentioneering()
    assert list(clicks.columns)[:3] == ["user_id", "event", "timestamp"]
    assert sj.from_dataframe(clicks).graph(paths=1) == log.graph(paths=1)
    assert log.to_pandas().equals(log.to_arrow().to_pandas())
    assert log.where(channel="web").to_polars()["channel"].unique().to_list() == ["web"]


def test_xes_keeps_columns_and_their_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "case:concept:name": ["1", "1", "2"],
            "case:amount": [10, 10, 20],
            "concept:name": ['a <&> "b"', "b\x0b", "a"],
            "time:timestamp": ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00.5Z", "2026-01-03T00:00:00Z"],
            "done": [True, False, None],
        }
    )
    path = tmp_path / "log.xes.gz"
    sj.from_dataframe(table).write_xes(path)
    again = sj.read_events(path)
    assert [each.name for each in again.steps().rows] == ["a", 'a <&> "b"', "b"]
    assert again.where(**{"case:amount": "10"}).steps().coverage.events == 2
    assert again.where(done="true").steps().coverage.events == 1
    assert again.to_arrow()["at"].to_pylist()[1].microsecond == 500_000


def test_a_ticket_of_a_service_desk_is_an_event_for_each_of_its_instants(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text(
        "Id,Requester,Requester id,Assignee,Via,Status,Created at,Solved at\n"
        "7,Ana Keller,12,Jo,Mail,Solved,2026-02-01 09:00,2026-02-03 15:20\n"
        "8,Ben Okoro,13,Jo,Mail,Open,2026-02-02 09:00,\n"
    )
    log = sj.read_events(path)
    assert log.steps().coverage.events == 3
