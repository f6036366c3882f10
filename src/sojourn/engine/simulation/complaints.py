"""Complaints, with a theme each; one theme began three weeks before the anchor."""

from __future__ import annotations

import numpy as np

from sojourn.engine.simulation import surveys
from sojourn.engine.simulation.population import Floats, Int8s, Int64s
from sojourn.engine.simulation.rhythm import CALLS
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.truths import THEME_DAYS, THEME_SHARE
from sojourn.engine.simulation.words import CARD, DAY, FOREIGN_FEE, MAIL, PHONE, THEMES

COMPLAINTS_PER_YEAR = 0.1  # a customer
USUAL_THEMES = (0.24, 0.2, 0.2, 0.12, 0.12, 0.12, 0.0)


def complaints(scene: Scene) -> None:
    """Write complaints: received, acknowledged, investigated, upheld, rejected or withdrawn."""
    usual = scene.starts(CALLS, COMPLAINTS_PER_YEAR)

    def is_on(at: Int64s) -> Floats:
        return (at >= scene.anchor - THEME_DAYS * DAY).astype(np.float64)

    new = scene.starts(CALLS, COMPLAINTS_PER_YEAR * THEME_SHARE / (1 - THEME_SHARE), is_on)
    theme = np.concatenate((scene.pick(len(usual), USUAL_THEMES), np.full(len(new), FOREIGN_FEE, dtype=np.int8)))
    _handle(scene, np.concatenate((usual, new)), theme)


def _handle(scene: Scene, at: Int64s, theme: Int8s) -> None:
    who = scene.customers(at)
    channel = scene.channel(who, (0.27, 0.05, 0.4, 0.13, 0.15))
    unit = scene.unit(who, channel)
    case = scene.cases(len(at))
    about = scene.ledger.fragments(f'"theme":"{name}"' for name in THEMES)[theme]
    scene.ledger.emit("Complaint Received", at, who, channel=channel, unit=unit, agent=scene.agent(unit), case=case,
                      product=CARD, extra=about)  # fmt: skip
    for name, share, low, high, by in (
        ("Complaint Acknowledged", 0.97, 1, 3, MAIL),
        ("Complaint Investigated", 0.93, 3, 14, PHONE),
    ):
        goes = scene.chance(len(at), share)
        at = (scene.posted(at, low, high) if by == MAIL else scene.days_later(at, low, high))[goes]
        who, case, about, theme = who[goes], case[goes], about[goes], theme[goes]
        unit = scene.unit(who, np.full(len(who), by, dtype=np.int8))
        scene.ledger.emit(name, at, who, channel=by, unit=unit, agent=scene.agent(unit), case=case, product=CARD,
                          extra=about)  # fmt: skip
    _close(scene, at, who, case, theme, about)


def _close(scene: Scene, at: Int64s, who: Int64s, case: Int64s, theme: Int8s, about: np.ndarray) -> None:
    outcome = scene.pick(len(at), (0.5, 0.36, 0.08, 0.06))
    closed = scene.posted(at, 1, 6)
    for number, name in enumerate(("Complaint Upheld", "Complaint Rejected", "Complaint Withdrawn")):
        here = outcome == number
        paid = np.where(number == 0, scene.rng.integers(5, 60, int(here.sum())) * 100, 0)
        scene.ledger.emit(name, closed[here], who[here], channel=MAIL, case=case[here], product=CARD,
                          value=paid, extra=about[here])  # fmt: skip
    told = outcome < 2
    mood = np.where(outcome[told] == 0, 0.5, -1.2)
    surveys.ask(scene, surveys.COMPLAINT, closed[told], who[told], mood, theme[told])
