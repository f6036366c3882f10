"""The parts of matching: each equals its slow, obvious twin, or recovers what was planted."""

from __future__ import annotations

import itertools
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sojourn.engine.matching import agreement, blocking, refining, thresholds
from sojourn.engine.matching.assignment import one_to_one
from sojourn.engine.matching.cleaning import cleaned
from sojourn.engine.matching.clusters import clusters
from sojourn.engine.matching.levels import comparisons
from sojourn.engine.matching.words import FIELDS, MISSING, Candidates
from sojourn.engine.stream.query import connected

PAIRS = st.dictionaries(
    st.tuples(st.integers(1, 5), st.integers(1, 5)), st.integers(-3, 9).map(float), min_size=1, max_size=9
)


@given(PAIRS)
@settings(deadline=None, max_examples=150)
def test_the_heaviest_set_is_the_one_that_trying_all_finds(pairs: dict[tuple[int, int], float]) -> None:
    def is_single(some: tuple[tuple[int, int], ...]) -> bool:
        return len({one for one, _ in some}) == len(some) == len({other for _, other in some})

    every = itertools.chain.from_iterable(itertools.combinations(pairs, size) for size in range(len(pairs) + 1))
    best = max(sum(pairs[each] for each in some) for some in every if is_single(some))
    left, right = (np.array([each[side] for each in pairs], np.int64) for side in (0, 1))
    weight = np.array(list(pairs.values()))
    kept = one_to_one(left, right, weight)
    assert is_single(tuple(zip(left[kept].tolist(), right[kept].tolist(), strict=True)))
    assert weight[kept].sum() == pytest.approx(best)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=15))
@settings(deadline=None, max_examples=150)
def test_clusters_are_what_walking_finds(pairs: list[tuple[int, int]]) -> None:
    beside: dict[int, set[int]] = {}
    for one, other in pairs:
        beside.setdefault(one, {one}).add(other)
        beside.setdefault(other, {other}).add(one)
    for each, named in clusters(np.array(pairs, np.int64)).items():
        reached = {each}
        while more := set().union(*(beside[other] for other in reached)) - reached:
            reached |= more
        assert named == min(reached)


@given(st.lists(st.integers(0, 20).map(lambda each: each / 20), min_size=1, max_size=30))
@settings(deadline=None, max_examples=150)
def test_the_line_is_where_the_expected_f1_is_highest(given_probabilities: list[float]) -> None:
    likely = np.array(given_probabilities)
    line, expected = thresholds.best(likely, likely)
    tried = []
    for each in likely:
        taken = likely[likely >= each]
        tried.append(2 * taken.sum() / (len(taken) + max(likely.sum(), 1e-12)))
    taken = likely[likely >= line]
    assert 2 * taken.sum() / (len(taken) + max(likely.sum(), 1e-12)) == pytest.approx(max(tried))
    assert expected.precision == pytest.approx(taken.mean())


def test_the_second_pass_finds_the_shares_that_were_planted() -> None:
    rng = np.random.default_rng(5)
    alike = [np.array([0.05, 0.15, 0.8]), np.array([0.1, 0.9]), np.array([0.2, 0.8]), np.array([0.02, 0.08, 0.9])]
    unlike = [np.array([0.94, 0.05, 0.01]), np.array([0.97, 0.03]), np.array([0.99, 0.01]), np.array([0.9, 0.08, 0.02])]
    matches, others = 2_000, 60_000

    def drawn(shares: list[np.ndarray], size: int) -> np.ndarray:
        return np.stack([rng.choice(len(each), size, p=each) for each in shares], axis=1).astype(np.int8)

    levels = np.concatenate([drawn(alike, matches), drawn(unlike, others)])
    levels[rng.random(levels.shape) < 0.1] = MISSING
    flat = tuple(np.full(len(each), 1 / len(each)) for each in alike)
    found = Candidates(
        left=np.arange(len(levels)), right=np.arange(len(levels)), levels=levels, terms=np.zeros(levels.shape),
        total=len(levels), unlike=tuple(unlike), alike=flat,
    )  # fmt: skip
    model = refining.refined(found, ("a", "b", "c", "d"), prior=0.2)
    assert model.prior * len(levels) == pytest.approx(matches, rel=0.05)
    for weights, m, u in zip(model.weights, alike, unlike, strict=True):
        assert np.exp2(weights[1:]) * u == pytest.approx(m, abs=0.03)
    likely = refining.probabilities(refining.weighed(found, model).sum(axis=1), model.prior)
    assert likely[likely > 0.9].mean() == pytest.approx((np.flatnonzero(likely > 0.9) < matches).mean(), abs=0.02)


