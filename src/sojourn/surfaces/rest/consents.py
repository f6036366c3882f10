"""Purposes, what customers said about them, and links to the preference centre."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import (
    Basis,
    ConsentDay,
    How,
    ImportedConsents,
    Notice,
    NoticeText,
    PreferenceLink,
    Proof,
    PurposeCount,
    PurposeTerms,
    Standing,
    Word,
)
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.profiles import Number
from sojourn.surfaces.rest.types import Flag, Instant, PlainNumber

router = Router(tags=["consents"])
PurposeName = Annotated[str, Path(min_length=2, max_length=32, pattern="^[a-z][a-z0-9_]*$")]
TEXT_MAX_CHARACTERS = 20_000_000


class PurposeBody(Schema):
    """A purpose: what it rests on and how it is refused."""

    title: str = Field(min_length=1, max_length=100)
    basis: Basis = Field(description="With opt_in silence is no, with opt_out yes; the others nobody can refuse.")
    is_active: Flag = True
    expires_months: Annotated[int, PlainNumber, Field(ge=1, le=120)] | None = Field(
        None, description="A grant runs out after so many months."
    )
    refused_by_signal: Flag = Field(False, description="Whether Global Privacy Control objects to it.")
    categories: list[str] = Field([], max_length=20, description="Categories of consent banners that mean it.")
    tcf: list[Annotated[int, PlainNumber]] = Field(
        [], max_length=11, description="Purposes of the TCF, all of which must be granted."
    )
    right: str = Field("", max_length=40, description="Under contract or legal duty: what its readers need.")


class NoticeBody(Schema):
    """A notice in one language."""

    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=5_000)


class NoticesBody(Schema):
    """The next version of a purpose's notice."""

    texts: dict[str, NoticeBody] = Field(max_length=40, description="By language code, such as en or pt-BR.")
    opens_earlier: Flag = Field(False, description="The text says that a grant covers what was collected before.")


class ConsentBody(Schema):
    """What a customer said. Name them by one of `customer`, `user_id` and `email`."""

    customer: Annotated[int, PlainNumber, Field(ge=0, lt=1 << 63)] | None = None
    user_id: str = Field("", max_length=400)
    email: str = Field("", max_length=320)
    choices: dict[str, Flag] = Field({}, max_length=40, description="By purpose: true grants, false refuses.")
    at: Instant | None = Field(None, description="When they said it; without it now.")
    how: Literal["agent", "form", "api", "banner", "tcf"] = "api"
    source: str = Field("", max_length=100, description="Form, site or branch.")
    notice: Annotated[int, PlainNumber, Field(ge=1, lt=1 << 31)] | None = Field(
        None, description="Version of the notice that they were shown."
    )
    language: str = Field("", max_length=12, description="Language of the notice that they were shown.")
    tc_string: str = Field("", max_length=8_192, description="A TCF string: read, and kept sealed as evidence.")


class ConsentsText(Schema):
    """Consents as CSV."""

    text: str = Field(min_length=1, max_length=TEXT_MAX_CHARACTERS)
    name: str = Field("file", min_length=1, max_length=100, description="Where they come from.")


class LinkBody(Schema):
    """A link to the preference centre."""

    days: Annotated[int, PlainNumber, Field(ge=1, le=365)] | None = Field(None, description="Days for which it opens.")


class ConsentsOfCustomer(Schema):
    """Where a customer stands with each purpose, and all that they said, newest first."""

    standings: list[Standing]
    words: list[Word]


class Noted(Schema):
    """Whose choices were noted."""

    customer: str
    standings: list[Standing]


class LinkAnswer(Schema):
    """The address below the server's own; it is shown this once."""

    address: str
    expires_at: datetime


@router.get("/purposes", response={200: list[PurposeTerms], **PROBLEMS}, summary="List the purposes")
@needs(Right.CONSENTS_READ)
def list_purposes(request: HttpRequest, retired: bool = False) -> list[PurposeTerms]:
    """Built-in ones first."""
    return list(queries.purposes(retired=retired))


@router.put("/purposes/{purpose}", response={200: PurposeTerms, **PROBLEMS}, summary="Make or change a purpose")
@needs(Right.PURPOSES_MANAGE)
def put_purpose(request: HttpRequest, purpose: PurposeName, body: PurposeBody) -> PurposeTerms:
    """A purpose keeps its name and whether it can be refused."""
    return actions.save_purpose(
        name=purpose,
        title=body.title,
        basis=body.basis,
        is_active=body.is_active,
        expires_months=body.expires_months,
        refused_by_signal=body.refused_by_signal,
        categories=tuple(body.categories),
        tcf=tuple(body.tcf),
        right=body.right,
        viewer=viewer_of(request),
    )


