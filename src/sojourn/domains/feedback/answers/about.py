"""What stands around answers: whose they are, what may be known of them, what their events bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.conf import settings

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection.contracts import Held
from sojourn.domains.feedback.answers.links import sealer_of
from sojourn.domains.feedback.models import InvitationRow, ResponseRow, SparedRow
from sojourn.domains.feedback.surveys.reading import PIPED
from sojourn.domains.feedback.words.answers import Visit
from sojourn.domains.feedback.words.surveys import QuestionKind, Survey, SurveyVersion
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy import queries as privacy_queries
from sojourn.domains.privacy.contracts import How, Proof, Purpose

AT_ONCE: Final = 500


def traits(found: Visit) -> dict[str, Any]:
    """Give what the survey asks to know of an invited customer, where its purpose may read them; else nothing."""
    wanted = _wanted(found.version.survey)
    if found.person is None or not wanted:
        return {}
    purpose = Purpose(found.version.survey.purpose)
    reached = privacy_queries.found([found.person], purpose=purpose, viewer=SYSTEM)
    if found.person not in reached:
        return {}
    known = identity.traits_of(identity.persons_of(customer=reached[found.person]))
    newest = sorted(known, key=lambda each: (each.occurred_at, each.person))
    return {each.name: each.value for each in newest if each.name in wanted}


def around(found: Visit, row: ResponseRow, *, is_partial: bool) -> dict[str, Any]:
    """Give the properties that each event of a response bears."""
    told = {
        "survey": found.survey,
        "version": found.version.number,
        "response": f"r{row.pk:016x}",
        "language": row.language,
        "is_partial": is_partial,
        "channel": found.channel,
        "unit": found.unit,
        "touchpoint": found.touchpoint or found.version.survey.touchpoint,
        "product": found.version.survey.product,
    }
    return {name: value for name, value in told.items() if value != ""}


def visit_of(row: ResponseRow, version: SurveyVersion) -> Visit:
    """Give the visit that a response came from."""
    source = row.invitation or row.link
    return Visit(
        survey=row.survey.slug,
        survey_id=row.survey_id,
        version=version,
        link=row.link_id,
        invitation=row.invitation_id,
        person=row.person,
        channel=source.channel if source else "",
        unit=source.unit if source else "",
        touchpoint=source.touchpoint if source else "",
        language=row.language,
    )


def note_consents(found: Visit, answers: Mapping[str, Any], at: datetime) -> None:
    """Note what an invited customer said to questions about purposes."""
    asked = [each for each in found.version.survey.questions if each.kind is QuestionKind.CONSENT]
    choices = {each.purpose: answers[each.id] == "yes" for each in asked if each.id in answers}
    if found.person is not None and choices:
        proof = Proof(how=How.FORM, source=f"survey:{found.survey}")
        privacy.record_choices(customer=found.person, choices=choices, at=at, proof=proof)


def forget(persons: Sequence[int]) -> None:
    """Delete what erased persons answered and that they were asked."""
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        ResponseRow.objects.filter(person__in=some).delete()
        InvitationRow.objects.filter(person__in=some).delete()
        SparedRow.objects.filter(person__in=some).delete()


def told(persons: Sequence[int]) -> Iterable[Held]:
    """Tell which surveys persons were asked to answer, and what they answered."""
    yield Held(
        heading="Surveys",
        explanation="Which surveys we asked you to answer, and what you answered.",
        records=_told(persons),
    )


def _told(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    sealer = sealer_of(settings.SOJOURN)
    for at in range(0, len(persons), AT_ONCE):
        some = persons[at : at + AT_ONCE]
        for asked in InvitationRow.objects.filter(person__in=some).select_related("survey").order_by("pk"):
            yield {"survey": asked.survey.slug, "asked_at": asked.made_at.isoformat(), "channel": asked.channel}
        for spared in SparedRow.objects.filter(person__in=some).select_related("survey").order_by("pk"):
            yield {"survey": spared.survey.slug, "not_asked_at": spared.at.isoformat(), "reason": spared.reason}
        for row in ResponseRow.objects.filter(person__in=some).select_related("survey").order_by("started_at"):
            answers = msgspec.json.decode(sealer.open(bytes(row.sealed), use="response"))
            yield {"survey": row.survey.slug, "answered_at": row.changed_at.isoformat(), "answers": answers}


def _wanted(survey: Survey) -> set[str]:
    """Name the traits that a survey branches on or puts into its texts."""
    named = {each.trait for question in survey.questions for each in question.when if each.trait}
    named |= {each.trait for quota in survey.quotas for each in quota.when if each.trait}
    texts = [text for question in survey.questions for text in question.text.values()]
    texts += [*survey.title.values(), *survey.intro.values(), *survey.thanks.values()]
    return named | {name for text in texts for what, name, _ in PIPED.findall(text) if what == "trait"}
