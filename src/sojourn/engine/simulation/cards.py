"""Two card journeys: applying for a credit card, and disputing a payment."""

from __future__ import annotations

import numpy as np

from sojourn.engine.simulation import surveys, words
from sojourn.engine.simulation.everyday import DIGITAL_SHARES, call, glance
from sojourn.engine.simulation.population import Flags, Int8s, Int64s
from sojourn.engine.simulation.rhythm import DIGITAL
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.truths import BROKEN_SUCCESS, USUAL_SUCCESS, Effect
from sojourn.engine.simulation.words import ANDROID, APP, BRANCH, CARD, HOUR, MAIL, PHONE, WEB

APPLICATIONS_PER_YEAR = 0.15  # a customer
DISPUTES_PER_YEAR = 0.2
DAY_MINUTES = 24 * 60.0


def applications(scene: Scene) -> None:
    """Write card applications: started, identity, income, submitted, decided, card activated."""
    at = scene.starts(DIGITAL, APPLICATIONS_PER_YEAR, scene.season)
    who = scene.customers(at)
    channel = scene.channel(who, (0.45, 0.35, 0.08, 0.12, 0.0))
    looks = scene.chance(len(at), 0.6)
    glance(scene, scene.later(at, -4.0)[looks], who[looks], channel[looks], "cards")
    case = scene.cases(len(at))
    _step(scene, "Card Application Started", at, who, channel, case)
    at, who, channel, case = _identity(scene, at, who, channel, case)
    at, who, channel, case = _income(scene, at, who, channel, case)
    goes = scene.chance(len(at), 0.93)
    at, who, channel, case = scene.later(at, 4.0)[goes], who[goes], channel[goes], case[goes]
    _step(scene, "Card Application Submitted", at, who, channel, case)
    _decisions(scene, at, who, channel, case)


Leg = tuple[Int64s, Int64s, Int8s, Int64s]


def _identity(scene: Scene, at: Int64s, who: Int64s, channel: Int8s, case: Int64s) -> Leg:
    at = scene.later(at, 3.0)
    fails = scene.chance(len(at), scene.level(Effect.IDENTITY_CHECK_FAILS, at, channel, words.NO_UNIT, 0.03))
    goes = ~fails & scene.chance(len(at), 0.9)
    _step(scene, "Identity Check Failed", at[fails], who[fails], channel[fails], case[fails])
    _step(scene, "Identity Checked", at[goes], who[goes], channel[goes], case[goes])
    return at[goes], who[goes], channel[goes], case[goes]


def _income(scene: Scene, at: Int64s, who: Int64s, channel: Int8s, case: Int64s) -> Leg:
    """Write income confirmations; some who cannot do it online go to their branch some days later."""
    goes = scene.chance(len(at), 0.8)
    at_branch = ~goes & np.isin(channel, (WEB, APP)) & scene.chance(len(at), 0.45)
    visited = scene.days_later(at[at_branch], 1, 4)
    unit = scene.people.branch[who[at_branch]]
    scene.ledger.emit("Branch Visited", visited, who[at_branch], channel=BRANCH, unit=unit)
    at = scene.later(at, 9.0, 1.0)
    at[at_branch] = scene.later(visited, 25.0, 0.4)
    channel = np.where(at_branch, BRANCH, channel).astype(np.int8)
    goes |= at_branch
    _step(scene, "Income Confirmed", at[goes], who[goes], channel[goes], case[goes])
    return at[goes], who[goes], channel[goes], case[goes]


def _decisions(scene: Scene, at: Int64s, who: Int64s, channel: Int8s, case: Int64s) -> None:
    outcome = scene.pick(len(at), (0.7, 0.19, 0.06, 0.05))  # the last: nobody has decided yet
    decided = scene.posted(at, 1, 4)
    names = ("Card Application Approved", "Card Application Declined", "Card Application Withdrawn")
    limit = (scene.rng.integers(2, 21, len(at)) * 50_000).astype(np.int64)
    for number, name in enumerate(names):
        here = outcome == number
        where = channel if name.endswith("Withdrawn") else np.full_like(channel, MAIL)
        scene.ledger.emit(name, decided[here], who[here], channel=where[here], product=CARD, case=case[here],
                          unit=scene.unit(who, where)[here], value=limit[here])  # fmt: skip
    came = (outcome == 0) & scene.chance(len(at), 0.88)
    activated = scene.later(decided[came], 3 * DAY_MINUTES, 0.5)
    used = scene.channel(who[came], (0.3, 0.6, 0.1, 0.0, 0.0))
    _step(scene, "Card Activated", activated, who[came], used, case[came])
    told = outcome < 2
    theme = scene.pick(int(told.sum()), (0.2, 0.1, 0.2, 0.1, 0.2, 0.2, 0.0))
    mood = np.where(outcome[told] == 0, 0.3, -1.3)
    surveys.ask(scene, surveys.CARD, decided[told], who[told], mood, theme)


