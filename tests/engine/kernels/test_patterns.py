"""The pattern language: its matches equal the twin's, and its errors point at the character."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.kernels.histories import Histories, halves, slice_of
from engine.kernels.paths import bound_to, compiled_or_none, crowd, expected, found, lines, log, texts, told
from sojourn.engine.kernels import running
from sojourn.engine.kernels.patterns import MatchFold, PatternError, compile_pattern, matching, read

SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "600"))
crowds = st.integers(0, 1 << 30).map(crowd)
QUIET = (HealthCheck.filter_too_much, HealthCheck.too_slow)


def agree(text: str, made: Histories, masked: bool, cut: int, since_s: int | None) -> None:
    assume(compiled_or_none(text) is not None)
    chosen = [place % 3 != 2 for place in range(len(made))] if masked else None
    events = slice_of(made, masked=masked, chosen=chosen)
    bounds = {} if since_s is None else {"since_us": since_s * 1_000_000, "until_us": (since_s + 6) * 1_000_000}
    answer = expected(text, events, **bounds)
    assert told(found(text, *halves(events, cut), **bounds)) == answer
    if not bounds:
        mask = matching(bound_to(text), events, threads=2)
        assert set(events.customer[mask == 1].tolist()) == set(answer)


@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
@given(
    texts, lines | st.integers(0, 1 << 30).map(crowd), st.booleans(), st.integers(0, 5), st.none() | st.integers(0, 8)
)
def test_matches_equal_their_twin(text: str, made: Histories, masked: bool, cut: int, since_s: int | None) -> None:
    agree(text, made, masked, cut, since_s)


@pytest.mark.soak
def test_matches_equal_their_twin_for_long() -> None:
    until, rounds = time.monotonic() + SOAK_SECONDS, 0

    @settings(max_examples=2_000, deadline=None, suppress_health_check=QUIET, database=None)
    @given(texts, crowds, st.booleans(), st.integers(0, 40), st.none() | st.integers(0, 8))
    def hold(text: str, made: Histories, masked: bool, cut: int, since_s: int | None) -> None:
        agree(text, made, masked, cut, since_s)

    while time.monotonic() < until:
        hold()
        rounds += 1
    assert rounds


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet='ab ->.|()[]{}^$*+?,=!"\\0123wWithn:é\n\x00', max_size=40) | st.text(max_size=20))
def test_any_text_is_a_pattern_or_is_refused_at_a_character(text: str) -> None:
    try:
        compile_pattern(read(text))
    except PatternError as refused:
        assert 0 <= refused.position <= len(text)
        assert refused.message.splitlines()[-1].strip() == "^" * len(refused.message.splitlines()[-1].strip())


@pytest.mark.parametrize(
    ("text", "histories", "who"),
    [
        ("a -> b", "ab acb ba", [1]),
        ("a ->> b", "ab acb ba", [1, 2]),
        ("a ... b", "ab acb ba", [1, 2]),
        ("a -> ... -> b", "ab acb ba", [1, 2]),
        ("a -> [^c]* -> b", "ab acb adb", [1, 3]),
        ("a -> [^b]* -> $", "acc acb ba", [1, 3]),
        ("^ -> a", "ab ba", [1]),
        ("^a", "ab ba", [1]),
        ("b$", "ab ba", [1]),
        ("a -> b | c", "ab c b", [1, 2]),
        ("(a | b) -> c", "ac bc c", [1, 2]),
        ("a{3}", "aa aaa abaa", [2]),
        ("^ -> a{2,3} -> b", "ab aab aaab aaaab", [2, 3]),
        ("a ->> b within 2s", "a.b a..b a..ab", [1, 3]),
        ("a ->> (b ->> c within 2s)", "abc ab..c ab..cb.c", [1, 3]),
        ("(a ->> (b ->> c within 1s)) within 4s", "abc a..bc a...bc a.b.c", [1, 2]),
        ("(a ->> b within 1s){2}", "abab ab..ab a..bab", [1, 2]),
        ("b -> (a+ within 1s)+ -> c", "baac ba..ac ba..aac ba..a", [1, 2, 3]),
        ("d -> ((a | b)+ -> b within 2s)+ -> $", "dab dab.ab da.b da..b", [1, 2, 3]),
        ("[a|b] -> .", "a b ca ac", [4]),
        ("a -> (b | $)", "ab a ac", [1, 2]),
    ],
)
def test_a_pattern_means_what_it_says(text: str, histories: str, who: list[int]) -> None:
    events = log(*histories.split())
    assert found(text, events).customer.tolist() == who == list(expected(text, events))


def test_matches_are_as_many_as_there_can_be_without_overlap() -> None:
    assert told(found("a ->> b", log("aabbab"))) == {1: (2, 1_000_000)}
    assert told(found("a+", log("aaa"))) == {1: (3, 0)}


def test_a_step_can_ask_for_another_channel_than_the_event_before() -> None:
    made = [
        [(0, 0, True, 0), (1, 1, True, 1)],
        [(0, 0, True, 0), (1, 1, True, 0)],
        [(0, 0, True, 0), (1, 1, True, 65_535)],
    ]
    assert found("a -> b{channel != ^channel}", slice_of(made)).customer.tolist() == [1]
    assert found("a -> b{channel = ^channel}", slice_of(made)).customer.tolist() == [2]
    assert found("a -> b{channel != web}", slice_of(made)).customer.tolist() == [1, 3]


def test_a_pattern_may_have_64_steps() -> None:
    events = log("a" * 63 + "b", "a" * 62 + "b", "a" * 64 + "b")
    assert found("^ -> a{62} -> b", events).customer.tolist() == [2]
    assert found("a{63} -> b", events).customer.tolist() == [1, 3]
    with pytest.raises(PatternError, match="at most 64 steps"):
        compile_pattern(read("a{64} -> b"))


def test_threads_answer_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SMALLEST_PART", 10)
    events = log(*("abcd"[k % 4] + "ab.c"[k % 3] + "b" for k in range(200)))
    fold = MatchFold(bound_to("a ->> b within 1s"))
    one, more = (running.run(fold, [events], threads) for threads in (1, 4))
    assert told(one) == told(more)
    assert one.total_customers == more.total_customers == 200
    assert np.flatnonzero(matching(bound_to("a ->> b within 1s"), events, 4)).tolist() == (one.customer - 1).tolist()


@pytest.mark.parametrize(
    ("text", "position", "length", "said"),
    [
        ("", 0, 1, "step is wanted"),
        ("a ->", 4, 1, "step is wanted"),
        ("a -> -> b", 5, 2, "step is wanted"),
        ("a b", 2, 1, "goes in quotes"),
        ("a -> Log in", 9, 2, "goes in quotes"),
        ('a -> "b', 5, 1, "never closed"),
        ("(a -> b", 0, 1, "never closed"),
        ("a -> b)", 6, 1, "Nothing was opened"),
        ("[a b]", 3, 1, "have | between"),
        ("[^a", 0, 1, "never closed"),
        ("a{channel phone}", 10, 5, "= or !="),
        ("a{channel=}", 10, 1, "value is wanted"),
        ("a{2,1}", 1, 1, "most times"),
        ("a{900}", 2, 3, "at most 64"),
        ("a**", 2, 1, "Only one of"),
        ("(a -> b){channel=web}", 8, 1, "not behind a group"),
        ("a -> b within 2m", 14, 2, "duration is wanted"),
        ("a -> b within", 13, 1, "duration is wanted"),
        ("a → b", 2, 1, "arrow as ->"),
        ("a ->> “b”", 6, 1, "straight quotes"),
        ("a*", 0, 1, "without any event"),
        ("^ -> $", 0, 1, "without any event"),
        ("a ->> b{channel != ^channel}", 8, 7, "directly after"),
        ("b{channel != ^channel}", 2, 7, "directly after"),
        ("a -> b{channel != ^unit}", 19, 4, "same dimension"),
        ("c -> ((a -> b within 1d) ->> c within 2d) ->> d", 14, 9, "duration inside"),
        ("a" * 2_001, 2_000, 1, "at most 2000"),
        ("(" * 40 + "a" + ")" * 40, 31, 1, "deep"),
    ],
)
def test_a_mistake_is_shown_at_its_character(text: str, position: int, length: int, said: str) -> None:
    with pytest.raises(PatternError) as refused:
        compile_pattern(read(text))
    assert said in refused.value.reason
    assert (refused.value.position, refused.value.length) == (position, length)


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("a -> A", 5, 'No event is called "A"; did you mean "a"?'),
        ("a -> [^zebra]*", 7, 'No event is called "zebra".'),
        ("a{chanel=web}", 2, "There is no dimension chanel; there are: channel."),
        ("a{channel=wbe}", 10, 'No event has the channel "wbe"; did you mean "web"?'),
    ],
)
def test_an_unknown_name_is_shown_at_its_character(text: str, position: int, said: str) -> None:
    with pytest.raises(PatternError) as refused:
        bound_to(text)
    assert (refused.value.reason, refused.value.position) == (said, position)


def test_every_pattern_in_the_reference_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/patterns.md").read_text()
    table = page.split("## By example")[1].split("## Grammar")[0]
    cells = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if line.startswith("| `")]
    written = [code.replace("\\|", "|") for cell in cells for code in cell.split("`")[1::2]]
    assert len(written) >= 24
    for each in written:
        if each not in ("error*", "error?"):
            compile_pattern(read(each))


@pytest.mark.parametrize("duration", ["90min", "1.5h", "1h30min", "1h 30 min", "1 hour 30 minutes", "5400s"])
def test_a_duration_is_written_as_people_do(duration: str) -> None:
    assert compile_pattern(read(f"a ->> b within {duration}")).whole_us == 5_400 * 1_000_000


def test_the_message_has_the_pattern_and_carets_below_the_place() -> None:
    with pytest.raises(PatternError) as refused:
        read("search -> [^buy* -> exit")
    _, line, carets = refused.value.message.split("\n")
    assert line == "  search -> [^buy* -> exit"
    assert line[carets.index("^")] == "*"
