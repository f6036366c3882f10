"""Second factors: who must have one, who has one.

The factors themselves (codes of an app, passkeys, recovery codes) are allauth's tables. Here stand
the rules about them.
"""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.conf import settings

from sojourn.domains.access.models import Account

ALL = "all"
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(person_id: int) -> bool:
    """Say whether somebody has a second factor; recovery codes alone are none."""
    return bool(with_factor([person_id]))


def with_factor(people: Iterable[int]) -> frozenset[int]:
    """Give who of them have a second factor."""
    rows = Authenticator.objects.filter(user_id__in=set(people), type__in=KINDS)
    return frozenset(rows.values_list("user_id", flat=True))


def must_have_factor(person_id: int) -> bool:
    """Say whether one of somebody's roles needs a second factor, as the setting says."""
    named = roles_with_factor()
    if not named:
        return False
    account = Account.objects.filter(pk=person_id).first()
    return account is not None and (ALL in named or any(each.role in named for each in account.grants.all()))


def lacks_factor(person_id: int, *, how: Iterable[str]) -> bool:
    """Say whether somebody needs a second factor and has none.

    `how` are the ways in which they signed in: who came by an identity provider (`socialaccount`) was asked there.
    """
    if not roles_with_factor() or "socialaccount" in set(how):
        return False
    return must_have_factor(person_id) and not has_factor(person_id)


def roles_with_factor() -> frozenset[str]:
    """Give the roles that need a second factor; `all` stands for every role."""
    return frozenset(each.strip() for each in settings.SOJOURN.second_factor_roles.split(",") if each.strip())


def take_factors(person_id: int) -> int:
    """Remove all second factors and recovery codes of somebody, in the caller's transaction, and count them."""
    found = Authenticator.objects.filter(user_id=person_id)
    count = int(found.count())
    found.delete()
    return count