@router.get("/purposes/{purpose}/notices", response={200: list[Notice], **PROBLEMS}, summary="List a purpose's notices")
@needs(Right.CONSENTS_READ)
def list_notices(request: HttpRequest, purpose: PurposeName) -> list[Notice]:
    """All versions ever published, newest first."""
    return list(queries.notices(purpose=purpose))


@router.post("/purposes/{purpose}/notices", response={201: list[Notice], **PROBLEMS}, summary="Publish a notice")
@needs(Right.PURPOSES_MANAGE)
def publish(request: HttpRequest, purpose: PurposeName, body: NoticesBody) -> Status[list[Notice]]:
    """The next version in all its languages; earlier ones stay as proof."""
    texts = {language: NoticeText(title=each.title, text=each.text) for language, each in body.texts.items()}
    viewer = viewer_of(request)
    return Status(
        201,
        list(actions.publish_notice(purpose=purpose, texts=texts, opens_earlier=body.opens_earlier, viewer=viewer)),
    )


@router.get("/consents", response={200: list[PurposeCount], **PROBLEMS}, summary="Count consents by purpose")
@needs(Right.CONSENTS_READ)
def counts(request: HttpRequest) -> list[PurposeCount]:
    """Of the customers whom the viewer sees; numbers below the privacy minimum are null."""
    return list(queries.consent_counts(viewer=viewer_of(request)))


@router.get("/consents/days", response={200: list[ConsentDay], **PROBLEMS}, summary="Count consents by day")
@needs(Right.CONSENTS_READ)
def days(request: HttpRequest) -> list[ConsentDay]:
    """Customers who said yes or no on each of the last 90 days, purpose by purpose."""
    return list(queries.consent_days(viewer=viewer_of(request)))


@router.post("/consents", response={200: Noted, **PROBLEMS}, summary="Note a customer's choices")
@needs(Right.CONSENTS_WRITE)
def note(request: HttpRequest, body: ConsentBody) -> Noted:
    """They act on the next read. Audited, without what names the customer."""
    viewer = viewer_of(request)
    if [body.customer is not None, bool(body.user_id), bool(body.email)].count(True) != 1:
        raise InvalidError("customer, user_id, email: give one of the three.")
    customer = body.customer
    if customer is None:
        customer = actions.customer_called(user_id=body.user_id, email=body.email, viewer=viewer)
    proof = Proof(how=How(body.how), source=body.source, by=viewer.name, notice=body.notice, language=body.language)
    current = actions.note_choices(
        customer=customer, choices=body.choices, at=body.at, proof=proof, tc_string=body.tc_string, viewer=viewer
    )
    return Noted(customer=str(current), standings=list(queries.standings_of(current)))


@router.post("/consents/import", response={200: ImportedConsents, **PROBLEMS}, summary="Import consents from CSV")
@needs(Right.CONSENTS_WRITE)
def import_consents(request: HttpRequest, body: ConsentsText) -> ImportedConsents:
    """A row a word, or a column a purpose; rows that are wrong are refused one by one."""
    return actions.import_consents(text=body.text, name=body.name, viewer=viewer_of(request))


@router.get(
    "/customers/{customer}/consents",
    response={200: ConsentsOfCustomer, **PROBLEMS},
    summary="Show a customer's consents",
)
@needs(Right.CONSENTS_READ)
def of_customer(request: HttpRequest, customer: Number) -> ConsentsOfCustomer:
    """Where they stand today, and each word with its proof."""
    viewer = viewer_of(request)
    return ConsentsOfCustomer(
        standings=list(queries.standings(customer=customer, viewer=viewer)),
        words=list(queries.words(customer=customer, viewer=viewer)),
    )


@router.post(
    "/customers/{customer}/preference-link",
    response={201: LinkAnswer, **PROBLEMS},
    summary="Make a link to a customer's preference centre",
)
@needs(Right.CONSENTS_WRITE)
def link(request: HttpRequest, customer: Number, body: LinkBody) -> Status[PreferenceLink]:
    """Without an account; it opens until it runs out. Audited."""
    return Status(201, actions.make_preference_link(customer=customer, days=body.days, viewer=viewer_of(request)))
