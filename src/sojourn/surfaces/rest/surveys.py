"""Surveys: what they ask, how they go live, their links, and answers given elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import AwareDatetime, Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import GivenAnswer, Link, LinkTerms, SurveyRecord, SurveyVersion
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import Flag, PlainNumber

router = Router(tags=["surveys"])
Slug = Annotated[str, Path(max_length=63)]
Word = Annotated[str, Field(max_length=63)]
Number = Annotated[str, Field(pattern=r"^\d{1,18}$|^[1-8]\d{18}$", description="A customer's number.")]


class TemplateAnswer(Schema):
    """A survey to begin with; `document` is YAML."""

    name: str
    industry: str
    title: str
    about: str
    questions: int
    document: str


class SurveyText(Schema):
    """A survey as a document: YAML, or JSON, which is YAML."""

    document: Annotated[str, Field(min_length=1, max_length=200_000)]


class VersionAnswer(Schema):
    """A version of a survey."""

    number: int
    state: str
    saved_by: str
    saved_at: datetime
    approved_by: str
    approved_at: datetime | None


class SurveyAnswer(Schema):
    """A survey: where it stands, and how many answers its links and the API took."""

    slug: str
    title: str
    state: str
    newest: VersionAnswer
    live: VersionAnswer | None
    answers: int
    partial: int
    held: int = Field(description="Kept apart because they look like a machine's.")
    warnings: list[str]
    made_at: datetime
    ended_at: datetime | None


class SurveyDetail(SurveyAnswer):
    """A survey with the document of its newest version."""

    document: str


class LinkText(Schema):
    """A link to make; the answers through it bear channel, unit and touchpoint."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    is_kiosk: Flag = Field(False, description="Begin anew after each answer, for a device in the branch.")
    channel: Word = "web"
    unit: Word = ""
    touchpoint: Word = ""


class HeldText(Schema):
    """Answers that are kept apart because they look like a machine's; what they say is not shown."""

    id: str
    why: str = Field(description="honeypot: a field that nobody sees was filled in; too_fast.")
    at: datetime
    seconds: int
    questions: int


class HeldVerdict(Schema):
    """What held answers are."""

    is_person: bool = Field(description="true lets them count; false discards what they say, for good.")


class Judged(Schema):
    """What the answers are now."""

    state: str


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


class AnswerText(Schema):
    """One whole answer: a value for each question that was answered."""

    id: Annotated[str, Field(min_length=1, max_length=200, description="Your own; the same id counts once.")]
    values: dict[str, Any] = Field(
        description="By question id: a score, a number, a day, a text, an option's id, a list of them, scores by row."
    )
    answered_at: AwareDatetime | None = None
    user_id: Annotated[str, Field(max_length=200)] | None = None
    anonymous_id: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=12)] = ""
    channel: Word = ""
    unit: Word = ""
    touchpoint: Word = ""
    is_partial: Flag = False


class AnswersText(Schema):
    """Answers, 1,000 at most."""

    answers: Annotated[list[AnswerText], Field(min_length=1, max_length=1_000)]


class RefusedText(Schema):
    """An answer that was not taken."""

    index: int
    reason: str


class TakenText(Schema):
    """What became of the answers."""

    taken: int
    known: int = Field(description="Counted already.")
    refused: list[RefusedText]


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


@router.get("/surveys/templates", response={200: Page[TemplateAnswer], **PROBLEMS}, summary="List survey templates")
def survey_templates(request: HttpRequest) -> Page[TemplateAnswer]:
    """Surveys to begin with, by industry; each question says why it is asked."""
    return Page[TemplateAnswer](
        items=[
            TemplateAnswer(
                name=each.name,
                industry=each.industry,
                title=each.title,
                about=each.about,
                questions=len(each.survey.questions),
                document=queries.write_survey(each.survey),
            )
            for each in queries.templates()
        ]
    )


@router.get("/surveys", response={200: Page[SurveyAnswer], **PROBLEMS}, summary="List surveys")
@needs(Right.FIGURES_READ, whole=True)
def list_surveys(request: HttpRequest) -> Page[SurveyAnswer]:
    """Those that are live first."""
    return Page[SurveyAnswer](
        items=[SurveyAnswer(**_answer(each)) for each in queries.surveys(viewer=viewer_of(request))]
    )


