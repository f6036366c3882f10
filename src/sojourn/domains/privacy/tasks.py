"""Privacy's jobs."""

from __future__ import annotations

from sojourn.domains.privacy import actions
from sojourn.kit import jobs


@jobs.job("privacy.expire_consents", every_seconds=60)
def expire_consents() -> None:
    """Let consents run out."""
    actions.notice_expired()


@jobs.job("privacy.finish_erasures", every_seconds=600)
def finish_erasures() -> None:
    """Prove what was erased."""
    actions.finish_erasures()