def disputes(scene: Scene) -> None:
    """Write card disputes: opened, transaction, evidence (which may fail), submitted, decided."""
    at = scene.starts(DIGITAL, DISPUTES_PER_YEAR, scene.boost(Effect.MORE_DISPUTES))
    who = scene.customers(at)
    channel = scene.channel(who, DIGITAL_SHARES)
    case = scene.cases(len(at))
    _step(scene, "Dispute Opened", at, who, channel, case)
    goes = scene.chance(len(at), 0.94)
    at, who, channel, case = scene.later(at, 2.5)[goes], who[goes], channel[goes], case[goes]
    cents = np.exp(scene.rng.normal(8.6, 1.0, len(at))).astype(np.int64) + 100
    scene.ledger.emit("Transaction Selected", at, who, channel=channel, product=CARD, case=case, value=cents)
    at, done, channel = _evidence(scene, at, who, channel, case)
    at, who, channel, case, cents = at[done], who[done], channel[done], case[done], cents[done]
    goes = scene.chance(len(at), 0.95)
    at = scene.later(at, 2.0)[goes]
    who, channel, case, cents = who[goes], channel[goes], case[goes], cents[goes]
    _step(scene, "Dispute Submitted", at, who, channel, case)
    _verdicts(scene, at, who, case, cents)


def is_broken(scene: Scene, at: Int64s, who: Int64s, channel: Int8s) -> Flags:
    """Mask who uses the app version and system on which the upload is broken."""
    version = scene.people.version(who, at, scene.anchor)
    android = scene.people.system[who] == ANDROID
    broken: Flags = (channel == APP) & android & (version == words.BROKEN_VERSION)
    return broken


def _evidence(scene: Scene, at: Int64s, who: Int64s, channel: Int8s, case: Int64s) -> tuple[Int64s, Flags, Int8s]:
    """Write uploads; where they fail people try again, some call, and some send it through the agent."""
    at = scene.later(at, 6.0)
    broken = is_broken(scene, at, who, channel)
    uploads = scene.chance(len(at), np.where(broken, BROKEN_SUCCESS, USUAL_SUCCESS))
    tries = ~uploads & scene.chance(len(at), np.where(broken, 0.95, 0.35))
    reason = scene.ledger.fragment('"reason":"file not accepted"')
    failed_at = at
    for share in (1.0, 0.6, 0.4):
        tries &= scene.chance(len(at), share)
        scene.ledger.emit("Evidence Upload Failed", failed_at[tries], who[tries], channel=channel[tries], product=CARD,
                          case=case[tries], extra=reason)  # fmt: skip
        failed_at = scene.later(failed_at, 1.5)
    _step(scene, "Evidence Uploaded", at[uploads], who[uploads], channel[uploads], case[uploads])
    calls = ~uploads & scene.chance(len(at), np.where(broken, 0.45, 0.2))
    called_at = scene.days_later(at, 1, 2)
    call(scene, called_at[calls], who[calls], "card")
    helped = calls & scene.chance(len(at), 0.6)
    at = np.where(helped, scene.later(called_at, 20.0), at)
    return at, uploads | helped, np.where(helped, PHONE, channel).astype(np.int8)


def _verdicts(scene: Scene, at: Int64s, who: Int64s, case: Int64s, cents: Int64s) -> None:
    outcome = scene.pick(len(at), (0.66, 0.22, 0.05, 0.07))
    decided = scene.posted(at, 4, 14)
    for number, name in enumerate(("Dispute Approved", "Dispute Declined", "Dispute Withdrawn")):
        here = outcome == number
        scene.ledger.emit(name, decided[here], who[here], channel=MAIL, product=CARD, case=case[here],
                          value=cents[here])  # fmt: skip
    told = outcome < 2
    theme = scene.pick(int(told.sum()), (0.3, 0.2, 0.0, 0.1, 0.2, 0.2, 0.0))
    waited = (decided[told] - at[told]) / (24 * HOUR)
    mood = np.where(outcome[told] == 0, 0.4, -1.0) - (waited - 8) / 10
    surveys.ask(scene, surveys.DISPUTE, decided[told], who[told], mood, theme)


def _step(scene: Scene, name: str, at: Int64s, who: Int64s, channel: Int8s, case: Int64s) -> None:
    unit = scene.unit(who, channel)
    scene.ledger.emit(name, at, who, channel=channel, unit=unit, agent=scene.agent(unit), product=CARD, case=case)
