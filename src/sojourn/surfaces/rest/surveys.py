"""Surveys: what they ask, and how they go live."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import SurveyRecord, SurveyVersion
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import plain

router = Router(tags=["surveys"])
Slug = Annotated[str, Path(max_length=63)]
Word = Annotated[str, Field(max_length=63)]


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
    return _detail(queries.survey(plain(slug), viewer=viewer_of(request)))


@router.put("/surveys/{slug}", response={200: SurveyDetail, **PROBLEMS}, summary="Save a survey's draft")
@needs(Right.SURVEYS_WRITE)
def save_survey(request: HttpRequest, slug: Slug, body: SurveyText) -> SurveyDetail:
    """Makes the survey where there is none. A live version stays live until the draft is approved and started."""
    survey = queries.read_survey(plain(body.document))
    return _detail(actions.save_survey(slug=slug, survey=survey, viewer=viewer_of(request)))


@router.post("/surveys/{slug}/approve", response={200: SurveyAnswer, **PROBLEMS}, summary="Approve a survey's draft")
@needs(Right.SURVEYS_APPROVE)
def approve_survey(request: HttpRequest, slug: Slug) -> SurveyAnswer:
    """For somebody who has not written it."""
    return SurveyAnswer(**_answer(actions.approve_survey(slug=plain(slug), viewer=viewer_of(request))))


@router.post("/surveys/{slug}/start", response={200: SurveyAnswer, **PROBLEMS}, summary="Let a survey go live")
@needs(Right.SURVEYS_WRITE)
def start_survey(request: HttpRequest, slug: Slug) -> SurveyAnswer:
    """The version that was approved, in place of the one before."""
    return SurveyAnswer(**_answer(actions.start_survey(slug=plain(slug), viewer=viewer_of(request))))


@router.post("/surveys/{slug}/end", response={200: SurveyAnswer, **PROBLEMS}, summary="End a survey")
@needs(Right.SURVEYS_WRITE)
def end_survey(request: HttpRequest, slug: Slug) -> SurveyAnswer:
    """Its links take nothing any more; what was answered stays."""
    return SurveyAnswer(**_answer(actions.end_survey(slug=plain(slug), viewer=viewer_of(request))))


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
