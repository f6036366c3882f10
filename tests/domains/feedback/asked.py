"""Surveys for the tests of feedback."""

from __future__ import annotations

from typing import Any

from sojourn.domains.access.contracts import Role, Scope, Viewer
from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import LinkTerms, Survey, SurveyRecord, Visit

LEAD = Viewer(name="person:1", role=Role.CX_LEAD, scopes=frozenset(Scope))
SECOND = Viewer(name="person:2", role=Role.CX_LEAD, scopes=frozenset(Scope))
ANALYST = Viewer(name="person:3", role=Role.ANALYST, scopes=frozenset(Scope))
VIEWER = Viewer(name="person:4", role=Role.VIEWER, scopes=frozenset(Scope))

VISIT = """
title: {en: "Your visit", ar: "زيارتك"}
languages: [en, ar]
follows: interaction
touchpoint: branch
min_seconds: 0
questions:
  - {id: nps, kind: nps, required: true, text: {en: "Would you recommend us?", ar: "هل توصي بنا؟"}}
  - {id: why, kind: text, text: {en: "Why {{answer:nps}}?", ar: "لماذا {{answer:nps}}؟"}}
  - id: gone
    kind: single
    text: {en: "Will you stay?", ar: "هل ستبقى؟"}
    when: [{question: nps, at_most: 6}]
    options: [{id: stay, text: {en: "I stay", ar: "سأبقى"}}, {id: leave, text: {en: "I leave", ar: "سأرحل"}}]
  - {id: ease, kind: ces_ease, text: {en: "It was easy.", ar: "كان سهلا."}}
  - {id: mail, kind: contact, text: {en: "Shall we write to you?", ar: "هل نكتب لك؟"}}
"""


def document(**changes: Any) -> Survey:
    """Read the survey, with some of its fields changed."""
    plain = queries.survey_document(queries.read_survey(VISIT)) | changes
    return queries.read_survey(_json(plain))


def live(slug: str = "visit", survey: Survey | None = None) -> SurveyRecord:
    """Write, approve and start a survey."""
    actions.save_survey(slug=slug, survey=survey or document(), viewer=LEAD)
    actions.approve_survey(slug=slug, viewer=SECOND)
    return actions.start_survey(slug=slug, viewer=LEAD)


def opened(slug: str = "visit", **terms: Any) -> Visit:
    """Make a link and open it."""
    made = actions.add_link(slug=slug, terms=LinkTerms(name="exit", **terms), viewer=LEAD)
    return queries.visit(made.token)


def _json(plain: Any) -> str:
    import json

    return json.dumps(plain)
