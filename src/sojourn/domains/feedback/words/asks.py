"""Words of asking: who is invited, and who is spared and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Spared(StrEnum):
    """Why somebody is not asked."""

    BASIS = "basis"  # the survey's purpose does not cover them, or nobody is there for this viewer
    RESTING = "resting"  # asked lately, by whichever survey
    ASKED = "asked"  # by this survey, and the invitation still stands


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """Somebody's own link, which takes one answer; without a customer it is for whoever gets it."""

    id: int
    customer: int | None
    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitations:
    """What became of an ask: the links made, and how many were spared for which reason."""

    invited: tuple[Invited, ...]
    spared: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Opportunities:
    """What became of those who could have been asked through a channel, in a unit."""

    channel: str
    unit: str
    invited: int
    opened: int
    answered: int
