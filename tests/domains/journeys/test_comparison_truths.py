"""What is planted in Harbour Bank is what a comparison finds first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from simulated_year import ANCHOR, Year, simulated
from sojourn.engine.answers.graphs_apart import GraphsApart, graphs_apart
from sojourn.engine.kernels import lens
from sojourn.engine.kernels.running import run
from sojourn.engine.kernels.sides.graph import GraphSidesFold
from sojourn.engine.kernels.sides.words import A, B
from sojourn.engine.kernels.words import Slice
from sojourn.engine.simulation.truths import truths
from sojourn.engine.simulation.words import ANDROID, APP, CODE, UNITS
from sojourn.engine.stats.looking import Looks

TRUTHS = {each.slug: each for each in truths(ANCHOR)}
NAMES = {code: name for name, code in CODE.items()}


@pytest.fixture(scope="module")
def year() -> Year:
    return simulated()


def compared(year: Year, on_a: npt.NDArray[np.bool_], on_b: npt.NDArray[np.bool_]) -> GraphsApart:
    """Compare the graphs of two sets of events."""
    chosen = np.flatnonzero(on_a | on_b)
    chosen = chosen[np.lexsort((year.column["at"][chosen], year.column["actor"][chosen]))]
    actor, size = np.unique(year.column["actor"][chosen], return_counts=True)
    events = Slice(
        customer=actor.astype(np.int64),
        offset=np.cumsum([0, *size]).astype(np.int64),
        at=year.column["at"][chosen].astype(np.int64),
        event=year.column["name"][chosen].astype(np.uint16),
        row=np.arange(len(chosen)),
        keep=(A * on_a[chosen] + B * on_b[chosen]).astype(np.uint8),
        customer_keep=np.full(len(actor), A | B, np.uint8),
    )
    found = run(GraphSidesFold(lens.every(len(CODE))), [events])
    edges = zip(found.source.tolist(), found.target.tolist(), found.edge, found.pace, strict=True)
    return graphs_apart(
        [(NAMES[code], row) for code, row in zip(found.node.tolist(), found.step, strict=True)],
        [((NAMES[source], NAMES[target]), edge, pace) for source, target, edge, pace in edges],
        [],
        Looks.ONCE,
    )


def test_app_versions_differ_most_at_the_broken_step(year: Year) -> None:
    truth = TRUTHS["broken-upload"]
    here = year.during(truth.period.since_us or 0, truth.period.until_us or 0) & (year.column["channel"] == APP)
    actor = year.column["actor"]
    android = here & (actor < year.bank.size) & (year.bank.people.system[actor % year.bank.size] == ANDROID)
    version = year.bank.people.version(actor % year.bank.size, year.column["at"], ANCHOR)
    found = compared(year, android & (version == 1), android & (version == 2))
    first = found.findings[0]
    assert first.names == ("Transaction Selected", "Evidence Upload Failed") and first.share is not None
    paths = {each.names: each.share for each in found.findings if each.kind == "path"}
    uploaded = paths["Transaction Selected", "Evidence Uploaded"]
    assert uploaded is not None and uploaded.low < truth.expected - truth.usual < uploaded.high


def test_a_branch_differs_from_another_in_its_wait(year: Year) -> None:
    slow = UNITS.index(TRUTHS["slow-branch"].where["unit"])
    unit = year.column["unit"]
    others = [each for each in range(24) if each != slow][:4]
    found = compared(year, np.isin(unit, others), unit == slow)
    first = found.findings[0]
    assert (first.kind, first.names) == ("pace", ("Branch Visited", "Counter Served"))
    assert first.pace is not None and first.pace.low is not None and first.pace.high is not None
    expected = TRUTHS["slow-branch"].expected / TRUTHS["slow-branch"].usual
    assert first.pace.low < expected * 1.1 and first.pace.high > expected * 0.9
