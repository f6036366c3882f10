"""Whose event is it: tokens for identifiers in bulk, new ones made, persons linked to customers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
import numpy as np
from django.conf import settings

from sojourn.domains.identity import rules, statements, tombstones
from sojourn.domains.identity.actions.linking import Sighting, note
from sojourn.domains.identity.actions.words import write_words
from sojourn.domains.identity.contracts import EdgeKind
from sojourn.domains.identity.models import MapCounter
from sojourn.domains.identity.wording import Words, words_of
from sojourn.engine.stream.claims import Claims, Resolved, Tokens, Trait
from sojourn.kit import sealing
from sojourn.kit.ids import random_tokens
from sojourn.kit.settings import Settings

KNOWN_MAX: Final = 400_000  # identifiers kept in memory, of each kind
StoredTrait = tuple[int, str, bytearray, bytearray | None, int, str]
KINDS: Final = ("user", "anonymous", "agent", "case", "group")


class Resolver:
    """Answers with tokens, remembering identifiers of recent batches; one thread, under the write lock.

    New tokens are remembered at once: call `forget` when the commit they belong to has failed.
    """

    def __init__(self, sealer: sealing.Sealer) -> None:
        self._sealer, self._stone = sealer, tombstones.Stone(sealer)
        self.forget()

    def forget(self) -> None:
        """Drop what is remembered; the next question asks the tables."""
        self._known: dict[str, dict[str | None, int]] = {kind: {None: 0} for kind in KINDS}
        self._pairs: set[tuple[str, str]] = set()
        self._epoch = -1
        self._new: list[tuple[int, str, bytearray, bytearray]] = []

    def resolve(self, claims: Claims) -> Resolved:
        """Give the tokens of a batch's rows; what is new is stored by `write`, inside the commit."""
        self._begin()
        user = self._column("user", claims.user)
        anonymous = self._column("anonymous", claims.anonymous)
        person = np.where(user != 0, user, anonymous)
        for row, token in claims.given.items():
            person[row] = token
        gone = tombstones.kept_out(person)
        person[gone] = 0
        claims = tombstones.without(claims, gone)
        agent, case = self._column("agent", claims.agent), self._column("case", claims.case)
        groups = self._column("group", claims.groups)
        sightings = [*self._sign_ins(claims), *self._aliases(claims, person)]
        write = functools.partial(
            self._write, self._new, sightings, self._traits(claims, person), _texts(claims, person, self._sealer)
        )
        return Resolved(person=person, agent=agent, case=case, groups=groups, write=write, gone=gone)

    def tokens(self, kind: str, values: Sequence[str]) -> tuple[Tokens, Callable[[], None]]:
        """Give the tokens of distinct identifiers of a kind, for a file delivery; `write` as in `resolve`."""
        self._begin()
        found = self._column(kind, list(values))
        return found, functools.partial(statements.write, statements.ADD_IDENTIFIERS, self._new)

    def forget_texts(self, ids: Sequence[int]) -> None:
        """Delete sealed texts, inside the caller's transaction: the rows that held them do not enter."""
        statements.write("DELETE FROM identity_text WHERE id = %s", [(each,) for each in ids])

    def _begin(self) -> None:
        epoch = MapCounter.objects.filter(name="epoch").values_list("value", flat=True).first() or 0
        if epoch != self._epoch:
            self.forget()
            self._epoch = epoch
        self._new = []

    def _column(self, kind: str, values: Sequence[str | None]) -> Tokens:
        if values.count(None) == len(values):
            return np.zeros(len(values), np.int64)
        known = self._known[kind]
        missing = set(values) - known.keys()
        if missing:
            if len(known) + len(missing) > KNOWN_MAX:
                self._known[kind] = known = {None: 0}
                missing = set(values) - known.keys()
            self._learn(kind, [each for each in missing if each is not None], known)
        return np.fromiter(map(known.__getitem__, values), np.int64, len(values))

    def _learn(self, kind: str, values: list[str], known: dict[str | None, int]) -> None:
        by_blind = dict(zip(self._sealer.blind_many(kind, values), values, strict=True))
        sql = "SELECT blind, token FROM identity_identifier WHERE blind IN {}"
        for found, token in statements.read_in(sql, list(map(statements.blob, by_blind))):
            known[by_blind.pop(bytes(found))] = token
        if kind in tombstones.KINDS:
            gone = self._stone.erased(kind, list(by_blind.values()))
            known.update(dict.fromkeys(gone, tombstones.GONE))
            by_blind = {blind: value for blind, value in by_blind.items() if value not in gone}
        sealed = self._sealer.seal_many([value.encode() for value in by_blind.values()], use="identifier")
        tokens = random_tokens(len(sealed))
        known.update(zip(by_blind.values(), tokens, strict=True))
        blobs = zip(tokens, map(statements.blob, by_blind), map(statements.blob, sealed), strict=True)
        self._new += [(token, kind, digest, hidden) for token, digest, hidden in blobs]

    def _previous(self, value: str) -> int:
        """Find an alias's previous id: an anonymous id if we know it as one, else a user id if we know that."""
        for kind in ("anonymous", "user"):
            if value in self._known[kind]:
                return self._known[kind][value]
            for _, token in statements.read_in(
                "SELECT blind, token FROM identity_identifier WHERE blind IN {}", [self._sealer.blind(kind, value)]
            ):
                return int(token)
        return tombstones.GONE if self._stone.erased("user", [value]) else int(self._column("anonymous", [value])[0])

    def _sign_ins(self, claims: Claims) -> list[Sighting]:
        """List who signed in on which device where that was not looked at before, in order of arrival."""
        pairs = zip(reversed(claims.user), reversed(claims.anonymous), strict=True)
        said = dict(zip(pairs, range(len(claims.user) - 1, -1, -1), strict=True))  # each with its first row
        fresh = [pair for pair in said if pair[0] is not None and pair[1] is not None and pair not in self._pairs]
        if len(self._pairs) > KNOWN_MAX:
            self._pairs.clear()
        self._pairs.update(fresh)  # type: ignore[arg-type]
        users, devices = self._known["user"], self._known["anonymous"]
        return [
            Sighting(users[user], devices[device], EdgeKind.SIGN_IN, *claims.made_by(said[user, device]))
            for user, device in sorted(fresh, key=said.__getitem__)
            if tombstones.GONE not in (users[user], devices[device])
        ]

    def _aliases(self, claims: Claims, person: Tokens) -> list[Sighting]:
        pairs = [(self._previous(each.previous), int(person[each.row]), each.row) for each in claims.aliases]
        return [
            Sighting(user, previous, EdgeKind.ALIAS, *claims.made_by(row))
            for previous, user, row in pairs
            if tombstones.GONE not in (previous, user)
        ]

    def _traits(self, claims: Claims, person: Tokens) -> tuple[list[StoredTrait], Words]:
        newest: dict[tuple[int, str], Trait] = {}
        groups = self._known["group"]
        for each in tombstones.without_contacts(claims.traits, person, self._stone):
            key = (groups[each.group] if each.group is not None else int(person[each.row]), each.name)
            if key not in newest or each.at_us >= newest[key].at_us:
                newest[key] = each
        sealed = self._sealer.seal_many([each.value for each in newest.values()], use="trait")
        rows = [
            (token, name, statements.blob(hidden), self._trait_blind(name, each.value), each.at_us, each.source[:63])
            for ((token, name), each), hidden in zip(newest.items(), sealed, strict=True)
        ]
        told = ((token, name, each.value, each.at_us) for (token, name), each in newest.items())
        return rows, words_of(told, self._sealer)

    def _trait_blind(self, name: str, value: bytes) -> bytearray | None:
        if name not in ("email", "phone"):
            return None
        text = rules.normalised(name, msgspec.json.decode(value))
        return None if text is None else statements.blob(self._sealer.blind(name, text))

    def _write(
        self,
        new: list[tuple[int, str, bytearray, bytearray]],
        sightings: list[Sighting],
        traits: tuple[list[StoredTrait], Words],
        texts: list[tuple[int, int, str, bytes]],
    ) -> None:
        statements.write(statements.ADD_IDENTIFIERS, sorted(new))  # in the table's order: fewer pages are touched
        rows, words = traits
        statements.write(statements.SET_TRAITS, rows)
        write_words(words)
        statements.write(statements.ADD_TEXTS, texts)
        note(sightings, fresh={token for token, *_ in new})


def _texts(claims: Claims, person: Tokens, sealer: sealing.Sealer) -> list[tuple[int, int, str, bytes]]:
    return [
        (each.id, int(person[each.row]), each.name[:64], sealer.seal(each.value, use="text")) for each in claims.texts
    ]


def resolver() -> Resolver:
    """Give this process's resolver."""
    return _resolver_of(settings.SOJOURN)


@functools.lru_cache(maxsize=1)
def _resolver_of(place: Settings) -> Resolver:
    return Resolver(sealing.sealer(place))


def resolve(claims: Claims) -> Resolved:
    """Answer the loader: whose are these rows? Call inside `collection.actions.writing()`."""
    return resolver().resolve(claims)
