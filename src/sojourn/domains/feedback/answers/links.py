"""Links to surveys: a kind, a number and a mark that only we can make; none is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db import router, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.feedback.models import InvitationRow, LinkRow, ResponseRow, VersionRow
from sojourn.domains.feedback.surveys.keeping import survey_row, version_of
from sojourn.domains.feedback.words.answers import Link, LinkTerms, ResponseState, Visit
from sojourn.domains.feedback.words.surveys import SurveyState, SurveyVersion, VersionState
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError, NotFoundError, SojournError
from sojourn.kit.settings import Settings

OPEN, INVITED = "o", "i"
MARK_BYTES: Final = 9
LINKS_MOST: Final = 1_000
NOWHERE: Final = "This link does not lead to a survey."


class EndedError(SojournError):
    """The survey behind a link takes no answers any more."""

    code = "survey_ended"
    status = 410


@lru_cache(maxsize=4)
def sealer_of(known: Settings) -> sealing.Sealer:
    """Give the sealer of a data folder; it notices new keys by itself."""
    return sealing.sealer(known)


def token_of(kind: str, number: int) -> str:
    """Write the secret part of a link: its kind and number with a mark."""
    plain = kind.encode() + number.to_bytes(6, "big")
    return kind + base64.urlsafe_b64encode(plain[1:] + _mark(plain)).decode()


def add_link(*, slug: str, terms: LinkTerms, viewer: Viewer, now: datetime | None = None) -> Link:
    """Make a link that many may answer through; raise ForbiddenError, NotFoundError or InvalidError."""
    viewer.require(Right.SURVEYS_WRITE)
    name = terms.name.strip()
    if not name or len(name) > 100:
        raise InvalidError("name: 1 to 100 characters, such as the branch or the poster.")
    if any(len(text) > 63 for text in (terms.channel, terms.unit, terms.touchpoint)):
        raise InvalidError("channel, unit, touchpoint: 63 characters at most.")
    with transaction.atomic(using=router.db_for_write(LinkRow)):
        row = survey_row(slug)
        if row.links.count() >= LINKS_MOST:
            raise InvalidError(f"name: a survey has {LINKS_MOST:,} links at most.")
        made = LinkRow.objects.create(
            survey=row,
            name=name,
            is_kiosk=terms.is_kiosk,
            channel=terms.channel,
            unit=terms.unit,
            touchpoint=terms.touchpoint,
            made_at=now or timezone.now(),
        )
        access.audit(viewer=viewer, what="survey.link", on=f"survey:{slug}", now=now, link=str(made.pk))
    return _link(made, slug, 0)


def switch_link(*, slug: str, link: int, is_active: bool, viewer: Viewer, now: datetime | None = None) -> Link:
    """Let a link take answers or not; raise ForbiddenError or NotFoundError."""
    viewer.require(Right.SURVEYS_WRITE)
    with transaction.atomic(using=router.db_for_write(LinkRow)):
        row = LinkRow.objects.filter(survey__slug=slug, pk=link).first()
        if row is None:
            raise NotFoundError("There is no such link.")
        row.is_active = is_active
        row.save(update_fields=["is_active"])
        access.audit(viewer=viewer, what="survey.link-switch", on=f"survey:{slug}", now=now, link=str(link))
    return next(each for each in links(slug, viewer=viewer) if each.id == link)


def links(slug: str, *, viewer: Viewer) -> tuple[Link, ...]:
    """List a survey's links, newest first; raise ForbiddenError or NotFoundError."""
    viewer.require(Right.FIGURES_READ)
    survey = survey_row(slug)
    done = Count("responserow", filter=Q(responserow__state=ResponseState.COMPLETE.value))
    rows = LinkRow.objects.filter(survey=survey).annotate(done=done).order_by("-pk")
    return tuple(_link(row, slug, row.done) for row in rows)


def visit(token: str, *, now: datetime | None = None) -> Visit:
    """Open a link; raise NotFoundError for one that we did not make, EndedError where nothing is taken any more."""
    kind, number = _read(token)
    return _through_link(number) if kind == OPEN else _invited(number, now or timezone.now())


