"""Invitations of privacy: what rooms above hold that the law may have a company keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from sojourn.domains.privacy.contracts import AccountKind
from sojourn.kit.hooks import Hook

# Which kinds of account persons hold or belong to, each with the first day on which none of theirs is open any more,
# None while one is. Who answers also leaves them where a duty keeps them (`collection.hooks.ERASED_IN_PART`).
accounts: Final[Hook[Callable[[Sequence[int]], Mapping[AccountKind, date | None]]]] = Hook("privacy.accounts")
