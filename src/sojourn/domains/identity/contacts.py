"""Mail addresses and phone numbers in the form under which they are stored, found and compared in this workspace."""

from __future__ import annotations

import functools

import msgspec
from django.conf import settings

from sojourn.domains.identity import rules

REMEMBERED = 16_384


def normalised(name: str, value: object) -> str | None:
    """Bring a mail address or phone number into its normal form, as `rules.normalised`; None for other traits.

    A phone number without a country belongs to the region that the setting `phone_region` names.
    """
    return rules.normalised(name, value, region=settings.SOJOURN.phone_region)


def told(name: str, value: bytes) -> str | None:
    """Give the normal form of a trait as events bring it, in JSON; remembered, for several ask in turn."""
    return _told(name, value, settings.SOJOURN.phone_region)


@functools.lru_cache(REMEMBERED)
def _told(name: str, value: bytes, region: str) -> str | None:
    return rules.normalised(name, msgspec.json.decode(value), region=region)
