"""Privacy's jobs."""

from __future__ import annotations

from django.utils import timezone

from sojourn.domains.privacy import actions
from sojourn.kit import jobs


@jobs.job("privacy.expire_consents", every_seconds=60, is_due=actions.is_expiry_due)
def expire_consents() -> None:
    """Let consents run out."""
    actions.notice_expired()


@jobs.job("privacy.work_request")
def work_request(request: int, by: str) -> None:
    """Do the steps of a request."""
    actions.work_request(request, by=by)


@jobs.job(actions.MAKE_EXTRACT)
def make_extract(extract: int) -> None:
    """Make the file of an extract."""
    actions.make_extract(extract)


@jobs.job("privacy.keep_extracts", every_seconds=300)
def keep_extracts() -> None:
    """End extracts whose lease is over, make those anew that are due."""
    actions.keep_extracts()


@jobs.job("privacy.sweep_webhooks", every_seconds=3_600)
def sweep_webhooks() -> None:
    """Delete messages of webhooks that were settled long ago."""
    actions.sweep_webhooks()


@jobs.job("privacy.daily", every_seconds=86_400)
def daily() -> None:
    """Do what a day brings to the requests desk."""
    actions.keep_data_rights(now=timezone.now())


@jobs.job("privacy.finish_erasures", every_seconds=600)
def finish_erasures() -> None:
    """Prove what was erased."""
    actions.finish_erasures()
