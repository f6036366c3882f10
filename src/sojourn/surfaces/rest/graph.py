"""Who is whom: why, merge, take apart; the rules of identity, tried before they hold."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.identity import actions as identity_actions
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import Decided, Effect, Refusal, RuleVersion
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.types import PlainNumber

router = Router(tags=["identity"])
Number = Annotated[int, Path(ge=0, lt=1 << 63, description="The customer's number, as lists give it.")]
DecisionNumber = Annotated[int, Path(ge=1, lt=1 << 63, description="The decision's number.")]
CustomerText = Annotated[str, Field(max_length=19, pattern="^[0-9]+$")]
RULES_CHARACTERS = 100_000
WHY = Field("", max_length=300, description="For those who read the decision later.")


class PersonAnswer(Schema):
    """An identifier as a person of its own: a customer number, a device, or a further user's stay on a device."""

    person: str
    kind: str


class EdgeAnswer(Schema):
    """Why two are one; numbers are texts, as in lists of events."""

    id: int
    person: str
    person_kind: str
    other: str = Field(description="A person, or an identifier that the person holds.")
    other_kind: str
    kind: str = Field(description="sign_in, alias, holds, verified, decision, or kept from an older version.")
    at: datetime
    event: str = Field(description="The event that made it; empty where none is known.")
    decision: int | None
    refusal: Refusal | None = Field(description="Why it joins nobody; null where it joins.")


class DecisionAnswer(Schema):
    """What somebody decided."""

    id: int
    verb: str
    customers: list[str]
    undoes: int | None
    by: str
    why: str
    decided_at: datetime
    is_in_force: bool


class WhyAnswer(Schema):
    """Why persons are one customer."""

    customer: str
    persons: list[PersonAnswer]
    edges: list[EdgeAnswer]
    decisions: list[DecisionAnswer]
    shared: list[str] = Field(description="Identifiers that several customer numbers hold; they join nobody.")
    is_cut: bool


class MergeBody(Schema):
    """Customers who are one."""

    customers: list[CustomerText] = Field(min_length=2, max_length=50)
    why: str = WHY


class ReasonBody(Schema):
    """Why."""

    why: str = WHY


class TakeOutBody(Schema):
    """Edges that are wrong."""

    edges: list[Annotated[int, PlainNumber, Field(ge=1, lt=1 << 63)]] = Field(min_length=1, max_length=100)
    why: str = WHY


class Made(Schema):
    """The decision that was made; undo it by its number."""

    decision: int


class RulesBody(Schema):
    """Rules of identity, in YAML or JSON."""

    text: str = Field(max_length=RULES_CHARACTERS)


class SaveBody(RulesBody):
    """Rules that are to hold."""

    why: str = WHY
    base: Annotated[int | None, PlainNumber] = Field(
        None, ge=0, lt=1 << 31, description="The version that was edited; 409 when there is a newer one."
    )


class RegroupingAnswer(Schema):
    """Customers before and after."""

    before: list[str]
    after: list[str]
    persons: int


class EffectAnswer(Schema):
    """What rules would do to the stored data."""

    edges: int
    customers_before: int = Field(description="Among the persons that edges name.")
    customers_after: int
    split: int
    joined: int
    moved: int = Field(description="Persons that would be of another customer.")
    shared: int = Field(description="Identifiers that several customer numbers hold.")
    crowded: int = Field(description="Identifiers that more persons hold than the rules allow.")
    splits: list[RegroupingAnswer]
    joins: list[RegroupingAnswer]
    seconds: float


class RulesAnswer(Schema):
    """The rules in force, as YAML; version 0 are those that Sojourn comes with."""

    version: int
    text: str
    versions: list[RuleVersion] = Field(description="Saved versions, newest first.")


@router.get(
    "/customers/{customer}/identity", response={200: WhyAnswer, **PROBLEMS}, summary="Say why this is one person"
)
@needs(Right.IDENTITY_REVIEW)
def why(request: HttpRequest, customer: Number) -> WhyAnswer:
    """Each edge with the event or the decision that made it, and whether it joins."""
    found = queries.why(customer=customer, viewer=viewer_of(request))
    return WhyAnswer(
        customer=str(found.customer),
        persons=[PersonAnswer(person=str(person), kind=kind) for person, kind in found.persons],
        edges=[
            EdgeAnswer(
                **{name: value for name, value in asdict(each).items() if name not in ("event_id", "kind")}
                | {"person": str(each.person), "other": str(each.other), "decision": each.decision or None},
                kind=each.kind.name.lower(),
                event=str(each.event_id or ""),
            )
            for each in found.edges
        ],
        decisions=[_decided(each) for each in found.decisions],
        shared=[str(each) for each in found.shared],
        is_cut=found.is_cut,
    )


