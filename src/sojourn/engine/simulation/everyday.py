"""Ordinary life with a bank: signing in, calling, coming by; visitors whom nobody knows; a bot."""

from __future__ import annotations

import numpy as np

from sojourn.engine.simulation import words
from sojourn.engine.simulation.population import Int8s, Int64s
from sojourn.engine.simulation.rhythm import BLOCK, CALLS, DIGITAL, OFFICE
from sojourn.engine.simulation.scene import Scene
from sojourn.engine.simulation.surveys import CALL, VISIT, ask
from sojourn.engine.simulation.truths import (
    BOT_DAYS,
    BOT_EVENTS_PER_DAY,
    SLOW_BRANCH,
    SLOW_MINUTES,
    USUAL_MINUTES,
    WAIT_ANNOYS_MINUTES,
    WAIT_PLEASES,
    Effect,
)
from sojourn.engine.simulation.words import APP, BRANCH, DAY, PAGE, PAYMENTS, PHONE, SCREEN, WEB

SESSIONS_PER_YEAR = 6.4  # a customer
CALLS_PER_YEAR = 0.7
VISITS_PER_YEAR = 0.9
STRANGERS_PER_YEAR = 0.5  # sessions of visitors who never sign in, per customer of the bank
IDENTIFIES = 0.16  # share of sign-ins at which the SDK sends `identify` too
VISITORS_PER_BLOCK = 1_000_000
DIGITAL_SHARES = (0.48, 0.52, 0.0, 0.0, 0.0)
TOPICS = ("payment", "card", "account", "app", "loan", "other")


def everyday(scene: Scene) -> None:
    """Write what happens outside any journey."""
    _sessions(scene)
    _strangers(scene)
    _calls(scene)
    _visits(scene)
    _bot(scene)


def glance(scene: Scene, at: Int64s, who: Int64s, channel: Int8s, name: str, *, known: bool = False) -> None:
    """Write that a page or a screen was seen, by default before sign-in: only the device is known."""
    extra = scene.ledger.fragment(name)
    for number, event, kind in ((WEB, "Page Viewed", PAGE), (APP, "Screen Viewed", SCREEN)):
        here = channel == number
        scene.ledger.emit(event, at[here], who[here], channel=number, known=known, kind=kind, extra=extra)


