"""The opening of a current account, mostly by people who are not customers yet."""

from __future__ import annotations

import numpy as np

from sojourn.engine.simulation import surveys, words
from sojourn.engine.simulation.everyday import glance
from sojourn.engine.simulation.population import DECLINED, LEFT, OPENED, WITHDRAWN, Int8s, Int64s
from sojourn.engine.simulation.rhythm import BLOCK, DIGITAL
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.truths import in_dip
from sojourn.engine.simulation.words import ACCOUNT, BRANCH, MAIL, MINUTE

SECOND_ACCOUNTS_PER_YEAR = 0.03  # a customer
SHARES = (0.5, 0.33, 0.0, 0.17, 0.0)


def openings(scene: Scene) -> None:
    """Write openings by newcomers (known beforehand) and second accounts of customers."""
    people = scene.people
    new = np.flatnonzero((people.opens_at >= scene.since) & (people.opens_at < scene.since + BLOCK))
    at = scene.starts(DIGITAL, SECOND_ACCOUNTS_PER_YEAR, scene.season)
    again = scene.customers(at)
    outcome = scene.pick(len(at), (0.7, 0.06, 0.08, 0.16))
    who = np.concatenate((new, again))
    is_new = np.arange(len(who)) < len(new)
    _open(
        scene, np.concatenate((people.opens_at[new], at)), who, np.concatenate((people.opening[new], outcome)), is_new
    )


def _open(scene: Scene, at: Int64s, who: Int64s, outcome: Int8s, is_new: np.ndarray) -> None:
    channel = scene.channel(who, SHARES)
    case = scene.cases(len(at))
    glance(scene, at - 2 * MINUTE, who, channel, "accounts")
    unknown = is_new & (channel != BRANCH)  # until the personal details are in, only the device is known
    _step(scene, "Account Opening Started", at, who, channel, case, known=~unknown)
    left_at = np.where(outcome == LEFT, scene.pick(len(at), (0.45, 0.35, 0.2)), 9)
    names = ("Personal Details Entered", "Account Identity Verified", "Account Agreement Signed")
    for number, (name, minutes) in enumerate(zip(names, (4.0, 15.0, 30.0), strict=True)):
        on = left_at > number
        at, who, case = scene.later(at, minutes, 0.9)[on], who[on], case[on]
        channel, outcome, is_new, left_at = channel[on], outcome[on], is_new[on], left_at[on]
        if number == 0:
            _introduce(scene, at, who, channel, is_new)
        _step(scene, name, at, who, channel, case)
    _finish(scene, at, who, case, outcome)


def _introduce(scene: Scene, at: Int64s, who: Int64s, channel: Int8s, is_new: np.ndarray) -> None:
    scene.ledger.emit(
        "Identified", at[is_new] - words.SECOND, who[is_new], channel=channel[is_new], kind=words.IDENTIFY
    )


def _finish(scene: Scene, at: Int64s, who: Int64s, case: Int64s, outcome: Int8s) -> None:
    decided = scene.posted(at, 1, 4)
    kind = scene.ledger.fragment('"account":"single"')
    joint = scene.ledger.fragment('"account":"joint"')
    for number, name in (
        (OPENED, "Account Opened"),
        (DECLINED, "Account Opening Declined"),
        (WITHDRAWN, "Account Opening Withdrawn"),
    ):
        here = outcome == number
        extra = np.where(scene.people.is_joint[who[here]], joint, kind)
        scene.ledger.emit(name, decided[here], who[here], channel=MAIL, product=ACCOUNT, case=case[here], extra=extra)
    opened = outcome == OPENED
    _deposit(scene, decided[opened], who[opened], case[opened])
    theme = scene.pick(int(opened.sum()), (0.2, 0.3, 0.1, 0.1, 0.3, 0.0, 0.0))
    mood = np.where(in_dip(decided[opened]), 0.1, 0.0) - (decided - at)[opened] / (12 * words.DAY)
    surveys.ask(scene, surveys.OPENING, decided[opened], who[opened], mood, theme)


def _deposit(scene: Scene, at: Int64s, who: Int64s, case: Int64s) -> None:
    pays = scene.chance(len(at), 0.82)
    at, who, case = scene.later(at[pays], 4 * 24 * 60.0, 0.7), who[pays], case[pays]
    cents = np.exp(scene.rng.normal(10.8, 0.9, len(at))).astype(np.int64)
    channel = scene.channel(who, (0.5, 0.5, 0.0, 0.0, 0.0))
    scene.ledger.emit("First Deposit Made", at, who, channel=channel, product=ACCOUNT, case=case, value=cents)


def _step(scene: Scene, name: str, at: Int64s, who: Int64s, channel: Int8s, case: Int64s, known: object = True) -> None:
    unit = scene.unit(who, channel)
    scene.ledger.emit(name, at, who, channel=channel, unit=unit, agent=scene.agent(unit), product=ACCOUNT, case=case,
                      known=np.asarray(known))  # fmt: skip