@router.post("/customers/{customer}/identity/taken-out", response={200: Made, **PROBLEMS}, summary="Take out edges")
@needs(Right.IDENTITY_REVIEW)
def take_out(request: HttpRequest, customer: Number, body: TakeOutBody) -> Made:
    """What they joined is apart again, and stays so when it is seen again; undo the decision to take it back."""
    made = actions.take_out(customer=customer, edges=body.edges, why=body.why, viewer=viewer_of(request))
    return Made(decision=made)


@router.post("/identity/merges", response={200: Made, **PROBLEMS}, summary="Merge customers")
@needs(Right.IDENTITY_REVIEW)
def merge(request: HttpRequest, body: MergeBody) -> Made:
    """Make customers one. Undoing the decision leaves everything as if they had never been one."""
    customers = [int(each) for each in body.customers]
    return Made(decision=actions.merge_customers(customers=customers, why=body.why, viewer=viewer_of(request)))


@router.get("/identity/decisions", response={200: list[DecisionAnswer], **PROBLEMS}, summary="List decisions")
@needs(Right.IDENTITY_REVIEW)
def decisions(request: HttpRequest) -> list[DecisionAnswer]:
    """The latest 200, newest first, about customers whom the viewer may see."""
    return [_decided(each) for each in queries.decisions(viewer=viewer_of(request))]


@router.post("/identity/decisions/{decision}/undo", response={200: Made, **PROBLEMS}, summary="Undo who was made one")
@needs(Right.IDENTITY_REVIEW)
def undo(request: HttpRequest, decision: DecisionNumber, body: ReasonBody) -> Made:
    """Undo a merge, a taking out, or an undoing."""
    return Made(decision=actions.undo_decision(decision=decision, why=body.why, viewer=viewer_of(request)))


@router.get("/identity/rules", response={200: RulesAnswer, **PROBLEMS}, summary="Show the rules of identity")
@needs(Right.IDENTITY_RULES)
def show_rules(request: HttpRequest) -> RulesAnswer:
    """The rules in force and the versions before."""
    return _rules()


@router.post("/identity/rules/trials", response={200: EffectAnswer, **PROBLEMS}, summary="Try rules")
@needs(Right.IDENTITY_RULES)
def try_rules(request: HttpRequest, body: RulesBody) -> EffectAnswer:
    """What they would do to the stored data, with examples; nothing is changed. Seconds for a million customers."""
    return effect_answer(identity_actions.try_rules(text=body.text, viewer=viewer_of(request)))


@router.put("/identity/rules", response={202: RuleVersion, **PROBLEMS}, summary="Change the rules")
@needs(Right.IDENTITY_RULES)
def save_rules(request: HttpRequest, body: SaveBody) -> Status[RuleVersion]:
    """They hold for new events at once; the stored data follow in the background."""
    viewer = viewer_of(request)
    return Status(202, identity_actions.save_rules(text=body.text, why=body.why, base=body.base, viewer=viewer))


@router.post("/identity/rules/undo", response={202: RuleVersion, **PROBLEMS}, summary="Take the newest rules back")
@needs(Right.IDENTITY_RULES)
def undo_rules(request: HttpRequest) -> Status[RuleVersion]:
    """The rules before hold again, as a new version."""
    return Status(202, identity_actions.undo_rules(viewer=viewer_of(request)))


def effect_answer(effect: Effect) -> EffectAnswer:
    """Write customers' numbers as texts."""
    told = asdict(effect)
    for name in ("splits", "joins"):
        told[name] = [
            {
                "before": [str(n) for n in each["before"]],
                "after": [str(n) for n in each["after"]],
                "persons": each["persons"],
            }
            for each in told[name]
        ]
    return EffectAnswer(**told)


def _rules() -> RulesAnswer:
    return RulesAnswer(
        version=identity.rules_in_force().version,
        text=identity.rules_text(),
        versions=list(identity.rule_versions()),
    )


def _decided(told: Decided) -> DecisionAnswer:
    return DecisionAnswer(
        id=told.id,
        verb=told.verb,
        customers=[str(each) for each in told.customers],
        undoes=told.undoes or None,
        by=told.by,
        why=told.why,
        decided_at=told.decided_at,
        is_in_force=told.is_in_force,
    )
