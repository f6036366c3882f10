"""Matching finds who stands twice, says how sure it is, and needs nobody's truth."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from engine.matching.people import people
from sojourn.engine.matching import Matches, MatchingError, Method, match

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
METHODS = pytest.mark.parametrize("method", list(Method))


def pairs(found: Matches) -> set[tuple[int, int]]:
    """Give the chosen pairs."""
    return set(zip(found.left[found.chosen].tolist(), found.right[found.chosen].tolist(), strict=True))


def f1(said: set[tuple[int, int]], true: set[tuple[int, int]]) -> float:
    """Give the harmonic mean of precision and recall."""
    return 2 * len(said & true) / (len(said) + len(true))


@METHODS
def test_who_stands_twice_is_found(method: Method) -> None:
    table, true = people(600, 60)
    found = match(table, method=method)
    assert f1(pairs(found), true) >= 0.95
    sums = found.bits.sum(axis=1)
    assert (np.diff(sums) <= 0).all()
    again = match(table, method=method)
    assert (again.left.tolist(), again.bits.tolist()) == (found.left.tolist(), found.bits.tolist())
    if method is Method.MODEL:
        assert found.probability == pytest.approx(1 / (1 + np.exp2(-sums - found.start_bits)))
        assert found.expected is not None
        assert found.expected.f1 >= 0.95
    else:
        assert np.isnan(found.probability).all()
        assert found.expected is None


def test_between_two_lists_of_single_records_nobody_has_two_partners() -> None:
    table, true = people(400, 80)
    first, second = table.slice(0, 400), table.slice(400)
    found = match(first, second, one_to_one=True, method=Method.AGREEMENT)
    assert len(set(found.left[found.chosen].tolist())) == len(pairs(found))
    assert f1(pairs(found), true) >= 0.97


@METHODS
def test_records_that_share_nothing_give_no_pair(method: Method) -> None:
    table = pa.table({"id": [1, 2], "given": ["Ana", "Bob"], "family": ["Berg", "Stone"]})
    assert len(match(table, method=method)) == 0


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(MatchingError):
        match(pa.table({"id": [1, 2]}))
    with pytest.raises(MatchingError):
        match(pa.table({"id": [1, 2], "given": pa.array([None, None], pa.string())}))
    with pytest.raises(MatchingError):
        match(pa.table({"id": [1], "given": ["Ana"]}))


def rl_data(size: int) -> tuple[pa.Table, set[tuple[int, int]]]:
    """Read RLdata: German names with errors; rows of one identity are one human."""
    path = DATA / "rldata" / f"RLdata{size}.csv"
    if not path.exists():
        pytest.skip("needs the real data sets beside the project")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))

    def column(name: str) -> list[str | None]:
        return [None if row[name] in ("", "NA") else row[name] for row in rows]

    born = [f"{int(row['by']):04}{int(row['bm']):02}{int(row['bd']):02}" for row in rows]
    names = {"given": "fname_c1", "given_more": "fname_c2", "family": "lname_c1", "family_more": "lname_c2"}
    table = pa.table(
        {"id": pa.array(range(len(rows)), pa.int64()), "born": born} | {to: column(of) for to, of in names.items()}
    )
    first: dict[str, int] = {}
    true = {(first[row["identity"]], at) for at, row in enumerate(rows) if first.setdefault(row["identity"], at) != at}
    return table, true


def febrl4(name: str) -> pa.Table:
    """Read one file of FEBRL 4, without the social security number; the human's number is the id."""
    path = DATA / "febrl" / f"dataset4{name}.csv"
    if not path.exists():
        pytest.skip("needs the real data sets beside the project")
    with path.open(newline="") as file:
        rows = [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]
    fields = {
        "given": "given_name", "family": "surname", "number": "street_number", "street": "address_1", "place": "suburb",
        "street_more": "address_2", "postcode": "postcode", "region": "state", "born": "date_of_birth",
    }  # fmt: skip
    ids = pa.array([int(row["rec_id"].split("-")[1]) for row in rows], pa.int64())
    return pa.table({"id": ids} | {to: [row[of] or None for row in rows] for to, of in fields.items()})


@pytest.mark.data
@METHODS
def test_real_names_with_errors(method: Method) -> None:
    table, true = rl_data(500)
    assert f1(pairs(match(table, method=method)), true) >= 0.97


@pytest.mark.data
@pytest.mark.soak
def test_ten_thousand_real_names_with_errors() -> None:
    table, true = rl_data(10_000)
    assert f1(pairs(match(table)), true) >= 0.97


@pytest.mark.data
@pytest.mark.soak
def test_febrl_4_without_the_social_security_number() -> None:
    found = match(febrl4("a"), febrl4("b"), one_to_one=True)
    assert f1(pairs(found), {(each, each) for each in range(5_000)}) >= 0.997


def test_too_little_memory_is_said_and_nothing_is_written_to_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # DuckDB's own choice would be a folder here
    many = pa.table({"id": range(60_000), "given": [f"ana{n}" * 9 for n in range(60_000)]})
    with pytest.raises(MatchingError, match="more than 8 MB"):
        match(many, memory_limit_mb=8, method=Method.AGREEMENT)
    assert not any(tmp_path.iterdir())