@router.get("/surveys/{slug}", response={200: SurveyDetail, **PROBLEMS}, summary="Show a survey")
@needs(Right.FIGURES_READ, whole=True)
def get_survey(request: HttpRequest, slug: Slug) -> SurveyDetail:
    """With the document of its newest version."""
    return _detail(queries.survey(_plain(slug), viewer=viewer_of(request)))


@router.put("/surveys/{slug}", response={200: SurveyDetail, **PROBLEMS}, summary="Save a survey's draft")
@needs(Right.SURVEYS_WRITE)
def save_survey(request: HttpRequest, slug: Slug, body: SurveyText) -> SurveyDetail:
    """Makes the survey where there is none. A live version stays live until the draft is approved and started."""
    survey = queries.read_survey(_plain(body.document))
    return _detail(actions.save_survey(slug=slug, survey=survey, viewer=viewer_of(request)))


@router.post("/surveys/{slug}/approve", response={200: SurveyAnswer, **PROBLEMS}, summary="Approve a survey's draft")
@needs(Right.SURVEYS_APPROVE)
def approve_survey(request: HttpRequest, slug: Slug) -> SurveyAnswer:
    """For somebody who has not written it."""
    return SurveyAnswer(**_answer(actions.approve_survey(slug=_plain(slug), viewer=viewer_of(request))))


@router.post("/surveys/{slug}/start", response={200: SurveyAnswer, **PROBLEMS}, summary="Let a survey go live")
@needs(Right.SURVEYS_WRITE)
def start_survey(request: HttpRequest, slug: Slug) -> SurveyAnswer:
    """The version that was approved, in place of the one before."""
    return SurveyAnswer(**_answer(actions.start_survey(slug=_plain(slug), viewer=viewer_of(request))))


@router.post("/surveys/{slug}/end", response={200: SurveyAnswer, **PROBLEMS}, summary="End a survey")
@needs(Right.SURVEYS_WRITE)
def end_survey(request: HttpRequest, slug: Slug) -> SurveyAnswer:
    """Its links take nothing any more; what was answered stays."""
    return SurveyAnswer(**_answer(actions.end_survey(slug=_plain(slug), viewer=viewer_of(request))))


@router.get("/surveys/{slug}/links", response={200: Page[LinkAnswer], **PROBLEMS}, summary="List a survey's links")
@needs(Right.FIGURES_READ, whole=True)
def list_links(request: HttpRequest, slug: Slug) -> Page[LinkAnswer]:
    """Newest first, with how often each was opened and answered."""
    found = queries.links(_plain(slug), viewer=viewer_of(request))
    return Page[LinkAnswer](items=[_link(each) for each in found])


@router.post("/surveys/{slug}/links", response={201: LinkAnswer, **PROBLEMS}, summary="Make a link to a survey")
@needs(Right.SURVEYS_WRITE)
def add_link(request: HttpRequest, slug: Slug, body: LinkText) -> Status[LinkAnswer]:
    """One that many may answer through: on a receipt, a poster, a device in the branch."""
    terms = LinkTerms(
        name=_plain(body.name),
        is_kiosk=body.is_kiosk,
        channel=_plain(body.channel),
        unit=_plain(body.unit),
        touchpoint=_plain(body.touchpoint),
    )
    return Status(201, _link(actions.add_link(slug=_plain(slug), terms=terms, viewer=viewer_of(request))))


@router.patch(
    "/surveys/{slug}/links/{link}", response={200: LinkAnswer, **PROBLEMS}, summary="Switch a link of a survey"
)
@needs(Right.SURVEYS_WRITE)
def switch_link(
    request: HttpRequest, slug: Slug, link: Annotated[int, Path(ge=1, lt=1 << 47)], body: LinkSwitch
) -> LinkAnswer:
    """Switched off, it says that the survey has ended."""
    switched = actions.switch_link(slug=_plain(slug), link=link, is_active=body.is_active, viewer=viewer_of(request))
    return _link(switched)


