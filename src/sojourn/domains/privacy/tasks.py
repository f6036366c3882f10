"""Privacy's jobs."""

from __future__ import annotations

from django.utils import timezone

from sojourn.domains.privacy import actions
from sojourn.kit import jobs


@jobs.job("privacy.expire_consents", every_seconds=60)
def expire_consents() -> None:
    """Let consents run out."""
    actions.notice_expired()


@jobs.job("privacy.work_request")
def work_request(request: int, by: str) -> None:
    """Do the steps of a request."""
    actions.work_request(request, by=by)


@jobs.job("privacy.daily", every_seconds=86_400)
def daily() -> None:
    """Do what a day brings to the requests desk."""
    actions.keep_data_rights(now=timezone.now())


@jobs.job("privacy.finish_erasures", every_seconds=600)
def finish_erasures() -> None:
    """Prove what was erased."""
    actions.finish_erasures()
