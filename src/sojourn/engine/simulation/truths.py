"""What is planted in Harbour Bank's year, as data: where, when, how large, and where a visitor finds it.

Instants are counted from the `anchor`, the midnight (UTC) at which the loaded year ends its last full day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import numpy as np

from sojourn.engine.simulation import words
from sojourn.engine.simulation.population import Flags, Int64s
from sojourn.engine.simulation.twice import TWICE_SHARE
from sojourn.engine.simulation.words import APP, DAY, HOUR, MAIL, PHONE, WEB
from sojourn.kit.period import Period, instant

SLOW_BRANCH = words.BRANCH_NAMES.index("Lindenhof")
SLOW_MINUTES, USUAL_MINUTES = 31.0, 9.0
BROKEN_SUCCESS, USUAL_SUCCESS = 0.12, 0.88
BOT_DAYS, BOT_EVENTS_PER_DAY = 30, 480
WAIT_PLEASES, WAIT_ANNOYS_MINUTES = 0.75, 4.0  # mood after a call: so much, less 1 for each so many minutes of waiting
DIP_FACTOR = 0.55
DIP_MONTH, DIP_DAYS = 8, 21  # the first three weeks of August
THEME_DAYS = 21
THEME_SHARE = 0.35


class Effect(StrEnum):
    """What an incident does to the events it touches."""

    SIGN_IN_FAILS = "sign_in_fails"
    TRANSFER_FAILS = "transfer_fails"
    IDENTITY_CHECK_FAILS = "identity_check_fails"
    CALLS_ABANDONED = "calls_abandoned"
    MORE_CALLS = "more_calls"
    MORE_DISPUTES = "more_disputes"
    CLOSED = "closed"
    LONG_WAIT = "long_wait"
    LETTERS_LATE = "letters_late"


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    """A dated disturbance: `level` is a share that fails, a factor on volume, or minutes of waiting."""

    slug: str
    title: str
    days_ago: int  # days before the anchor on which it began
    hour: int
    hours: int
    effect: Effect
    level: float
    channels: tuple[int, ...] = ()
    unit: int | None = None  # place in `words.UNITS`

    def since(self, anchor: int) -> int:
        """Give the first instant, in microseconds."""
        return anchor - self.days_ago * DAY + self.hour * HOUR

    def until(self, anchor: int) -> int:
        """Give the first instant after it."""
        return self.since(anchor) + self.hours * HOUR

    def covers(self, at: Int64s, anchor: int) -> Flags:
        """Mask the instants that fall into it."""
        return (at >= self.since(anchor)) & (at < self.until(anchor))


def _branch(number: int) -> int:
    return words.UNITS.index(f"BR-{number:02}")


def _centre(number: int) -> int:
    return words.UNITS.index(f"CC-{number}")


INCIDENTS = (
    Incident(slug="app-outage", title="App sign-in outage", days_ago=12, hour=16, hours=5,
             effect=Effect.SIGN_IN_FAILS, level=0.92, channels=(APP,)),
    Incident(slug="transfer-fault", title="Transfers rejected", days_ago=20, hour=9, hours=9,
             effect=Effect.TRANSFER_FAILS, level=0.7, channels=(WEB, APP)),
    Incident(slug="harbour-line-down", title="Telephone fault at Harbour Line", days_ago=33, hour=0, hours=72,
             effect=Effect.CALLS_ABANDONED, level=0.8, channels=(PHONE,), unit=_centre(1)),
    Incident(slug="web-outage", title="Website sign-in outage", days_ago=47, hour=9, hours=6,
             effect=Effect.SIGN_IN_FAILS, level=0.9, channels=(WEB,)),
    Incident(slug="flood", title="Old Harbour branch flooded", days_ago=58, hour=0, hours=14 * 24,
             effect=Effect.CLOSED, level=1.0, unit=_branch(9)),
    Incident(slug="south-line-overload", title="South Line short of staff", days_ago=75, hour=0, hours=7 * 24,
             effect=Effect.CALLS_ABANDONED, level=0.45, channels=(PHONE,), unit=_centre(2)),
    Incident(slug="identity-provider-down", title="Identity check provider down", days_ago=88, hour=0, hours=72,
             effect=Effect.IDENTITY_CHECK_FAILS, level=1.0, channels=(WEB, APP)),
    Incident(slug="strike", title="Strike at Quayside branch", days_ago=101, hour=0, hours=7 * 24,
             effect=Effect.CLOSED, level=1.0, unit=_branch(12)),
    Incident(slug="double-charge", title="Card payments charged twice", days_ago=122, hour=6, hours=72,
             effect=Effect.MORE_DISPUTES, level=6.0),
    Incident(slug="counter-system", title="Counter system fault at Castle Green", days_ago=140, hour=0, hours=7 * 24,
             effect=Effect.LONG_WAIT, level=75.0, unit=_branch(21)),
    Incident(slug="post-strike", title="Post strike: letters late", days_ago=165, hour=0, hours=7 * 24,
             effect=Effect.LETTERS_LATE, level=1.0, channels=(MAIL,)),
    Incident(slug="phishing", title="Phishing wave", days_ago=200, hour=0, hours=4 * 24,
             effect=Effect.MORE_CALLS, level=3.0, channels=(PHONE,)),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """Something planted: the size is `expected`, give or take `tolerance`, beside the `usual` value."""

    slug: str
    title: str
    kind: str  # broken_step, slow_unit, bot, season, theme, duplicates, driver, incident
    period: Period
    where: dict[str, str]  # dimension -> value
    figure: str  # what is measured, in words
    expected: float
    usual: float
    tolerance: float


def truths(anchor: int) -> tuple[Truth, ...]:
    """List what is planted in the year before ``anchor`` (microseconds, a midnight)."""
    firsts = (
        _broken_step(anchor), _slow_branch(anchor), _bot(anchor), _dip(anchor), _theme(anchor), _twice(anchor),
        _wait(anchor),
    )  # fmt: skip
    return (*firsts, *(_incident(each, anchor) for each in INCIDENTS))


def dip(anchor: int) -> Period:
    """Give the newest August dip that has begun before the anchor."""
    end = instant(anchor)
    since = end.replace(month=DIP_MONTH, day=1, hour=0, minute=0, second=0, microsecond=0)
    if since >= end:
        since = since.replace(year=since.year - 1)
    return Period(since=since, until=since + timedelta(days=DIP_DAYS))


def in_dip(at: Int64s) -> Flags:
    """Mask the instants in the first three weeks of any August."""
    day = at.astype("datetime64[us]").astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    inside: Flags = (month.astype(np.int64) % 12 == DIP_MONTH - 1) & ((day - month).astype(np.int64) < DIP_DAYS)
    return inside


def _period(anchor: int, days_ago: float, until_days_ago: float = 0.0) -> Period:
    return Period(
        since=instant(anchor) - timedelta(days=days_ago), until=instant(anchor) - timedelta(days=until_days_ago)
    )


def _broken_step(anchor: int) -> Truth:
    return Truth(
        slug="broken-upload", title="Evidence upload fails in app 6.2 on Android", kind="broken_step",
        period=_period(anchor, words.RELEASE_DAYS_AGO[1]), where={"$app_version": "6.2.0", "$os": "Android"},
        figure="share of customers with Transaction Selected in the app who reach Evidence Uploaded in the app",
        expected=BROKEN_SUCCESS, usual=USUAL_SUCCESS, tolerance=0.08,
    )  # fmt: skip


def _slow_branch(anchor: int) -> Truth:
    return Truth(
        slug="slow-branch", title="Lindenhof is slow", kind="slow_unit", period=_period(anchor, 365),
        where={"unit": words.UNITS[SLOW_BRANCH]}, figure="median minutes from Branch Visited to Counter Served",
        expected=SLOW_MINUTES, usual=USUAL_MINUTES, tolerance=3.0,
    )  # fmt: skip


def _bot(anchor: int) -> Truth:
    return Truth(
        slug="bot", title="One device reads the card page day and night", kind="bot",
        period=_period(anchor, BOT_DAYS), where={"channel": "web"}, figure="Page Viewed events of one device",
        expected=BOT_DAYS * BOT_EVENTS_PER_DAY, usual=20, tolerance=0.05 * BOT_DAYS * BOT_EVENTS_PER_DAY,
    )  # fmt: skip


def _dip(anchor: int) -> Truth:
    return Truth(
        slug="august-dip", title="Fewer journeys begin in August", kind="season", period=dip(anchor), where={},
        figure="card applications and mortgage enquiries begun a day, against the rest of the year",
        expected=DIP_FACTOR, usual=1.0, tolerance=0.08,
    )  # fmt: skip


def _theme(anchor: int) -> Truth:
    return Truth(
        slug="foreign-fee", title="Complaints about the new foreign-use fee", kind="theme",
        period=_period(anchor, THEME_DAYS), where={"theme": "foreign fee"},
        figure="share of complaints received with this theme", expected=THEME_SHARE, usual=0.0, tolerance=0.1,
    )  # fmt: skip


def _twice(anchor: int) -> Truth:
    return Truth(
        slug="twice", title="Humans who stand in the register twice", kind="duplicates", period=_period(anchor, 365),
        where={}, figure="share of customers who are the second record of another one", expected=TWICE_SHARE,
        usual=0.0, tolerance=0.001,
    )  # fmt: skip


def _wait(anchor: int) -> Truth:
    return Truth(
        slug="call-wait", title="Waiting drives how callers answer", kind="driver", period=_period(anchor, 365),
        where={"survey": "call"}, figure="points of 1-5 that a further minute of waiting takes from the answer",
        expected=0.12, usual=0.0, tolerance=0.03,
    )  # fmt: skip


FIGURES = {
    Effect.SIGN_IN_FAILS: ("share of sign-ins that fail", 0.02, 0.06),
    Effect.TRANSFER_FAILS: ("share of transfers that fail", 0.01, 0.15),
    Effect.IDENTITY_CHECK_FAILS: ("share of identity checks that fail", 0.03, 0.01),
    Effect.CALLS_ABANDONED: ("share of calls abandoned", 0.05, 0.1),
    Effect.MORE_CALLS: ("calls received, against the same weekdays", 1.0, 0.5),
    Effect.MORE_DISPUTES: ("disputes opened, against the same hours", 1.0, 1.5),
    Effect.CLOSED: ("share of usual branch visits that are missing", 0.0, 0.001),
    Effect.LONG_WAIT: ("median minutes from Branch Visited to Counter Served", USUAL_MINUTES, 20.0),
    Effect.LETTERS_LATE: ("share of usual letters that are missing", 0.0, 0.001),
}


def _incident(each: Incident, anchor: int) -> Truth:
    figure, usual, tolerance = FIGURES[each.effect]
    where = {"channel": ", ".join(words.CHANNELS[channel] for channel in each.channels)} if each.channels else {}
    if each.unit is not None:
        where["unit"] = words.UNITS[each.unit]
    return Truth(
        slug=each.slug, title=each.title, kind="incident", where=where, figure=figure, expected=each.level,
        usual=usual, tolerance=tolerance,
        period=Period(since=instant(each.since(anchor)), until=instant(each.until(anchor))),
    )  # fmt: skip
