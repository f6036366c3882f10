"""Tombstones: what is kept of erased identifiers, so that a late event or an import cannot bring the person back.

A keyed digest under a key of its own, which no blind index shares: whoever holds the table and the other indexes cannot
say which of them belong together. Only identifiers that nobody has yet are looked up, so that events of known customers
cost nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from sojourn.domains.identity import contacts, statements
from sojourn.engine.kernels.words import Flags
from sojourn.engine.stream.claims import Claims, Tokens, Trait
from sojourn.kit.sealing import BLIND_BYTES, Sealer

GONE: Final = -1  # stands for a token where the identifier is an erased one
KINDS: Final = ("user", "anonymous")  # of identifiers that say who somebody is
CONTACTS: Final = ("email", "phone")  # traits that say who somebody is


class Stone:
    """Digests identifiers of a kind for the table of tombstones."""

    def __init__(self, sealer: Sealer) -> None:
        self._key = sealer.derive("tombstone")

    def of(self, kind: str, value: str) -> bytes:
        """Digest an identifier, or a mail address or phone number as `rules.normalised` writes it."""
        person = kind.encode()[:16]
        return hashlib.blake2b(value.encode(), digest_size=BLIND_BYTES, key=self._key, person=person).digest()

    def erased(self, kind: str, values: Sequence[str]) -> set[str]:
        """Say which of some values were erased and not lifted; one look at an empty table for most companies."""
        if not values or not statements.read("SELECT 1 FROM identity_tombstone WHERE lifted_us IS NULL LIMIT 1"):
            return set()
        by_digest = {self.of(kind, value): value for value in values}
        sql = "SELECT digest FROM identity_tombstone WHERE lifted_us IS NULL AND digest IN {}"
        found = statements.read_in(sql, list(map(statements.blob, by_digest)))
        return {by_digest[bytes(digest)] for (digest,) in found}


def without(claims: Claims, gone: Flags) -> Claims:
    """Leave out what rows of erased persons say: their cases, traits, texts and aliases."""
    if not gone.any():
        return claims
    return replace(
        claims,
        case=[None if out else each for each, out in zip(claims.case, gone, strict=True)],
        traits=[each for each in claims.traits if not gone[each.row]],
        texts=[each for each in claims.texts if not gone[each.row]],
        aliases=[each for each in claims.aliases if not gone[each.row]],
        external=[each for each in claims.external if not gone[each.row]],
    )


def without_contacts(traits: list[Trait], person: Tokens, stone: Stone) -> list[Trait]:
    """Leave out erased mail addresses and phone numbers, and all traits of a row by which somebody new brings one.

    So an erased person who comes back under another number comes without contact data until the tombstone is lifted,
    and somebody with traits who shares the address loses nothing else.
    """
    told: dict[tuple[str, str], list[Trait]] = {}
    for each in traits:
        text = contacts.told(each.name, each.value) if each.name in CONTACTS else None
        if text is not None:
            told.setdefault((each.name, text), []).append(each)
    erased: set[Trait] = set()
    for kind in CONTACTS:
        found = stone.erased(kind, [text for name, text in told if name == kind])
        erased.update(each for text in found for each in told[kind, text])
    if not erased:
        return traits
    bringing = {int(person[each.row]) for each in erased if each.group is None}
    known = statements.read_in("SELECT DISTINCT person FROM identity_trait WHERE person IN {}", list(bringing))
    fresh = bringing - {token for (token,) in known}
    rows = {each.row for each in erased if each.group is None and int(person[each.row]) in fresh}
    return [each for each in traits if each not in erased and each.row not in rows]


def kept_out(tokens: Tokens) -> Flags:
    """Say which rows are of erased persons."""
    return np.asarray(tokens == GONE)
