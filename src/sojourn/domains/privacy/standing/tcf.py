"""Transparency and consent strings of the IAB (TCF v2): what was consented to, and where legitimate interest stands.

Source: IAB Tech Lab, Consent string and vendor list formats v2, "TC string format", the core segment. Vendors and the
other segments are not read: whom else the customer allowed is none of our business; the string itself is kept.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sojourn.domains.privacy.words.consent import Basis, PurposeTerms
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import instant

VERSION: Final = 2
CHARACTERS_MAX: Final = 8_192
CORE_BITS: Final = 213  # up to the publisher's country, before the vendors
DECISECOND_US: Final = 100_000
PURPOSES: Final = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class TcString:
    """What the core segment says, but for vendors."""

    created_at: datetime
    updated_at: datetime
    cmp: int
    language: str
    vendor_list: int
    policy: int
    consents: frozenset[int]  # purposes that were consented to
    interests: frozenset[int]  # purposes whose legitimate interest was shown and not objected to


def decode(text: str) -> TcString:
    """Decode a TC string; raise InvalidError for one that is none, or of another version."""
    core = text.strip().partition(".")[0]
    if not core or len(text) > CHARACTERS_MAX:
        raise InvalidError("tcf: this is not a TC string.")
    try:
        raw = base64.urlsafe_b64decode(core + "=" * (-len(core) % 4))
    except (binascii.Error, ValueError):
        raise InvalidError("tcf: this is not a TC string; its core is base64url.") from None
    bits = _Bits(raw)
    if bits.number(6) != VERSION:
        raise InvalidError("tcf: only TC strings of version 2 can be read.")
    if len(raw) * 8 < CORE_BITS:
        raise InvalidError("tcf: the TC string is cut off.")
    created, updated = bits.number(36), bits.number(36)
    cmp = bits.number(12)
    bits.number(12 + 6)  # version of the platform, screen
    language = chr(ord("A") + bits.number(6)) + chr(ord("A") + bits.number(6))
    vendor_list, policy = bits.number(12), bits.number(6)
    bits.number(1 + 1 + 12)  # service specific, texts of its own, special features
    return TcString(
        created_at=instant(created * DECISECOND_US),
        updated_at=instant(updated * DECISECOND_US),
        cmp=cmp,
        language=language.lower(),
        vendor_list=vendor_list,
        policy=policy,
        consents=bits.members(PURPOSES),
        interests=bits.members(PURPOSES),
    )


def choices(decoded: TcString, asked: Sequence[PurposeTerms]) -> Mapping[str, bool]:
    """Read a TC string's purposes as ours, by the table `tcf` of each purpose: all of them, or it is a no.

    A purpose on opt-in needs consent; for one on opt-out legitimate interest that was not objected to will do.
    """
    said = {}
    for terms in asked:
        if terms.tcf:
            given = decoded.consents | (decoded.interests if terms.basis is Basis.OPT_OUT else frozenset())
            said[terms.name] = given.issuperset(terms.tcf)
    return said


class _Bits:
    """Reads numbers of any width, first bit first."""

    def __init__(self, raw: bytes) -> None:
        self._whole, self._left = int.from_bytes(raw), len(raw) * 8

    def number(self, width: int) -> int:
        self._left -= width
        return (self._whole >> self._left) & ((1 << width) - 1) if self._left >= 0 else 0

    def members(self, width: int) -> frozenset[int]:
        """Read a bit field: its members are counted from 1."""
        field = self.number(width)
        return frozenset(each for each in range(1, width + 1) if field >> (width - each) & 1)