@pytest.mark.parametrize(
    ("field", "left", "right", "level"),
    [
        ("given", {"given": "Mr. Jürgen"}, {"given": "jurgen"}, "the same"),
        ("given", {"given": "Anna", "family": "Berg"}, {"given": "Berg", "family": "Anna"}, "swapped"),
        ("family", {"given": "Anna", "family": "Berg"}, {"given": "Berg", "family": "Anna"}, "missing"),
        ("given", {"given": "Anna", "family": "Bergen"}, {"given": "Bergne", "family": "Anna"}, "swapped"),
        ("given", {"given": "Karl", "family": "Karl"}, {"given": "Karl", "family": "Karl"}, "the same"),
        ("given", {"given": "Sofia"}, {"given": "Sofai"}, "close"),
        ("given", {"given": "Sofia"}, {"given": "Petra"}, "different"),
        ("given", {"given": "Sofia"}, {"given": " "}, "missing"),
        ("born", {"born": "1980-05-07"}, {"born": "19800507"}, "the same"),
        ("born", {"born": "1980-05-07"}, {"born": "5.7.1980"}, "missing"),
        ("born", {"born": "1980-05-07"}, {"born": "07.05.1980"}, "the same"),
        ("born", {"born": "1980-05-07"}, {"born": "1980-07-05"}, "day and month swapped"),
        ("born", {"born": "1980-05-07"}, {"born": "1980-05-01"}, "one slip"),
        ("born", {"born": "1980-05-07"}, {"born": "1994-05-07"}, "two parts"),
        ("born", {"born": "1980-05-07"}, {"born": "1981-06-07"}, "two slips"),
        ("mail", {"mail": " Ana.Berg@Example.com "}, {"mail": "ana.berg@example.com"}, "the same"),
        ("mail", {"mail": "ana.berg@example.com"}, {"mail": "ana.berg@mail.example"}, "same name"),
        ("mail", {"mail": "none"}, {"mail": "none"}, "missing"),
        ("phone", {"phone": "+49 (151) 234567-8"}, {"phone": "0151 2345678"}, "the same"),
        ("phone", {"phone": "+49 151 2345678"}, {"phone": "0151 2345687"}, "one slip"),
        ("street", {"street": "Harbour St."}, {"street": "harbour street"}, "the same"),
        ("street", {"street": "Mill Ln", "street_more": "The Hut"}, {"street": "The Hut", "street_more": "Mill Lane"},
         "swapped"),
        ("postcode", {"postcode": "SW1A 1AA"}, {"postcode": "sw1a1aa"}, "the same"),
        ("postcode", {"postcode": "2904"}, {"postcode": "2940"}, "one slip"),
    ],
)  # fmt: skip
def test_levels(field: str, left: dict[str, str], right: dict[str, str], level: str, tmp_path: Path) -> None:
    has = tuple(dict.fromkeys((*left, *right)))
    with closing(connected(temporary=tmp_path, memory_limit_mb=200, threads=1)) as connection:
        for side, said in (("l", left), ("r", right)):
            values = ", ".join(f"'{said[name]}' AS \"{name}\"" for name in has)
            connection.execute(f"CREATE TABLE raw_{side} AS SELECT 1 AS id, {values}").fetchall()
            connection.execute(f"CREATE TABLE {side} AS {cleaned(f'raw_{side}', has)}").fetchall()
        comparison = next(each for each in comparisons(has) if each.field == field)
        code = connection.execute(f"SELECT {agreement.code_sql(comparison)} FROM l, r").fetchall()[0][0]
    assert comparison.name_of(code) == level


def test_keys_grow_narrower_where_they_would_give_too_many_pairs(tmp_path: Path) -> None:
    with closing(connected(temporary=tmp_path, memory_limit_mb=200, threads=1)) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT i AS id, 'ana' AS given, 'name' || (i % 700) AS family, "
            "CAST(19500101 + i % 1_100 AS VARCHAR) AS born FROM range(20_000) s(i)"
        ).fetchall()
        keys = blocking.chosen(connection, ["t"], ("given", "family", "born"))
    assert ("given",) not in {each.parts for each in keys}
    assert ("born",) in {each.parts for each in keys}
    assert ("family",) in {each.parts for each in keys}


def test_every_field_has_a_comparison() -> None:
    assert [each.field for each in comparisons(FIELDS)] == sorted(FIELDS, key=FIELDS.index)
