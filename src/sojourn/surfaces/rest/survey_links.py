"""Links to surveys: for many, or one for each who is invited."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import Link, LinkTerms
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.surveys import Slug, Word
from sojourn.surfaces.rest.types import Flag, PlainNumber, plain

router = Router(tags=["surveys"])
Number = Annotated[str, Field(pattern=r"^\d{1,18}$|^[1-8]\d{18}$", description="A customer's number.")]


class LinkText(Schema):
    """A link to make; the answers through it bear channel, unit and touchpoint."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    is_kiosk: Flag = Field(False, description="Begin anew after each answer, for a device in the branch.")
    channel: Word = "web"
    unit: Word = ""
    touchpoint: Word = ""


class LinkSwitch(Schema):
    """Whether a link takes answers."""

    is_active: Flag


class LinkAnswer(Schema):
    """A link that many may answer through; `path` stands behind the server's address."""

    id: int
    name: str
    path: str
    is_kiosk: bool
    channel: str
    unit: str
    touchpoint: str
    is_active: bool
    made_at: datetime
    opened: int
    answered: int


class InviteText(Schema):
    """Whom to invite: customers by number, so many links for anyone, or both."""

    customers: Annotated[list[Number], Field(max_length=1_000)] = []
    anyone: Annotated[int, PlainNumber, Field(ge=0, le=1_000)] = 0
    channel: Word = "mail"
    unit: Word = ""


class InvitedText(Schema):
    """A link that takes one answer; without a customer it is for whoever gets it."""

    id: int
    customer: str | None
    path: str
    expires_at: datetime


class InvitationsText(Schema):
    """The links made, and how many were spared for which reason."""

    invited: list[InvitedText]
    spared: dict[str, int]


class OpportunityText(Schema):
    """Those invited through a channel, in a unit."""

    channel: str
    unit: str
    invited: int
    opened: int
    answered: int


class AskedText(Schema):
    """Who was invited and what came of it, and who was spared."""

    opportunities: list[OpportunityText]
    spared: dict[str, int]


@router.get("/surveys/{slug}/links", response={200: Page[LinkAnswer], **PROBLEMS}, summary="List a survey's links")
@needs(Right.FIGURES_READ, whole=True)
def list_links(request: HttpRequest, slug: Slug) -> Page[LinkAnswer]:
    """Newest first, with how often each was opened and answered."""
    found = queries.links(plain(slug), viewer=viewer_of(request))
    return Page[LinkAnswer](items=[_link(each) for each in found])


@router.post("/surveys/{slug}/links", response={201: LinkAnswer, **PROBLEMS}, summary="Make a link to a survey")
@needs(Right.SURVEYS_WRITE)
def add_link(request: HttpRequest, slug: Slug, body: LinkText) -> Status[LinkAnswer]:
    """One that many may answer through: on a receipt, a poster, a device in the branch."""
    terms = LinkTerms(
        name=plain(body.name),
        is_kiosk=body.is_kiosk,
        channel=plain(body.channel),
        unit=plain(body.unit),
        touchpoint=plain(body.touchpoint),
    )
    return Status(201, _link(actions.add_link(slug=plain(slug), terms=terms, viewer=viewer_of(request))))


@router.patch(
    "/surveys/{slug}/links/{link}", response={200: LinkAnswer, **PROBLEMS}, summary="Switch a link of a survey"
)
@needs(Right.SURVEYS_WRITE)
def switch_link(
    request: HttpRequest, slug: Slug, link: Annotated[int, Path(ge=1, lt=1 << 47)], body: LinkSwitch
) -> LinkAnswer:
    """Switched off, it says that the survey has ended."""
    switched = actions.switch_link(slug=plain(slug), link=link, is_active=body.is_active, viewer=viewer_of(request))
    return _link(switched)


@router.get("/surveys/{slug}/invitations", response={200: AskedText, **PROBLEMS}, summary="Show who was invited")
@needs(Right.FIGURES_READ, whole=True)
def asked(request: HttpRequest, slug: Slug) -> AskedText:
    """Counts by channel and unit, and of those who were spared by reason."""
    viewer, named = viewer_of(request), plain(slug)
    found = [
        OpportunityText(
            channel=each.channel, unit=each.unit, invited=each.invited, opened=each.opened, answered=each.answered
        )
        for each in queries.opportunities(named, viewer=viewer)
    ]
    return AskedText(opportunities=found, spared=queries.spared(named, viewer=viewer))


@router.post("/surveys/{slug}/invitations", response={200: InvitationsText, **PROBLEMS}, summary="Invite to a survey")
@needs(Right.SURVEYS_WRITE)
def invite(request: HttpRequest, slug: Slug, body: InviteText) -> InvitationsText:
    """Make links of one answer each, for your own tool to send. Who may not be asked, or was lately, is spared."""
    made = actions.invite(
        slug=plain(slug),
        customers=[int(each) for each in body.customers],
        anyone=body.anyone,
        channel=plain(body.channel),
        unit=plain(body.unit),
        viewer=viewer_of(request),
    )
    invited = [
        InvitedText(
            id=each.id,
            customer=None if each.customer is None else str(each.customer),
            path=f"/s/{each.token}",
            expires_at=each.expires_at,
        )
        for each in made.invited
    ]
    return InvitationsText(invited=invited, spared=dict(made.spared))


def _link(link: Link) -> LinkAnswer:
    return LinkAnswer(
        id=link.id,
        name=link.name,
        path=f"/s/{link.token}",
        is_kiosk=link.is_kiosk,
        channel=link.channel,
        unit=link.unit,
        touchpoint=link.touchpoint,
        is_active=link.is_active,
        made_at=link.made_at,
        opened=link.opened,
        answered=link.answered,
    )
