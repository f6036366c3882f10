"""Variants, strict funnels and path patterns as sides, over HTTP and on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import event, load
from surfaces.cli.conftest import Command
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
SIDES = ("--since", "2026-01-01", "--a-where", "channel:web", "--b-where", "channel:app")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, settings: Any) -> None:
    settings.SOJOURN = replace(settings.SOJOURN, data=tmp_path, k_floor=2)
    load(
        [
            event(person, name, 10 * place, channel="web" if person % 2 else "app")
            for person in range(100, 180)
            for place, name in enumerate(("Opened", "Paid") if person % 2 else ("Opened", "Asked", "Paid"))
        ]
        + [event(999, "Opened", 90 * 1_440, channel="mail")]
    )


def test_variants_are_compared(sojourn: Command) -> None:
    done = sojourn("compare", "variants", *SIDES)
    assert (done.code, done.err) == (0, "")
    assert "Opened → Asked → Paid" in done.out and "more" in done.out and "Benjamini-Hochberg" in done.out


def test_a_strict_funnel_and_exclusions_are_compared(sojourn: Command) -> None:
    for more in (("--order", "strict"), ("--exclude", "1-2:Asked")):
        done = sojourn("compare", "funnel", "Opened", "Paid", *SIDES, *more)
        assert (done.code, done.err) == (0, "")
        assert "less" in done.out
    assert "less" not in sojourn("compare", "funnel", "Opened", "Paid", *SIDES).out


def test_path_patterns_are_sides() -> None:
    sides = {"since": "2026-01-01T00:00:00Z", "a_having_pattern": "Opened -> Paid", "b_having_pattern": "Asked"}
    answer = asker().get("/api/v1/compare/graph", sides).json()
    assert [answer["comparison"][side]["customers"] for side in "ab"] == [40, 40]
    refused = asker().get("/api/v1/compare/graph", {**sides, "having_pattern": "Paid"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
