"""The purposes as they are set now, held in memory until somebody changes them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.models import ConsentEpoch, PurposeRow
from sojourn.domains.privacy.words.consent import PurposeTerms
from sojourn.kit.errors import InvalidError
from sojourn.kit.look import once

_lock = threading.Lock()
_held: list[tuple[tuple[int, int], Purposes]] = []


@dataclass(frozen=True)
class Purposes:
    """All purposes by name, retired ones too."""

    terms: Mapping[str, PurposeTerms]

    def __getitem__(self, purpose: str) -> PurposeTerms:
        """Give the terms of a purpose; raise InvalidError when there is none of this name."""
        found = self.terms.get(str(purpose))
        if found is None:
            there = ", ".join(name for name, each in self.terms.items() if each.is_active)
            raise InvalidError(f"There is no purpose {str(purpose)!r}; there are {there}.")
        return found

    @property
    def asked(self) -> tuple[PurposeTerms, ...]:
        """The purposes in use that a customer may refuse."""
        return tuple(each for each in self.terms.values() if each.is_active and each.can_refuse)

    def bit(self, purpose: Purpose) -> int:
        """Give the bit of a purpose in an event's `purposes`; 0 where nobody can refuse."""
        terms = self[purpose]
        return terms.bit or 0 if terms.can_refuse else 0


def version() -> tuple[int, int]:
    """Give what changes with every change of purposes."""
    return once(version, _version)


def _version() -> tuple[int, int]:
    return ConsentEpoch.objects.filter(pk=1).values_list("lineage", "purposes").first() or (0, 0)


def known() -> Purposes:
    """Give the purposes as they are set now."""
    now = version()
    with _lock:
        if not _held or _held[0][0] != now:
            rows = PurposeRow.objects.order_by("-is_built_in", "bit", "name")
            _held[:] = [(now, Purposes({each.name: each.contract() for each in rows}))]
        return _held[0][1]
