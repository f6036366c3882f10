"""Words of consent: what a purpose rests on, what somebody said about it, and the proof of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Basis(StrEnum):
    """The lawful basis of a purpose and what silence means under it."""

    OPT_IN = "opt_in"  # absent = out
    OPT_OUT = "opt_out"  # absent = in, an objection = out
    CONTRACT = "contract"  # all, for bound roles, audited
    LEGAL_DUTY = "legal_duty"


class How(StrEnum):
    """By which way a word on a purpose came."""

    PREFERENCE_CENTRE = "preference_centre"
    AGENT = "agent"  # somebody of the company noted it, on the phone or in the branch
    FORM = "form"
    API = "api"
    IMPORT = "import"
    BANNER = "banner"  # the event Segment Consent Preference Updated: somebody has just chosen
    TCF = "tcf"  # a transparency and consent string that somebody has just made
    GPC = "gpc"  # the browser's Global Privacy Control: an objection, never a grant
    SDK = "sdk"  # what a tracking library repeats with every event


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeTerms:
    """A purpose: what it rests on, how it is refused, what it is called where consent comes from."""

    name: str
    title: str
    basis: Basis
    bit: int | None = None  # in an event's `purposes`; None where nobody can refuse
    is_built_in: bool = False
    is_active: bool = True
    expires_months: int | None = None  # a grant runs out so many months after it was given; None: never
    refused_by_signal: bool = False  # Global Privacy Control objects to it
    categories: tuple[str, ...] = ()  # names of categories of consent banners that mean it, in small letters
    tcf: tuple[int, ...] = ()  # purposes of the TCF, all of which must be granted
    right: str = ""  # whoever reads under contract or legal duty needs it

    @property
    def can_refuse(self) -> bool:
        """Say whether what a customer says about it counts; under contract and legal duty it does not."""
        return self.basis in (Basis.OPT_IN, Basis.OPT_OUT)

    @property
    def is_silence_yes(self) -> bool:
        """Say whether a customer who said nothing may be read for it."""
        return self.basis is not Basis.OPT_IN


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What is shown to customers about a purpose: one version in one language."""

    purpose: str
    version: int
    language: str
    title: str
    text: str
    opens_earlier: bool  # a grant under it also covers what was collected before
    published_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeText:
    """A notice to be published, in one language."""

    title: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """How it is known that somebody said a word: where, by which way, what they were shown."""

    how: How
    source: str = ""  # slug of a source, name of a form or file
    by: str = ""  # the viewer who noted it; empty: the customer
    notice: int | None = None  # version of what was shown; None: not known
    language: str = ""  # of what was shown
    evidence: bytes = field(default=b"", repr=False)  # such as a TCF string; kept sealed


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """One word of a customer on one purpose, as it was noted."""

    purpose: str
    allowed: bool
    said_at: datetime
    noted_at: datetime
    how: How
    source: str
    by: str
    notice: int | None
    language: str
    has_evidence: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where a customer stands with a purpose today."""

    purpose: str
    title: str
    basis: Basis
    allowed: bool  # may they be read for it today
    said: bool | None  # what they said; None: nothing, or it has run out
    said_at: datetime | None = None
    expires_at: datetime | None = None
    opens_earlier: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A purpose as the preference centre shows it."""

    standing: Standing
    notice: Notice | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeCount:
    """How many customers stand how with a purpose; numbers below the k floor are None."""

    purpose: str
    title: str
    basis: Basis
    customers: int  # all that the viewer sees
    allowed: int | None
    granted: int | None  # said yes
    refused: int | None  # said no, or objected


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentDay:
    """The words on a purpose that were said on one day (UTC); numbers below the k floor are None."""

    purpose: str
    day: str  # ISO 8601
    granted: int | None
    refused: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """A row of a file of consents that was refused."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedConsents:
    """What became of a file of consents; of the refused rows the first are given."""

    rows: int
    taken: int
    refused_rows: int
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PreferenceLink:
    """A link to the preference centre just made; its address is shown once and kept nowhere."""

    address: str
    expires_at: datetime
