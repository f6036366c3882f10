"""A survey is written, approved by somebody else, goes live and ends; what it asks is checked before."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from domains.feedback.asked import ANALYST, LEAD, SECOND, VIEWER, VISIT, document, live
from sojourn.domains.access.models import AuditRow
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import SCALES, QuestionKind, SurveyState, VersionState
from sojourn.domains.feedback.surveys.look import contrast
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_second_person_approves_what_goes_live() -> None:
    actions.save_survey(slug="visit", survey=document(), viewer=LEAD)
    with pytest.raises(ConflictError, match="second person"):
        actions.start_survey(slug="visit", viewer=LEAD)
    with pytest.raises(ConflictError, match="does not approve it"):
        actions.approve_survey(slug="visit", viewer=LEAD)
    with pytest.raises(ForbiddenError, match=r"surveys\.approve"):
        actions.approve_survey(slug="visit", viewer=ANALYST)
    assert actions.approve_survey(slug="visit", viewer=SECOND).newest.state is VersionState.APPROVED
    found = actions.start_survey(slug="visit", viewer=LEAD)
    assert (found.state, found.live and found.live.number) == (SurveyState.LIVE, 1)


def test_where_one_person_works_alone_they_may_approve_what_they_wrote(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, surveys_two_people=0)
    actions.save_survey(slug="visit", survey=document(), viewer=LEAD)
    assert actions.approve_survey(slug="visit", viewer=LEAD).newest.approved_by == LEAD.name


def test_a_change_takes_an_approval_back_and_leaves_the_live_version_alone() -> None:
    live()
    changed = actions.save_survey(slug="visit", survey=document(min_seconds=5), viewer=LEAD)
    assert (changed.newest.number, changed.live and changed.live.number) == (2, 1)
    actions.approve_survey(slug="visit", viewer=SECOND)
    again = actions.save_survey(slug="visit", survey=document(min_seconds=6), viewer=ANALYST)
    assert (again.newest.number, again.newest.state) == (2, VersionState.DRAFT)
    with pytest.raises(ConflictError):  # who wrote an earlier draft of it is a writer, too
        actions.approve_survey(slug="visit", viewer=LEAD)
    actions.approve_survey(slug="visit", viewer=SECOND)
    assert [each.state for each in queries.versions("visit", viewer=VIEWER)] == ["approved", "live"]
    actions.start_survey(slug="visit", viewer=LEAD)
    assert [each.state for each in queries.versions("visit", viewer=VIEWER)] == ["live", "replaced"]


def test_an_ended_survey_is_not_changed_any_more() -> None:
    live()
    assert actions.end_survey(slug="visit", viewer=LEAD).state is SurveyState.ENDED
    with pytest.raises(ConflictError):
        actions.save_survey(slug="visit", survey=document(), viewer=LEAD)
    with pytest.raises(ConflictError):
        actions.end_survey(slug="visit", viewer=LEAD)
    with pytest.raises(NotFoundError):
        queries.survey("nothing", viewer=VIEWER)


def test_every_step_stands_in_the_audit_log() -> None:
    live()
    found = set(AuditRow.objects.filter(object="survey:visit").values_list("what", flat=True))
    assert found == {"survey.save", "survey.approve", "survey.start"}


def test_what_is_written_is_read_back_the_same() -> None:
    survey = queries.read_survey(VISIT)
    assert queries.read_survey(queries.write_survey(survey)) == survey
    assert [each.scale for each in survey.questions] == ["0-10", "", "", "1-7", ""]
    assert [each.direction for each in survey.questions if each.is_scored] == ["high", "high"]


@pytest.mark.parametrize(
    ("was", "then", "said"),
    [
        ("kind: nps,", "kind: npx,", "Invalid enum value 'npx'"),
        ("required: true", "requird: true", "unknown field `requird`"),
        (', ar: "هل توصي بنا؟"}', "}", "nps): text: it is missing in ar"),
        ("question: nps, at_most", "question: later, at_most", "gone): when: later is not asked before"),
        ("answer:nps", "answer:ease", "why): text: ease is not asked before"),
        ("answer:nps", "trait:iban", "can stand in a text, not iban"),
        ("kind: ces_ease,", "kind: ces_ease, scale: 1-5,", "ces_ease is asked on 1-7"),
        ("kind: nps,", "kind: nps, direction: low,", "the good end of nps is the high one"),
        ("kind: text,", "kind: text, scale: 1-5,", "this kind of question has none"),
        ("id: why", "id: nps", "another question has it"),
        ("id: stay", "id: leave", "each has an id of its own"),
        ("min_seconds: 0", "look: {colour: '#ffe000'}", "have a contrast of 1.3:1"),
        ("title: {en", "title: *en", "this is not YAML in line 2"),
        ("touchpoint: branch", "touchpoint: [1]", r"Expected `str`, got `array` - at `$.touchpoint`"),
    ],
)
def test_a_survey_that_means_nothing_is_refused_with_the_place(was: str, then: str, said: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        queries.read_survey(VISIT.replace(was, then, 1))
    assert said in refusal.value.message


def test_a_purpose_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidError, match="there is no purpose"):
        actions.save_survey(slug="visit", survey=document(purpose="nothing"), viewer=LEAD)


def test_every_template_is_a_survey_whose_questions_say_why() -> None:
    found = queries.templates()
    assert {each.industry for each in found} >= {"bank", "retail", "SaaS", "healthcare", "telecom"}
    for each in found:
        assert all(question.reason for question in each.survey.questions), each.name
        assert not list(queries.doubts(each.survey)), each.name
        assert queries.read_survey(queries.write_survey(each.survey)) == each.survey
    kinds = {question.kind for each in found for question in each.survey.questions}
    assert kinds >= set(SCALES), "every scored form is shown by a template"


def test_servqual_asks_each_dimension_in_a_pair_on_one_scale() -> None:
    questions = queries.template("servqual").survey.questions
    pairs = {each.dimension: {one.side for one in questions if one.dimension == each.dimension} for each in questions}
    assert len(pairs) == 5 and set(map(frozenset, pairs.values())) == {frozenset({"expected", "perceived"})}
    assert {each.scale for each in questions} == {"1-7"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"intro": {"en": "Please give us a 10, my bonus depends on it.", "ar": "..."}}, "introduction begs"),
        ({}, "right after an interaction"),
    ],
)
def test_a_survey_that_bends_its_answers_is_told_so(changes: dict[str, Any], said: str) -> None:
    assert any(said in each for each in queries.doubts(document(**changes)))


def test_contrast_is_that_of_the_guideline() -> None:
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
    assert QuestionKind("nps") is QuestionKind.NPS
