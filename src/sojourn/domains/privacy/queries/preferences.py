"""What the preference centre shows to the customer behind a link."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Final

import numpy as np

from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.models import PreferenceLinkRow
from sojourn.domains.privacy.queries.consents import notice_for, standings_of
from sojourn.domains.privacy.words.consent import Basis, Choice, Standing
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import instant

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")


def preferences(*, token: str, languages: Iterable[str] = ()) -> tuple[Choice, ...]:
    """Give what the customer behind a link may choose, each purpose with its notice; raise NotFoundError."""
    listed = tuple(languages)
    return tuple(
        Choice(standing=each, notice=notice_for(each.purpose, languages=listed))
        for each in refusable(customer_behind(token))
    )


def preferences_until(*, token: str) -> datetime:
    """Say when a link runs out; raise NotFoundError when it has."""
    return instant(_row(token).expires_us)


def refusable(customer: int) -> tuple[Standing, ...]:
    """Say where a customer stands with each purpose that they can refuse."""
    return tuple(each for each in standings_of(customer) if each.basis in (Basis.OPT_IN, Basis.OPT_OUT))


def customer_behind(token: str) -> int:
    """Give the customer for whom a link was made, by today's number; raise NotFoundError."""
    return int(persons().customers_of(np.array([_row(token).customer], np.int64))[0])


def digest_of(secret: str) -> str:
    """Give what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _row(token: str) -> PreferenceLinkRow:
    found = PreferenceLinkRow.objects.filter(pk=digest_of(token)).first() if TOKEN.fullmatch(token) else None
    if found is None or found.expires_us <= time.time_ns() // 1_000:
        raise NotFoundError("This link does not open anything any more. Ask us for a new one.")
    return found
