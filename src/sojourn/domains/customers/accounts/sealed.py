"""Numbers and names of accounts, sealed; a number is found by its keyed digest."""

from __future__ import annotations

import functools
from typing import Final

from django.conf import settings

from sojourn.domains.customers.contracts import AccountKind
from sojourn.kit import sealing
from sojourn.kit.settings import Settings

USE: Final = "account"


def blind(kind: AccountKind, key: str) -> bytes:
    """Digest an account's number, under its kind; case and blanks do not count."""
    normal = "".join(key.split()).casefold()
    return _sealer(settings.SOJOURN).fixed(f"acc-{kind.value}", normal)


def seal(text: str) -> bytes:
    """Seal a number or a name."""
    return _sealer(settings.SOJOURN).seal(text.encode(), use=USE)


def opened(sealed: bytes | memoryview | None) -> str:
    """Open a number or a name; nothing sealed is ""."""
    return "" if sealed is None else _sealer(settings.SOJOURN).open(bytes(sealed), use=USE).decode()


@functools.lru_cache(maxsize=1)
def _sealer(place: Settings) -> sealing.Sealer:
    """Give the sealer of a data folder, made once: a file of accounts asks a hundred thousand times."""
    return sealing.sealer(place)
