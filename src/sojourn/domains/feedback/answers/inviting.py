"""Invite: links that take one answer, within one budget of contacts over all surveys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import router, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.feedback.answers.links import INVITED, live_version, token_of
from sojourn.domains.feedback.models import InvitationRow, SparedRow, SurveyRow
from sojourn.domains.feedback.surveys.keeping import survey_row
from sojourn.domains.feedback.words.asks import Invitations, Invited, Opportunities, Spared
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import InvalidError

AT_ONCE: Final = 1_000
WORD_MOST: Final = 63


def invite(
    *,
    slug: str,
    customers: Sequence[int] = (),
    anyone: int = 0,
    channel: str = "mail",
    unit: str = "",
    viewer: Viewer,
    now: datetime | None = None,
) -> Invitations:
    """Make a personal link for each customer who may be asked, and so many single links for anyone.

    Spared is whom the survey's purpose does not cover, who was asked in the last `SOJOURN_SURVEY_REST_DAYS` days by
    whichever survey, or who has an invitation to this one that still stands; each with its reason, which is kept.
    Raise ForbiddenError, NotFoundError, InvalidError for too many at once, EndedError where the survey is not live.
    """
    viewer.require(Right.SURVEYS_WRITE)
    _check(customers, anyone, channel, unit)
    row, at = survey_row(slug), now or timezone.now()
    survey = live_version(row.pk).survey
    there = privacy.found(customers, purpose=Purpose(survey.purpose), viewer=viewer)
    wanted = list(dict.fromkeys(there[each] for each in customers if each in there))
    persons = {each: identity.persons_of(customer=each) for each in wanted}
    with transaction.atomic(using=router.db_for_write(InvitationRow)):
        why = _spared(row, wanted, persons, at)
        asked = [each for each in wanted if each not in why]
        made = InvitationRow.objects.bulk_create(
            InvitationRow(
                survey=row, person=person, channel=channel, unit=unit, made_at=at,
                expires_at=at + timedelta(days=survey.expires_days),
            )
            for person in (*asked, *[None] * anyone)
        )  # fmt: skip
        SparedRow.objects.bulk_create(
            SparedRow(survey=row, person=person, reason=reason.value, at=at) for person, reason in why.items()
        )
        count = Counter(reason.value for reason in why.values())
        if unknown := len(set(customers)) - len({each for each in customers if each in there}):
            count[Spared.BASIS.value] += unknown
            SparedRow.objects.bulk_create(
                SparedRow(survey=row, person=None, reason=Spared.BASIS.value, at=at) for _ in range(unknown)
            )
        access.audit(
            viewer=viewer, what="survey.invite", on=f"survey:{slug}", now=now, invited=str(len(made)),
            spared=str(sum(count.values())),
        )  # fmt: skip
    return Invitations(invited=tuple(map(_invited, made)), spared=dict(count))


def opportunities(slug: str, *, viewer: Viewer) -> tuple[Opportunities, ...]:
    """Count those invited, and of them who opened and answered, by channel and unit; raise NotFoundError."""
    viewer.require(Right.FIGURES_READ)
    rows = InvitationRow.objects.filter(survey=survey_row(slug)).values("channel", "unit")
    counted = rows.annotate(invited=Count("pk"), opened=Count("opened_at"), answered=Count("answered_at"))
    return tuple(Opportunities(**each) for each in counted.order_by("channel", "unit"))


def spared(slug: str, *, viewer: Viewer) -> dict[str, int]:
    """Count who was spared by a survey, by reason; raise NotFoundError."""
    viewer.require(Right.FIGURES_READ)
    rows = SparedRow.objects.filter(survey=survey_row(slug)).values_list("reason").annotate(n=Count("pk"))
    return dict(rows.order_by("reason"))


def _spared(
    survey: SurveyRow, customers: Iterable[int], persons: Mapping[int, Sequence[int]], at: datetime
) -> dict[int, Spared]:
    """Say of each customer who is spared why; whichever of their persons was asked counts for all of them."""
    of = {person: customer for customer in customers for person in persons.get(customer, [customer])}
    rest = timedelta(days=settings.SOJOURN.survey_rest_days)
    asked = InvitationRow.objects.filter(person__in=list(of))
    found = {of[person]: Spared.RESTING for person in _persons(asked.filter(made_at__gt=at - rest))}
    standing = asked.filter(survey=survey, answered_at=None, expires_at__gt=at)
    return found | {of[person]: Spared.ASKED for person in _persons(standing)}


def _persons(rows: QuerySet[InvitationRow]) -> list[int]:
    return [person for person in rows.values_list("person", flat=True) if person is not None]


def _check(customers: Sequence[int], anyone: int, channel: str, unit: str) -> None:
    if not 1 <= len(customers) + anyone <= AT_ONCE or anyone < 0:
        raise InvalidError(f"customers: name some, or say how many for anyone; {AT_ONCE:,} at once at most.")
    if len(channel) > WORD_MOST or len(unit) > WORD_MOST:
        raise InvalidError("channel, unit: 63 characters at most.")


def _invited(row: InvitationRow) -> Invited:
    return Invited(id=row.pk, customer=row.person, token=token_of(INVITED, row.pk), expires_at=row.expires_at)
