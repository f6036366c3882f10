"""Reading which customers a list holds from the parameters of an address, in the words of the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.customers.contracts import (
    AccountKind,
    Condition,
    CustomerState,
    Known,
    Parameters,
    PeopleAsked,
)
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter, Purpose
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

ONCE: Final = ("since", "until", "days", "state", "holds", "belongs_to", "sort", "ascending", "purpose")
REPEATED: Final = ("name", "where", "having", "trait", "when", "known")
VALUE_MAX_CHARACTERS: Final = 300
PARAMETERS_MOST: Final = 100
DAYS_MOST: Final = 36_500
NUMBER_MOST: Final = Decimal(10) ** 12


def read(parameters: Parameters, *, viewer: Viewer) -> PeopleAsked:
    """Say which customers parameters ask for, as of now; raise InvalidError naming the parameter."""
    once, several = _sorted_out(parameters)
    wanted = once.get("purpose", Purpose.ANALYTICS.value)
    if wanted not in (there := [each.name for each in privacy.purposes()]):
        raise InvalidError(f"purpose: one of {', '.join(there)}.")
    return PeopleAsked(
        period=_period(once, viewer),
        events=EventFilter(
            names=tuple(several["name"]), dimensions=_dimensions(several["where"]), having=tuple(several["having"])
        ),
        state=CustomerState(_one_of("state", once, CustomerState)) if once.get("state") else None,
        holds=once.get("holds", "").strip(),
        belongs_to=AccountKind(_one_of("belongs_to", once, AccountKind)) if once.get("belongs_to") else None,
        conditions=tuple(map(condition, several["when"])),
        known=tuple(map(known, several["known"])),
        traits=tuple(several["trait"]),
        sort=once.get("sort") or "last_at",
        ascending=once.get("ascending", "") in ("1", "true"),
        purpose=Purpose(wanted),
    )


def condition(text: str) -> Condition:
    """Read `trait>=number`, `trait<=number` or `trait=text` of a computed trait; raise InvalidError.

    >>> condition("visits>=3").at_least, condition("favourite=app").equals
    (Decimal('3'), 'app')
    """
    for sign in (">=", "<="):
        slug, found, number = text.partition(sign)
        if found:
            value = _number(number, sign)
            named = slug.strip()
            return Condition(trait=named, at_least=value) if sign == ">=" else Condition(trait=named, at_most=value)
    slug, found, said = text.partition("=")
    if not found:
        raise InvalidError("when: write trait>=number, trait<=number or trait=text.")
    return Condition(trait=slug.strip(), equals=said.strip())


def known(text: str) -> Known:
    """Read `trait=text` of a trait that senders told; raise InvalidError, too for one that names somebody."""
    trait, found, value = (part.strip() for part in text.partition("="))
    if not found or not trait or not value:
        raise InvalidError("known: write trait=text, such as plan=premium.")
    if not identity.is_plain(trait, value):
        raise InvalidError(f"known: {trait[:64]} tells who somebody is; find one customer by it in the search instead.")
    return Known(trait=trait, value=value)


def _sorted_out(parameters: Parameters) -> tuple[dict[str, str], dict[str, list[str]]]:
    if len(parameters) > PARAMETERS_MOST:
        raise InvalidError(f"At most {PARAMETERS_MOST} parameters.")
    once: dict[str, str] = {}
    several: dict[str, list[str]] = {name: [] for name in REPEATED}
    for name, value in parameters:
        if "\x00" in value or len(value) > VALUE_MAX_CHARACTERS:
            raise InvalidError(f"{name[:64]}: at most {VALUE_MAX_CHARACTERS} characters, none of them NUL.")
        if name in several:
            several[name].append(value)
        elif name in ONCE and name not in once:
            once[name] = value
        else:
            raise InvalidError(f"{name[:64]}: a list has no such parameter, or only one of it.")
    return once, several


def _period(once: dict[str, str], viewer: Viewer) -> Period:
    days = once.get("days", "")
    if days and ("since" in once or "until" in once):
        raise InvalidError("days: give either days, or since and until.")
    if days:
        if not (days.isascii() and days.isdigit() and len(days) < 6 and 1 <= int(days) <= DAYS_MOST):
            raise InvalidError(f"days: 1 to {DAYS_MOST}.")
        return privacy.recent_period(days=int(days), viewer=viewer)
    since, until = _instant("since", once), _instant("until", once)
    if since and until and until <= since:
        raise InvalidError("until: must lie after since.")
    return Period(since=since, until=until)


def _instant(name: str, once: dict[str, str]) -> datetime | None:
    if name not in once:
        return None
    try:
        at = datetime.fromisoformat(once[name])
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidError(f"{name}: write an instant such as 2026-01-01T00:00:00Z.")
    return at


def _dimensions(said: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in said:
        dimension, separator, value = each.partition(":")
        if not separator or not dimension:
            raise InvalidError("where: must be dimension:value, such as channel:web.")
        found[dimension] = (*found.get(dimension, ()), value)
    return found


def _one_of(name: str, once: dict[str, str], words: Iterable[str]) -> str:
    if once[name] not in (choices := tuple(map(str, words))):
        raise InvalidError(f"{name}: one of {', '.join(choices)}.")
    return once[name]


def _number(text: str, sign: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) > NUMBER_MOST:
        raise InvalidError(f"when: a number stands behind {sign}, such as visits>=3.")
    return value
