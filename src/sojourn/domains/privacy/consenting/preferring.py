"""Verbs of the preference centre: make a secret link for one customer, note what they choose behind it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.door.persons import persons_of
from sojourn.domains.privacy.models import ConsentWord, NoticeRow, PreferenceLinkRow
from sojourn.domains.privacy.queries.preferences import customer_behind, digest_of, preferences, refusable
from sojourn.domains.privacy.queries.reach import require_there
from sojourn.domains.privacy.standing import noting
from sojourn.domains.privacy.standing.noting import Said
from sojourn.domains.privacy.words.consent import How, PreferenceLink, Proof
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import micros

SECRET_BYTES: Final = 24
DAYS_MAX: Final = 365
PATH: Final = "/preferences/"
CUSTOMER: Final = "customer"  # who acts, in the audit log


def make_preference_link(*, customer: int, viewer: Viewer, days: int | None = None) -> PreferenceLink:
    """Make a link to a customer's preference centre; audited. Its secret is shown this once.

    Raise ForbiddenError, InvalidError (days), and NotFoundError for a customer whom the viewer does not reach.
    """
    viewer.require(Right.CONSENTS_WRITE)
    wanted = settings.SOJOURN.preference_link_days if days is None else days
    if not 1 <= wanted <= DAYS_MAX:
        raise InvalidError(f"days: 1 to {DAYS_MAX}.")
    current = require_there(customer, viewer=viewer.within(Right.CONSENTS_WRITE))
    secret, now = secrets.token_urlsafe(SECRET_BYTES), timezone.now()
    expires_at = now + timedelta(days=wanted)
    with transaction.atomic(using=router.db_for_write(PreferenceLinkRow)):
        PreferenceLinkRow.objects.create(
            digest=digest_of(secret),
            customer=current,
            by=viewer.name,
            made_us=micros(now),
            expires_us=micros(expires_at),
        )
        access.audit(viewer=viewer, what="preferences.link", on=f"customer:{current}", days=str(wanted))
    return PreferenceLink(address=PATH + secret, expires_at=expires_at)


def choose(*, token: str, choices: Mapping[str, bool], shown: Mapping[str, tuple[int, str]]) -> int:
    """Note what the customer behind a link chose, with what they were shown: version and language, by purpose.

    What they left as it was is not noted again. Give how many purposes changed. Raise NotFoundError for a link that
    does not open, InvalidError for a purpose that is not shown there.
    """
    customer = customer_behind(token)
    stands = {each.purpose: each for each in refusable(customer)}
    unknown = choices.keys() - stands.keys()
    if unknown:
        raise InvalidError("There is no such choice on this page.")
    changed = {name: choice for name, choice in choices.items() if choice != stands[name].allowed}
    if not changed:
        return 0
    now_us, proofs = time.time_ns() // 1_000, {name: _proof(name, shown.get(name)) for name in changed}
    with transaction.atomic(using=router.db_for_write(ConsentWord)):
        noting.note(
            Said(person, name, choice, now_us, proofs[name])
            for person in persons_of(customer)
            for name, choice in changed.items()
        )
        access.audit_by(
            who=CUSTOMER,
            what="consent.record",
            on=f"customer:{customer}",
            how=How.PREFERENCE_CENTRE.value,
            granted=",".join(sorted(name for name, choice in changed.items() if choice)),
            refused=",".join(sorted(name for name, choice in changed.items() if not choice)),
        )
    return len(changed)


def withdraw_all(*, token: str, shown: Mapping[str, tuple[int, str]]) -> int:
    """Refuse every purpose that can be refused, for the customer behind a link; give how many changed."""
    listed = preferences(token=token)
    return choose(token=token, choices={each.standing.purpose: False for each in listed}, shown=shown)


def _proof(purpose: str, shown: tuple[int, str] | None) -> Proof:
    """Take what the form says was shown, where such a notice was ever published."""
    if shown is None or not NoticeRow.objects.filter(purpose=purpose, version=shown[0], language=shown[1]).exists():
        return Proof(how=How.PREFERENCE_CENTRE)
    return Proof(how=How.PREFERENCE_CENTRE, notice=shown[0], language=shown[1])