def sign_in(scene: Scene, at: Int64s, who: Int64s, channel: Int8s) -> np.ndarray:
    """Write sign-ins, failing ones among them, and return the mask of those who came in."""
    failed = scene.chance(len(at), scene.level(Effect.SIGN_IN_FAILS, at, channel, words.NO_UNIT, 0.02))
    scene.ledger.emit("Sign-in Failed", at[failed], who[failed], channel=channel[failed], known=False)
    came = ~failed
    scene.ledger.emit("Signed In", at[came], who[came], channel=channel[came])
    says = came & scene.chance(len(at), IDENTIFIES)
    scene.ledger.emit("Identified", at[says] + words.SECOND // 2, who[says], channel=channel[says], kind=words.IDENTIFY)
    return came


def _sessions(scene: Scene) -> None:
    at = scene.starts(DIGITAL, SESSIONS_PER_YEAR)
    who = scene.customers(at)
    channel = scene.channel(who, DIGITAL_SHARES)
    looks = scene.chance(len(at), 0.3)
    glance(scene, at[looks], who[looks], channel[looks], "home")
    at = at + 20 * words.SECOND
    came = sign_in(scene, at, who, channel)
    at, who, channel = at[came], who[came], channel[came]
    for share, event in ((0.72, "Balance Viewed"), (0.3, "Transfer Made"), (0.12, "Statement Downloaded"),
                         (0.09, "Help Article Viewed")):  # fmt: skip
        at = scene.later(at, 0.8)
        does = scene.chance(len(at), share)
        if event == "Transfer Made":
            _transfers(scene, at[does], who[does], channel[does])
        else:
            scene.ledger.emit(event, at[does], who[does], channel=channel[does])


def _transfers(scene: Scene, at: Int64s, who: Int64s, channel: Int8s) -> None:
    failed = scene.chance(len(at), scene.level(Effect.TRANSFER_FAILS, at, channel, words.NO_UNIT, 0.01))
    cents = np.exp(scene.rng.normal(9.3, 1.2, len(at))).astype(np.int64) + 100
    for event, rows in (("Transfer Made", ~failed), ("Transfer Failed", failed)):
        scene.ledger.emit(event, at[rows], who[rows], channel=channel[rows], product=PAYMENTS, value=cents[rows])


def _strangers(scene: Scene) -> None:
    at = scene.starts(DIGITAL, STRANGERS_PER_YEAR)
    first = scene.people.size + (scene.number + 100) * VISITORS_PER_BLOCK
    visitor = first + 1 + np.arange(len(at), dtype=np.int64)
    web = np.full(len(at), WEB, dtype=np.int8)
    glance(scene, at, visitor, web, "home")
    for name, share in (("cards", 0.45), ("accounts", 0.4), ("mortgages", 0.2)):
        at = scene.later(at, 0.9)
        goes = scene.chance(len(at), share)
        glance(scene, at[goes], visitor[goes], web[goes], name)


def _calls(scene: Scene) -> None:
    at = scene.starts(CALLS, CALLS_PER_YEAR, scene.boost(Effect.MORE_CALLS))
    call(scene, at, scene.customers(at))


def call(scene: Scene, at: Int64s, who: Int64s, topic: str | None = None) -> None:
    """Write calls: received, then answered or abandoned; some callers answer a survey."""
    phone = np.full(len(at), PHONE, dtype=np.int8)
    unit = scene.unit(who, phone)
    lost = scene.chance(len(at), scene.level(Effect.CALLS_ABANDONED, at, phone, unit, 0.05))
    topics = scene.ledger.fragments(f'"topic":"{each}"' for each in ([topic] if topic else TOPICS))
    about = topics[scene.rng.integers(0, len(topics), len(at))]
    scene.ledger.emit("Call Received", at, who, channel=PHONE, unit=unit, extra=about)
    wait = scene.later(at, 2.2, 0.8)
    given_up = scene.later(at, 6.0, 0.5)
    scene.ledger.emit("Call Abandoned", given_up[lost], who[lost], channel=PHONE, unit=unit[lost])
    served = ~lost
    agent = scene.agent(unit[served])
    scene.ledger.emit("Call Answered", wait[served], who[served], channel=PHONE, unit=unit[served], agent=agent)
    waited = ((wait - at) / words.MINUTE)[served]
    theme = np.where(scene.chance(len(waited), 0.5), 0, 3).astype(np.int8)
    mood = (WAIT_PLEASES - waited / WAIT_ANNOYS_MINUTES).clip(-3.0)
    ask(scene, CALL, wait[served], who[served], mood, theme, unit=unit[served], agent=agent)


def _visits(scene: Scene) -> None:
    at = scene.starts(OFFICE, VISITS_PER_YEAR)
    who = scene.customers(at)
    unit = scene.unit(who, np.full(len(at), BRANCH, dtype=np.int8))
    usual = np.where(unit == SLOW_BRANCH, SLOW_MINUTES, USUAL_MINUTES)
    disturbed = scene.level(Effect.LONG_WAIT, at, BRANCH, unit, 0.0)
    served = scene.later(at, np.where(disturbed > 0, disturbed, usual), 0.45)
    scene.ledger.emit("Branch Visited", at, who, channel=BRANCH, unit=unit)
    stays = ~scene.chance(len(at), np.where(served - at > 45 * words.MINUTE, 0.25, 0.02))
    agent = scene.agent(unit[stays])
    scene.ledger.emit("Counter Served", served[stays], who[stays], channel=BRANCH, unit=unit[stays], agent=agent)
    waited = ((served - at) / words.MINUTE)[stays]
    theme = np.where(waited > 20, 0, 3).astype(np.int8)
    mood = (0.4 - waited / 25).clip(-2.5)
    ask(scene, VISIT, served[stays], who[stays], mood, theme, unit=unit[stays], agent=agent)


def _bot(scene: Scene) -> None:
    """Write the bot's visits: it began some days before the anchor and goes on."""
    since = max(scene.since, scene.anchor - BOT_DAYS * DAY)
    step = DAY // BOT_EVENTS_PER_DAY
    at = np.arange(since, max(since, scene.since + BLOCK), step, dtype=np.int64)
    at = at + scene.rng.integers(0, step // 4, len(at))
    bot = np.full(len(at), scene.people.size, dtype=np.int64)  # the first number after the customers
    glance(scene, at, bot, np.full(len(at), WEB, dtype=np.int8), "cards")
