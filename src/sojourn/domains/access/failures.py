"""Who failed to get in: entries of the audit log that name nobody, and cannot flood it."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from sojourn.domains.access import chain, rules
from sojourn.domains.access.models import Account, AuditRow, Key
from sojourn.kit import sealing

WHO: Final = "nobody"
OTHERS: Final = "others"
USE: Final = "failed sign-in"  # derived from the root: a mail address cannot be guessed from an entry without it
WINDOW: Final = timedelta(hours=1)
EACH_MOST: Final = 5  # entries about one account, address or key in a window
ALL_MOST: Final = 200  # entries in a window
LOOKED_EVERY_SECONDS: Final = 10.0  # once the log is full, so that a flood of bad keys costs no query each
_lock = threading.Lock()
_unsaid: Counter[str] = Counter()
_full: dict[str, float] = {}


def note_failed_sign_in(*, email: str, kind: str = "password", now: datetime | None = None) -> None:
    """Note that somebody failed to sign in as a mail address: the person's number, or a keyed digest of the address."""
    address = email.strip().lower()
    known = Account.objects.filter(email=address).values_list("pk", flat=True).first()
    _note("sign_in.fail", f"person:{known}" if known else f"address:{_digest(address)}", kind, now)


def note_failed_factor(*, person_id: int, kind: str, now: datetime | None = None) -> None:
    """Note that somebody gave a wrong second factor."""
    _note("sign_in.fail", f"person:{person_id}", kind, now)


def note_failed_key(secret: str, *, now: datetime | None = None) -> None:
    """Note that an API key opened nothing: its number when it was one, revoked or run out, else that it never was."""
    known = Key.objects.filter(digest=rules.secret_digest(secret)).values_list("pk", flat=True).first()
    _note("key.fail", f"key:{known}" if known else "key:unknown", "key", now)


def forget() -> None:
    """Forget what was counted and not said."""
    with _lock:
        _unsaid.clear()
        _full.clear()


def _note(what: str, on: str, kind: str, now: datetime | None) -> None:
    """Add an entry, or count it: the next one about the same thing says how many there were before."""
    at = now or timezone.now()
    with _lock:
        if not _has_room(on, at):
            _unsaid[on if on in _unsaid or len(_unsaid) < ALL_MOST else OTHERS] += 1
            return
        before = _unsaid.pop(on, 0) + _unsaid.pop(OTHERS, 0)
    detail = {"by": kind} | ({"not_noted_before": str(before)} if before else {})
    chain.append(at=at, who=WHO, what=what, on=on, detail=detail)


def _has_room(on: str, at: datetime) -> bool:
    clock = time.monotonic()
    if any(clock - _full.get(each, -LOOKED_EVERY_SECONDS) < LOOKED_EVERY_SECONDS for each in (OTHERS, on)):
        return False
    latest = AuditRow.objects.filter(who=WHO, at__gt=at - WINDOW)
    full = OTHERS if latest.count() >= ALL_MOST else on if latest.filter(object=on).count() >= EACH_MOST else None
    if full is None:
        return True
    if len(_full) >= ALL_MOST:
        _full.clear()
    _full[full] = clock
    return False


def _digest(address: str) -> str:
    key = sealing.sealer(settings.SOJOURN).derive(USE)
    return hmac.digest(key, address.encode(), hashlib.sha256).hex()[:16]
