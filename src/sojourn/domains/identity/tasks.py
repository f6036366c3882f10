"""Identity's jobs."""

from __future__ import annotations

from sojourn.domains.identity import actions
from sojourn.kit import jobs


@jobs.job("identity.words", every_seconds=3_600)
def index_words() -> None:
    """Give traits of older versions the words by which they are found; nothing to do once all have them."""
    actions.index_words()
