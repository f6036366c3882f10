"""Words of identity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sojourn.domains.identity.ruleset import Form as Form
from sojourn.domains.identity.ruleset import Kind as Kind
from sojourn.domains.identity.ruleset import Limit as Limit
from sojourn.domains.identity.ruleset import Rules as Rules
from sojourn.domains.identity.ruleset import Span as Span
from sojourn.engine.kernels.words import Int64s


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonMap:
    """Which customer each person token belongs to, as two parallel arrays sorted by `person`.

    `version` grows with every change of the map. A person that is not in the map is a customer of its own
    whose number is the person token.
    """

    person: Int64s
    customer: Int64s
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """Persons that went from one customer to another, as parallel arrays sorted by `person`."""

    person: Int64s
    before: Int64s
    customer: Int64s
    version: int


class ProposalSource(StrEnum):
    """Who thinks that two customers are one."""

    MODEL = "model"  # the probabilistic model of the batch job
    AGREEMENT = "agreement"  # its deterministic fallback, weighted agreement
    RULE = "rule"  # a rule of identity that may not merge: two customer numbers share an identifier


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    GONE = "gone"  # became one customer otherwise, or the job no longer finds them alike


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What one field says about two customers: how alike it is, never what it holds.

    `weight` is the base-2 logarithm of how much likelier this is for one human than for two; None where the source
    weighs nothing.
    """

    field: str
    level: str
    weight: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """Two customers, by number, who may be one human.

    `mark` names what the evidence rests on: once a pair is rejected, it is not proposed again with the same mark. It
    may hold personal values: only its digest is stored. `probability` is None where the source has none.
    """

    customers: tuple[int, int]
    evidence: tuple[Evidence, ...]
    mark: str
    probability: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """Two customers who may be one, as they are numbered now, and what became of it."""

    id: int
    customers: tuple[int, int]
    source: ProposalSource
    state: ProposalState
    probability: float | None
    evidence: tuple[Evidence, ...]
    proposed_at: datetime
    decided_at: datetime | None
    decided_by: str  # as the audit log names them; empty while open
    are_numbered: tuple[bool, bool]  # whether each has a customer number of the company's own


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedField:
    """A field of two customers side by side; values are empty for a viewer who may not read customers."""

    field: str
    values: tuple[str, str]
    level: str  # how alike they are, where the source says so
    weight: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SideBySide:
    """A proposal with what is known of its two customers; `start` is the weight before any field is looked at."""

    proposal: Proposal
    fields: tuple[ComparedField, ...]
    start: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalPage:
    """Some proposals, most probable first; `total` counts all that the viewer may see."""

    rows: tuple[Proposal, ...]
    total: int
    next: int | None


class MatchState(StrEnum):
    """How far a run of matching has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchFigures:
    """What a run did; `expected_*` are the model's own words, None for the rule."""

    method: str
    customers: int  # that have two fields or more to compare
    compared: int  # pairs that share a key and are not plainly different
    found: int
    proposed: int  # new in the queue, or there again
    merged: int  # by itself, where the terms let it
    gone: int  # were open and are no longer found
    threshold: float  # a probability, or bits for the rule
    expected_precision: float | None
    expected_recall: float | None
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchingRun:
    """A run of matching over all customers."""

    id: int
    state: MatchState
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    figures: MatchFigures | None
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchingTerms:
    """How matching runs by itself: every so many days, and from which probability on it merges; None is never.

    It never merges two customers who both have a customer number of the company's own.
    """

    every_days: int | None = None
    merge_above: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedTrait:
    """One trait of a person, readable; `source` is "" where it was stored before sources were noted."""

    person: int
    name: str
    value: Any
    source: str
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedIdentifier:
    """An identifier of a person, readable."""

    person: int
    kind: str
    value: str


class FoundBy(StrEnum):
    """By what somebody was found."""

    NUMBER = "user"  # the sender's own number of the customer
    DEVICE = "anonymous"
    CASE = "case"
    MAIL = "mail"
    PHONE = "phone"
    WORDS = "words"
    TOKEN = "token"  # the number that pages and the API show, whole or in short


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """Persons whom a search found and by what; `cases` are tokens of cases of that number.

    `is_cut` says that a word was too frequent to look at everybody who has it.
    """

    persons: tuple[tuple[int, FoundBy], ...]
    cases: tuple[int, ...]
    is_cut: bool


class EdgeKind(IntEnum):
    """What makes two one customer, as the log of edges stores it."""

    SIGN_IN = 1  # an event named a customer number and a device
    ALIAS = 2  # a sender said that two ids are one
    HOLDS = 3  # an event gave a person this mail address, phone number or further identifier
    VERIFIED = 4  # as HOLDS, from a source whose word counts that it is proved
    DECISION = 5  # somebody decided it
    KEPT = 6  # joined by an older version, which did not note the event


class Refusal(StrEnum):
    """Why an edge joins nobody."""

    BLOCKED = "blocked"  # the value means nothing
    LIMIT = "limit"  # the person has more identifiers of the kind than the rules allow
    TWO_NUMBERS = "two_numbers"  # it would make two customer numbers one
    SHARED = "shared"  # several customer numbers hold the identifier
    CROWDED = "crowded"  # more persons hold it than the rules allow
    KIND = "kind"  # the rules let no identifier of this kind join
    RETRACTED = "retracted"  # somebody decided against it


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphEdge:
    """One edge of a customer's graph; `refusal` is None where it joins.

    `other` is a person, or the token of an identifier that the person holds; `other_kind` says which. `event_id` is
    the event that made it, `decision` the decision, both 0 where there is none.
    """

    id: int
    person: int
    person_kind: str
    other: int
    other_kind: str
    kind: EdgeKind
    at: datetime
    event_id: int
    decision: int
    refusal: Refusal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Regrouping:
    """Some customers before and after: the first's persons are now of the second's, or the other way round."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    persons: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What rules do to the stored data: how many customers they split and join, with examples."""

    edges: int
    customers_before: int  # among the persons that edges name
    customers_after: int
    split: int  # customers whose persons would be of several
    joined: int  # customers that would be made of several
    moved: int  # persons that would be of another customer than now
    shared: int  # identifiers that several customer numbers hold
    crowded: int  # identifiers that too many persons hold
    splits: tuple[Regrouping, ...]
    joins: tuple[Regrouping, ...]
    seconds: float


class RuleState(StrEnum):
    """How far a version of the rules has come over the stored data; for new events it holds at once."""

    WAITING = "waiting"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleVersion:
    """A version of the rules; `text` is YAML, `moved` the persons that it moved."""

    version: int
    text: str
    saved_at: datetime | None
    saved_by: str
    why: str
    state: RuleState
    progress: float
    moved: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A decision about who is whom; `undoes` is the decision that it undoes, 0 for none."""

    id: int
    verb: str
    customers: tuple[int, ...]
    undoes: int
    by: str
    why: str
    evidence: Any
    decided_at: datetime
    is_in_force: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """Why persons are one customer: persons with their kinds, every edge that touches them, the decisions behind."""

    customer: int
    persons: tuple[tuple[int, str], ...]
    edges: tuple[GraphEdge, ...]
    decisions: tuple[Decided, ...]
    shared: tuple[int, ...]  # identifiers among the edges that several numbers hold
    is_cut: bool  # there are more edges than are told
