"""Persons behind many identifiers at once, such as those of a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.conf import settings

from sojourn.domains.identity import rules, statements
from sojourn.kit import sealing

IDENTIFIERS: Final = "SELECT blind, token FROM identity_identifier WHERE blind IN {}"
TRAITS: Final = "SELECT blind, person FROM identity_trait WHERE blind IS NOT NULL AND blind IN {}"


def with_identifiers(kind: str, values: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Give the persons who bear each identifier of a kind (user, anonymous), by value; unknown ones are left out."""
    return _persons(IDENTIFIERS, kind, {value: value for value in values})


def with_mails(values: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Give the persons who have each mail address, by value as it was given; unknown ones are left out."""
    normal = {value: rules.normalised("email", value) for value in values}
    return _persons(TRAITS, "email", {value: each for value, each in normal.items() if each is not None})


def _persons(sql: str, kind: str, wanted: dict[str, str]) -> dict[str, tuple[int, ...]]:
    sought = sealing.sealer(settings.SOJOURN).sought(kind, list(set(wanted.values())))
    found: dict[str, list[int]] = {}
    for blind, person in statements.read_in(sql, list(map(statements.blob, sought))):
        found.setdefault(sought[bytes(blind)], []).append(person)
    return {value: tuple(found[normal]) for value, normal in wanted.items() if normal in found}
