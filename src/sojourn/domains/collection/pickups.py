"""Thought of pickups: which terms make sense, when the next round is, which files it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from sojourn.domains.collection.contracts import FileSeen, PickupKind, PickupTerms
from sojourn.domains.collection.rules import CONTROL, is_under_way
from sojourn.engine.stream.places.addresses import is_closed
from sojourn.engine.stream.places.words import Address, DatabaseAddress, Remote, SftpAddress, StoreAddress
from sojourn.kit.errors import InvalidError

ADDRESSES: Final[dict[PickupKind, type[Address]]] = {
    PickupKind.SFTP: SftpAddress,
    PickupKind.OBJECTS: StoreAddress,
    PickupKind.DATABASE: DatabaseAddress,
}
BY_THE_ROUND: Final = frozenset({"since", "until"})
NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
ENDPOINT: Final = re.compile(r"https?://[A-Za-z0-9._\-\[\]:]+/?")
HOST: Final = re.compile(r"[\w.:-]{1,253}")  # no folder of a socket, no list of hosts
REGION: Final = re.compile(r"[a-z0-9-]{1,63}")  # it becomes a part of Amazon's address
MINUTES: Final = (5, 7 * 24 * 60)
TEXT_MAX: Final = 500
QUERY_MAX: Final = 20_000
RETRY_MINUTES: Final = (5, 60)


def check(terms: PickupTerms) -> None:
    """Raise InvalidError with a sentence about the first term that makes no sense."""
    if not NAME.fullmatch(terms.name):
        raise InvalidError("name: a small letter, then small letters, digits, - and _; at most 63.")
    if not 1 <= len(terms.pattern) <= TEXT_MAX or "/" in terms.pattern:
        raise InvalidError("pattern: of names in the folder, such as *.csv or visits-*.csv.gz.")
    if (terms.every_minutes is None) == (terms.daily_at == ""):
        raise InvalidError("every_minutes: give this or a time of day (daily_at), one of the two.")
    if terms.every_minutes is not None and not MINUTES[0] <= terms.every_minutes <= MINUTES[1]:
        raise InvalidError(f"every_minutes: from {MINUTES[0]} to {MINUTES[1]:,}.")
    if terms.daily_at and not TIME.fullmatch(terms.daily_at):
        raise InvalidError("daily_at: a time such as 02:30.")
    if terms.zone not in available_timezones():
        raise InvalidError("zone: a time zone such as Europe/Berlin.")
    address(terms.kind, terms.where)


def address(kind: PickupKind, where: Mapping[str, Any], **bounds: datetime | None) -> Address:
    """Make the address of a place out of its fields; raise InvalidError for one that is missing, unknown or wrong."""
    shape = ADDRESSES[kind]
    known = {each.name: each for each in fields(shape) if each.name not in BY_THE_ROUND}
    for name in where:
        if name not in known:
            raise InvalidError(f"{name}: {kind.value} has no such field; it has {', '.join(known)}.")
    for name, each in known.items():
        if each.default is MISSING and not str(where.get(name, "")).strip():
            raise InvalidError(f"{name}: must be given for {kind.value}.")
    given: dict[str, Any] = {name: _value(name, value) for name, value in where.items()}
    return shape(**given, **bounds)  # type: ignore[arg-type]  # by the names of its fields, checked above


def following(terms: PickupTerms, *, after: datetime, failures: int = 0) -> datetime:
    """Say when the next round is; after failures one is tried again sooner, with growing pauses of up to an hour.

    A time that the clocks leave out in spring is an hour later that day, as `zoneinfo` reads it.
    """
    regular = _regular(terms, after)
    if not failures:
        return regular
    pause = min(RETRY_MINUTES[0] * 2 ** min(failures - 1, 10), RETRY_MINUTES[1])
    return min(regular, after + timedelta(minutes=pause))


def seen(terms: PickupTerms, listed: Iterable[Remote], known: Mapping[str, str]) -> list[FileSeen]:
    """Say of each file what a round does with it; `known` gives the marks of those taken, by name."""
    files = list(listed)
    names = {each.name for each in files}
    return [
        FileSeen(name=each.name, size=each.size, what=_what(terms, each, names, known))
        for each in files
        if not (terms.has_control and each.name.endswith(CONTROL))
    ]


def _what(terms: PickupTerms, remote: Remote, names: set[str], known: Mapping[str, str]) -> str:
    if is_under_way(remote.name) or not fnmatchcase(remote.name, terms.pattern):
        return "aside"
    if known.get(remote.name) == remote.mark:
        return "known"
    if terms.has_control and remote.name + CONTROL not in names:
        return "no_control"
    return "changed" if remote.name in known else "new"


def _regular(terms: PickupTerms, after: datetime) -> datetime:
    if terms.every_minutes is not None:
        return after + timedelta(minutes=terms.every_minutes)
    zone = ZoneInfo(terms.zone)
    hour, minute = map(int, terms.daily_at.split(":"))
    day = after.astimezone(zone).date()
    for days in range(3):
        found = datetime.combine(day + timedelta(days=days), time(hour, minute), zone).astimezone(UTC)
        if found > after:
            return found
    raise AssertionError("a day has a time of day")


def _host(said: str) -> str:
    """Give the host of an endpoint, or what is one already; raise InvalidError."""
    try:
        return (urlsplit(said).hostname or "") if "://" in said else said
    except ValueError:
        raise InvalidError("endpoint: such as https://objects.example.com, without a path.") from None


def _value(name: str, value: Any) -> Any:
    if name == "port":
        said = str(value)
        if not said.isascii() or not said.isdigit() or len(said) > 5 or not 0 < int(said) < 1 << 16:
            raise InvalidError("port: a number from 1 to 65535.")
        return int(said)
    if name == "is_encrypted":
        if not isinstance(value, bool):
            raise InvalidError("is_encrypted: true or false.")
        return value
    if not isinstance(value, str) or len(value) > (QUERY_MAX if name == "query" else TEXT_MAX) or "\x00" in value:
        raise InvalidError(f"{name}: a text of at most {QUERY_MAX if name == 'query' else TEXT_MAX:,} characters.")
    if name == "endpoint" and value and not ENDPOINT.fullmatch(value):
        raise InvalidError("endpoint: such as https://objects.example.com, without a path.")
    if name == "host" and not HOST.fullmatch(value.strip()):
        raise InvalidError("host: one name or number of a machine, such as files.example.com.")
    if name == "region" and not REGION.fullmatch(value.strip()):
        raise InvalidError("region: small letters, digits and hyphens, such as eu-central-1.")
    if name in ("host", "endpoint") and is_closed(_host(value.strip())):
        raise InvalidError(f"{name}: leads to services of this machine's host, from which nothing is fetched.")
    if name == "name" and ("/" in value or not value.endswith(".csv")):
        raise InvalidError("name: of the file that the answer becomes, such as orders.csv.")
    return value.strip() if name != "query" else value
