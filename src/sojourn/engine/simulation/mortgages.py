"""The mortgage: a long journey over web, branch and mail."""

from __future__ import annotations

import numpy as np

from sojourn.engine.simulation.population import Int64s
from sojourn.engine.simulation.rhythm import OFFICE
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.words import BRANCH, MAIL, MORTGAGE

ENQUIRIES_PER_YEAR = 0.04  # a customer


def mortgages(scene: Scene) -> None:
    """Write mortgages: enquired, adviser met, documents, valuation, decided, completed."""
    at = scene.starts(OFFICE, ENQUIRIES_PER_YEAR, scene.season)
    who = scene.customers(at)
    case = scene.cases(len(at))
    channel = scene.channel(who, (0.5, 0.1, 0.15, 0.25, 0.0))
    unit = scene.unit(who, channel)
    scene.ledger.emit("Mortgage Enquired", at, who, channel=channel, unit=unit, product=MORTGAGE, case=case)
    cents = (scene.rng.lognormal(12.3, 0.4, len(at)) / 1000).astype(np.int64) * 100_000
    at, who, case, cents = _go_on(scene, 0.72, scene.days_later(at, 2, 9), who, case, cents)
    branch = scene.people.branch[who]
    scene.ledger.emit("Mortgage Adviser Met", at, who, channel=BRANCH, unit=branch, agent=scene.agent(branch),
                      product=MORTGAGE, case=case, value=cents)  # fmt: skip
    at, who, case, cents = _go_on(scene, 0.78, scene.days_later(at, 4, 20), who, case, cents)
    channel = scene.channel(who, (0.45, 0.3, 0.0, 0.0, 0.25))
    scene.ledger.emit("Mortgage Documents Received", at, who, channel=channel, product=MORTGAGE, case=case)
    at, who, case, cents = _go_on(scene, 0.88, scene.posted(at, 6, 15), who, case, cents)
    scene.ledger.emit("Property Valued", at, who, channel=MAIL, product=MORTGAGE, case=case, value=cents)
    _decide(scene, at, who, case, cents)


def _go_on(
    scene: Scene, share: float, at: Int64s, who: Int64s, case: Int64s, cents: Int64s
) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    goes = scene.chance(len(at), share)
    return at[goes], who[goes], case[goes], cents[goes]


def _decide(scene: Scene, at: Int64s, who: Int64s, case: Int64s, cents: Int64s) -> None:
    outcome = scene.pick(len(at), (0.72, 0.15, 0.1, 0.03))
    decided = scene.posted(at, 4, 10)
    for number, name in enumerate(("Mortgage Approved", "Mortgage Declined", "Mortgage Withdrawn")):
        here = outcome == number
        scene.ledger.emit(name, decided[here], who[here], channel=MAIL, product=MORTGAGE, case=case[here],
                          value=cents[here])  # fmt: skip
    done = (outcome == 0) & scene.chance(len(at), 0.93)
    at, who, case, cents = scene.days_later(decided, 14, 40)[done], who[done], case[done], cents[done]
    branch = scene.people.branch[who]
    scene.ledger.emit("Mortgage Completed", at, who, channel=BRANCH, unit=branch, agent=scene.agent(branch),
                      product=MORTGAGE, case=case, value=cents)  # fmt: skip