def note_opened(found: Visit, *, now: datetime | None = None) -> None:
    """Count that a link was opened; of an invitation the first time."""
    if found.link is not None:
        LinkRow.objects.filter(pk=found.link).update(opened=F("opened") + 1)
    elif found.invitation is not None and not found.is_done:
        InvitationRow.objects.filter(pk=found.invitation, opened_at=None).update(opened_at=now or timezone.now())


def _through_link(number: int) -> Visit:
    row = LinkRow.objects.select_related("survey").filter(pk=number).first()
    if row is None:
        raise NotFoundError(NOWHERE)
    if not row.is_active or row.survey.state != SurveyState.LIVE:
        raise EndedError("This survey has ended. Thank you for wanting to take part.")
    return Visit(
        survey=row.survey.slug,
        survey_id=row.survey_id,
        version=live_version(row.survey_id),
        link=row.pk,
        is_kiosk=row.is_kiosk,
        channel=row.channel,
        unit=row.unit,
        touchpoint=row.touchpoint,
    )


def _invited(number: int, now: datetime) -> Visit:
    row = InvitationRow.objects.select_related("survey").filter(pk=number).first()
    if row is None:
        raise NotFoundError(NOWHERE)
    is_done = row.answered_at is not None
    if not is_done and (row.expires_at <= now or row.survey.state != SurveyState.LIVE):
        raise EndedError("This invitation has run out. Thank you for wanting to take part.")
    begun = ResponseRow.objects.filter(invitation=row).values_list("version", flat=True).first()
    return Visit(
        survey=row.survey.slug,
        survey_id=row.survey_id,
        version=numbered_version(row.survey_id, begun) if begun else live_version(row.survey_id),
        invitation=row.pk,
        person=row.person,
        channel=row.channel,
        unit=row.unit,
        touchpoint=row.touchpoint,
        language=row.language,
        is_done=is_done,
    )


def live_version(survey: int) -> SurveyVersion:
    """Give the version that is live; what it says is remembered, since it never changes."""
    return _version(VersionRow.objects.filter(survey=survey, state=VersionState.LIVE.value))


def numbered_version(survey: int, number: int) -> SurveyVersion:
    """Give a version that was or is live."""
    return _version(VersionRow.objects.filter(survey=survey, number=number))


def _version(rows: QuerySet[VersionRow]) -> SurveyVersion:
    for version, saved_at in rows.values_list("pk", "saved_at"):
        return _remembered(version, saved_at, settings.SOJOURN.data)
    raise EndedError("This survey has ended. Thank you for wanting to take part.")


@lru_cache(maxsize=64)
def _remembered(version: int, saved_at: datetime, data: object) -> SurveyVersion:
    return version_of(VersionRow.objects.get(pk=version))


def _read(token: str) -> tuple[str, int]:
    try:
        raw = base64.urlsafe_b64decode(token[1:].encode("ascii"))
    except ValueError:
        raise NotFoundError(NOWHERE) from None
    kind = token[:1]
    plain = kind.encode() + raw[:6]
    if kind not in (OPEN, INVITED) or len(raw) != 6 + MARK_BYTES or not hmac.compare_digest(raw[6:], _mark(plain)):
        raise NotFoundError(NOWHERE)
    return kind, int.from_bytes(raw[:6], "big")


def _mark(plain: bytes) -> bytes:
    key = sealer_of(settings.SOJOURN).derive("survey links")
    return hashlib.blake2b(plain, key=key, digest_size=MARK_BYTES).digest()


def _link(row: LinkRow, slug: str, answered: int) -> Link:
    return Link(
        id=row.pk,
        survey=slug,
        name=row.name,
        token=token_of(OPEN, row.pk),
        is_kiosk=row.is_kiosk,
        channel=row.channel,
        unit=row.unit,
        touchpoint=row.touchpoint,
        is_active=row.is_active,
        made_at=row.made_at,
        opened=row.opened,
        answered=answered,
    )
