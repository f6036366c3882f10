"""Answers as tables, texts and pictures."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sojourn as sj
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.library.drawing import Drawing
from sojourn.surfaces.library.drawing.layers import laid_out
from sojourn.surfaces.library.results import Completions, Funnel, Graph, Steps, Variants
from surfaces.library.clicks import clicks

NASTY = '<script>alert("x")</script> & \x0b'


@pytest.fixture(scope="module")
def log() -> sj.Log:
    return sj.from_dataframe(clicks(120))


Answer = Graph | Steps | Variants | Funnel | Completions


@pytest.fixture(scope="module")
def answers(log: sj.Log) -> list[Answer]:
    return [
        log.graph(),
        log.steps(),
        log.variants(top=30),
        log.funnel(["search", "buy"]),
        log.sessions(timeout_minutes=600),
        log.retention(unit="week"),
        log.cases(start="search", goals="buy", window_days=2, stages={"looking": ["search", "view"]}),
        log.completion(start="search", goals="buy", outcomes={"left": "exit"}, window_days=2, by="channel"),
        log.lifecycle(unit="week"),
        log.paths("search", depth=2),
        log.attribution("buy", models=["first", "linear"]),
        log.patterns("search -> [^buy]* -> exit"),
        log.success(start="search", goals="buy", window_days=3),
    ]


def test_every_answer_is_a_frozen_table_with_n(answers: list[Answer]) -> None:
    for each in answers:
        with pytest.raises(FrozenInstanceError):
            each.coverage = None  # type: ignore[misc, assignment]
        table = each.to_arrow()
        assert isinstance(table, pa.Table)
        assert table.num_rows == len(each) > 0
        assert each.to_pandas().shape == (table.num_rows, table.num_columns)
        assert each.to_polars().shape == (table.num_rows, table.num_columns)
        assert "n = 120 customers" in repr(each)
        assert "n = 120 customers" in each._repr_html_()


def test_a_comparison_is_a_table_with_n_of_both_sides(log: sj.Log) -> None:
    sides = log.where(channel="app"), log.where(channel="web")
    graphs = sides[0].compare(sides[1], looks="once")
    assert repr(graphs) == repr(log.compare(split={"channel": ("app", "web")}, looks="once"))
    funnels = log.compare_funnel(["search", "buy"], split="channel", window_days=3)
    endings = log.compare_completion(start="search", goals="buy", window_days=2, split="channel")
    for each in (graphs, funnels, endings):
        assert each.to_arrow().num_rows == len(each) > 0
        for text in (repr(each), each._repr_html_(), each.plot().svg):
            assert "a: n = " in text and "b: n = " in text and "Benjamini-Hochberg" in text
    verdicts = graphs.to_arrow().column("verdict").to_pylist()
    order = {"more": 0, "less": 0, "no difference seen": 1, "too few": 2}
    assert verdicts == sorted(verdicts, key=order.__getitem__)


def test_a_funnel_has_parts_and_a_trend_where_they_were_asked_for(log: sj.Log) -> None:
    found = log.funnel(["search", "buy"], by="channel", trend="week", exclude="complain", count="entries")
    parts, trend = found.by_part(), found.over_time()
    assert set(parts.to_arrow().column("part").to_pylist()) >= {"app", "web"}
    first = [row["times"] for row in parts.to_arrow().to_pylist() if row["step"] == 1]
    assert sum(first) == found.steps[0].times == sum(trend.to_arrow().column("times").to_pylist())
    assert "broken by complain" in repr(found) and "still open" in repr(trend)
    for each in (parts, trend):
        assert "n = 120 customers" in each.plot().svg
    plain = log.funnel(["search", "buy"])
    assert (len(plain.by_part()), len(plain.over_time())) == (0, 0)


def test_an_outcomes_money_is_shared_out() -> None:
    table = pa.table(
        {
            "user_id": ["a", "a", "b", "b", "b"],
            "event": ["ad", "buy", "ad", "mail", "buy"],
            "timestamp": [f"2026-01-0{day}" for day in (1, 2, 1, 2, 3)],
            "value": ["", "12,50", "", "", "100"],
            "currency": ["", "EUR", "", "", "EUR"],
        }
    )
    found = sj.from_dataframe(table).attribution("buy", currency="EUR", models=["first", "linear"])
    assert (found.value, found.unvalued) == (112.5, 0)
    values = {each.name: [credit.value for credit in each.credits.values()] for each in found.touchpoints}
    assert values == {"ad": [112.5, 62.5], "mail": [0.0, 50.0]}


def test_events_go_out_and_come_back(log: sj.Log) -> None:
    narrowed = log.where(channel="app")
    assert sj.from_dataframe(narrowed.to_arrow()).variants() == narrowed.variants()


def test_a_long_table_says_how_much_is_not_shown(log: sj.Log) -> None:
    shown = repr(log.variants(top=30))
    assert "... and 10 more rows" in shown
    assert max(map(len, shown.splitlines())) < 160


def test_a_share_of_few_customers_is_not_written_as_a_number(log: sj.Log) -> None:
    assert "too few" in repr(log.where(having="complain", channel="web", until="2026-01-06").funnel(["search", "buy"]))
    assert "%" in repr(log.funnel(["search", "buy"]))


def test_every_answer_has_a_picture_that_says_what_it_shows(answers: list[Answer], tmp_path: Path) -> None:
    for at, each in enumerate(answers):
        drawing = each.plot()
        root = ElementTree.fromstring(drawing.svg)
        assert root.attrib["aria-label"] == drawing.says
        assert drawing._repr_mimebundle_()["image/svg+xml"] == drawing._repr_svg_() == drawing.svg
        assert ElementTree.parse(drawing.save(tmp_path / f"{at}.svg")).getroot().tag == root.tag
        assert drawing.save(tmp_path / f"{at}.html").read_text().startswith("<!doctype html>")
    bars = answers[3].plot().save(tmp_path / "bars.json")
    assert json.loads(bars.read_text())["mark"]["type"] == "bar"


def test_a_picture_refuses_a_kind_that_it_cannot_be(answers: list[Answer], tmp_path: Path) -> None:
    for name in ("graph.png", "graph.json"):
        with pytest.raises(InvalidError, match=r"saved as .svg, .html; graph"):
            answers[0].plot().save(tmp_path / name)


def test_names_of_events_are_never_markup() -> None:
    names = [NASTY, "b", NASTY]
    table = pa.table({"user_id": ["a"] * 3, "event": names, "timestamp": [f"2026-01-0{day}" for day in (1, 2, 3)]})
    log = sj.from_dataframe(table)
    for each in (log.graph(paths=1), log.steps(), log.variants()):
        for page in (each.plot().svg, each._repr_html_()):
            assert "<script" not in page
        assert "script" in "".join(ElementTree.fromstring(each.plot().svg).itertext())


def test_a_graphs_picture_colours_paths_or_drops(log: sj.Log) -> None:
    time, drop = log.graph().plot(), log.graph().plot("drop")
    assert isinstance(time, Drawing)
    assert time.says == drop.says
    assert time.svg != drop.svg


edges = st.dictionaries(
    st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda edge: edge[0] != edge[1]),
    st.integers(1, 9),
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(edges)
def test_nothing_in_a_layout_lies_on_anything_else(made: dict[tuple[int, int], int]) -> None:
    sizes = {f"n{name}": (80.0, 40.0) for name in range(9)}
    layout = laid_out(sizes, {(f"n{one}", f"n{other}"): float(weight) for (one, other), weight in made.items()})
    boxes = [(*layout.nodes[name], *size) for name, size in sizes.items()]
    boxes += [(*at, 60.0, 26.0) for at in layout.labels.values()]
    for (x, y, width, height), (a, b, wide, high) in combinations(boxes, 2):
        assert abs(x - a) * 2 >= width + wide - 1e-6 or abs(y - b) * 2 >= height + high - 1e-6
    for x, y, width, height in boxes:
        assert -1e-6 <= x - width / 2 <= x + width / 2 <= layout.size[0] + 1e-6
        assert -1e-6 <= y - height / 2 <= y + height / 2 <= layout.size[1] + 1e-6
    for (source, target), line in layout.lines.items():
        assert abs(line[0][0] - layout.nodes[source][0]) == abs(line[-1][0] - layout.nodes[target][0]) == 40.0
        assert line[0][1] == layout.nodes[source][1]
