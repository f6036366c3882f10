"""Identifiers that persons hold: mail, phone and further kinds, as events tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec

from sojourn.domains.identity import contacts
from sojourn.domains.identity.actions.linking import Sighting
from sojourn.domains.identity.contracts import EdgeKind
from sojourn.domains.identity.ruleset import VALUE_CHARACTERS, Form, Kind, Rules
from sojourn.engine.stream.claims import Claims, Tokens, Trait
from sojourn.engine.stream.personal import bare

HELD_MAX: Final = 400_000
VERIFIED: Final = "verified"


class Said(NamedTuple):
    """A row's word that its person holds a value of a kind."""

    row: int
    kind: str
    value: str
    is_verified: bool


class Held:
    """Notes who holds which identifier, remembering what was noted lately."""

    def __init__(self, tokens: Callable[[str, Sequence[str]], Tokens]) -> None:
        self._tokens = tokens
        self._noted: set[tuple[int, int, EdgeKind]] = set()

    def sightings(
        self, claims: Claims, traits: Sequence[Trait], person: Tokens, rules: Rules, unusable: set[int]
    ) -> list[Sighting]:
        """Give the edges not noted before from persons to the identifiers that a batch says they hold."""
        said = [each for each in _said(claims, traits, rules) if not rules.is_blocked(each.value)]
        if len(self._noted) > HELD_MAX:
            self._noted.clear()
        found: dict[tuple[int, int, EdgeKind], int] = {}
        for kind in dict.fromkeys(each.kind for each in said):
            some = [each for each in said if each.kind == kind]
            tokens = self._tokens(kind, [each.value for each in some]).tolist()
            for each, token in zip(some, tokens, strict=True):
                holder = int(person[each.row])
                if holder > 0 and holder not in unusable and token > 0:
                    found.setdefault((holder, token, EdgeKind.HOLDS), each.row)
                    if each.is_verified:
                        found.setdefault((holder, token, EdgeKind.VERIFIED), each.row)
        new = {edge: row for edge, row in found.items() if edge not in self._noted}
        self._noted.update(new)
        return [Sighting(*edge, *claims.made_by(row)) for edge, row in new.items()]


def _said(claims: Claims, traits: Iterable[Trait], rules: Rules) -> Iterator[Said]:
    by_trait = {name: kind for kind in rules.kinds for name in kind.traits}
    by_type = {name: kind for kind in rules.kinds for name in kind.external}
    proved = _proved(traits, rules) if rules.verified_by else set()
    for each in traits:
        kind = by_trait.get(each.name)
        if kind is not None and each.group is None:
            value = contacts.told(each.name, each.value) if each.name == kind.form else _formed(kind, each.value)
            if value:
                yield Said(each.row, kind.name, value, (each.row, kind.name) in proved)
    for row, of, text, source in claims.external:
        kind = by_type.get(of)
        value = None if kind is None else _formed(kind, msgspec.json.encode(text))
        if kind is not None and value:
            yield Said(row, kind.name, value, rules.counts_as_verified(source))


def _proved(traits: Iterable[Trait], rules: Rules) -> set[tuple[int, str]]:
    """List (row, kind) where a source that may say so says `email_verified`, `phoneVerified` and the like."""
    names = {each.name + VERIFIED: each.name for each in rules.kinds}
    plain = {name.replace("_", ""): kind for name, kind in names.items()}
    return {
        (each.row, plain[bare(each.name)])
        for each in traits
        if bare(each.name) in plain and each.value == b"true" and rules.counts_as_verified(each.source)
    }


def _formed(kind: Kind, value: bytes) -> str | None:
    found = msgspec.json.decode(value)
    if kind.form is not Form.TEXT:
        return contacts.normalised(kind.form.value, found)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found).strip()[:VALUE_CHARACTERS] or None