@router.get("/surveys/{slug}/invitations", response={200: AskedText, **PROBLEMS}, summary="Show who was invited")
@needs(Right.FIGURES_READ, whole=True)
def asked(request: HttpRequest, slug: Slug) -> AskedText:
    """Counts by channel and unit, and of those who were spared by reason."""
    viewer, plain = viewer_of(request), _plain(slug)
    found = [
        OpportunityText(
            channel=each.channel, unit=each.unit, invited=each.invited, opened=each.opened, answered=each.answered
        )
        for each in queries.opportunities(plain, viewer=viewer)
    ]
    return AskedText(opportunities=found, spared=queries.spared(plain, viewer=viewer))


@router.post("/surveys/{slug}/invitations", response={200: InvitationsText, **PROBLEMS}, summary="Invite to a survey")
@needs(Right.SURVEYS_WRITE)
def invite(request: HttpRequest, slug: Slug, body: InviteText) -> InvitationsText:
    """Make links of one answer each, for your own tool to send. Who may not be asked, or was lately, is spared."""
    made = actions.invite(
        slug=_plain(slug),
        customers=[int(each) for each in body.customers],
        anyone=body.anyone,
        channel=_plain(body.channel),
        unit=_plain(body.unit),
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


@router.get("/surveys/{slug}/held", response={200: Page[HeldText], **PROBLEMS}, summary="List answers held apart")
@needs(Right.SURVEYS_WRITE)
def list_held(request: HttpRequest, slug: Slug) -> Page[HeldText]:
    """Newest first, 200 at most: those that look like a machine's. They count nowhere."""
    found = queries.held_answers(_plain(slug), viewer=viewer_of(request))
    return Page[HeldText](
        items=[
            HeldText(id=str(each.id), why=each.why, at=each.at, seconds=each.seconds, questions=each.questions)
            for each in found
        ]
    )


@router.post("/surveys/{slug}/held/{response}", response={200: Judged, **PROBLEMS}, summary="Judge answers held apart")
@needs(Right.SURVEYS_WRITE)
def judge(
    request: HttpRequest, slug: Slug, response: Annotated[int, Path(ge=1, lt=1 << 63)], body: HeldVerdict
) -> Judged:
    """Let them in, as given when they were, or discard them."""
    viewer = viewer_of(request)
    state = actions.judge_answers(_plain(slug), response=response, is_person=body.is_person, viewer=viewer)
    return Judged(state=state.value)


@router.post("/surveys/{slug}/answers", response={200: TakenText, **PROBLEMS}, summary="Give answers to a survey")
@needs(Right.ANSWERS_WRITE)
def give_answers(request: HttpRequest, slug: Slug, body: AnswersText) -> TakenText:
    """Whole answers from elsewhere, durable when this answers. One that means nothing is refused alone."""
    given = [GivenAnswer(**each.dict()) for each in body.answers]
    taken = actions.take_answers(slug=_plain(slug), answers=given, viewer=viewer_of(request))
    refused = [RefusedText(index=each.index, reason=each.reason) for each in taken.refused]
    return TakenText(taken=taken.taken, known=taken.known, refused=refused)


def _answer(record: SurveyRecord) -> dict[str, Any]:
    return {
        "slug": record.slug,
        "title": record.title,
        "state": record.state.value,
        "newest": _version(record.newest),
        "live": _version(record.live) if record.live else None,
        "answers": record.answers,
        "partial": record.partial,
        "held": record.held,
        "warnings": list(record.warnings),
        "made_at": record.made_at,
        "ended_at": record.ended_at,
    }


def _detail(record: SurveyRecord) -> SurveyDetail:
    return SurveyDetail(**_answer(record), document=queries.write_survey(record.newest.survey))


def _version(version: SurveyVersion) -> VersionAnswer:
    return VersionAnswer(
        number=version.number,
        state=version.state.value,
        saved_by=version.saved_by,
        saved_at=version.saved_at,
        approved_by=version.approved_by,
        approved_at=version.approved_at,
    )


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


def _plain(text: str) -> str:
    return text.replace("\x00", "")
