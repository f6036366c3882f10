"""Whose event is it: tokens for identifiers in bulk, new ones made, persons linked to customers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from django.conf import settings

from sojourn.domains.identity import contacts, having, statements, tombstones
from sojourn.domains.identity.actions.devices import Devices
from sojourn.domains.identity.actions.holding import Held
from sojourn.domains.identity.actions.linking import Sighting, note
from sojourn.domains.identity.actions.words import write_words
from sojourn.domains.identity.contracts import EdgeKind
from sojourn.domains.identity.models import MapCounter
from sojourn.domains.identity.naming import nameless
from sojourn.domains.identity.rulebook import rules_in_force
from sojourn.domains.identity.ruleset import ANONYMOUS, DEFAULT, USER
from sojourn.domains.identity.tombstones import CONTACTS
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
        self._void: dict[str, dict[str | None, int]] = {USER: {}, ANONYMOUS: {}}  # blocked values, which join nobody
        self._devices = Devices(lambda kind, value: int(self._column(kind, [value])[0]))
        self._held = Held(self._column)
        self._rules = DEFAULT
        self._epoch = -1
        self._begun()

    def resolve(self, claims: Claims) -> Resolved:
        """Give the tokens of a batch's rows; what is new is stored by `write`, inside the commit."""
        self._begin()
        user = self._column(USER, claims.user)
        anonymous = self._column(ANONYMOUS, claims.anonymous)
        person = np.where(user != 0, user, anonymous)
        fresh = {token for token, *_ in self._new}
        known = self._known[ANONYMOUS]
        sightings, holders = self._devices.sign_ins(claims, self._known[USER], known, person, fresh)
        for row, token in claims.given.items():
            person[row] = token
        self._fill(person, claims)
        gone = tombstones.kept_out(person)
        person[gone] = 0
        claims = tombstones.without(claims, gone)
        agent, case = self._column("agent", claims.agent), self._column("case", claims.case)
        groups = self._column("group", claims.groups)
        sightings += self._aliases(claims, person)
        traits = tombstones.without_contacts(claims.traits, person, self._stone)
        void = {token for some in self._void.values() for token in some.values()}
        sightings += self._held.sightings(claims, traits, person, self._rules, void)
        write = functools.partial(
            self._write,
            self._new,
            self._blocked,
            functools.partial(note, sightings, fresh={token for token, *_ in self._new}, rules=self._rules),
            holders,
            self._traits(traits, person),
            _texts(claims, person, traits, self._sealer),
        )
        return Resolved(person=person, agent=agent, case=case, groups=groups, write=write, gone=gone)

    def tokens(self, kind: str, values: Sequence[str]) -> tuple[Tokens, Callable[[], None]]:
        """Give the tokens of distinct identifiers of a kind, for a file delivery; `write` as in `resolve`.

        Of a device that several people use it is the device's own.
        """
        self._begin()
        found = self._column(kind, list(values))
        for at in np.flatnonzero(found == 0) if kind in self._void else ():
            found[at] = self._void_of(kind, values[int(at)])
        if kind == ANONYMOUS and self._devices.base:
            base, known = self._devices.base, self._known[kind]
            found = np.array(
                [base.get(value, known[value]) or token for value, token in zip(values, found.tolist(), strict=True)],
                np.int64,
            )
        return found, functools.partial(_add, self._new, self._blocked)

    def forget_texts(self, ids: Sequence[int]) -> None:
        """Delete sealed texts, inside the caller's transaction: the rows that held them do not enter."""
        statements.write("DELETE FROM identity_text WHERE id = %s", [(each,) for each in ids])

    def _begin(self) -> None:
        self._sealer.refresh()  # no key comes while a batch is at it: what is sought and what is stored fit
        epoch = MapCounter.objects.filter(name="epoch").values_list("value", flat=True).first() or 0
        if epoch != self._epoch:
            self.forget()
            self._epoch, self._rules = epoch, rules_in_force()
        self._begun()

    def _begun(self) -> None:
        self._new: list[tuple[int, str, bytearray, bytearray]] = []
        self._blocked: list[int] = []

    def _column(self, kind: str, values: Sequence[str | None]) -> Tokens:
        if values.count(None) == len(values):
            return np.zeros(len(values), np.int64)
        known = self._known.setdefault(kind, {None: 0})
        missing = set(values) - known.keys()
        if missing:
            if len(known) + len(missing) > KNOWN_MAX:
                self._known[kind] = known = {None: 0}
                missing = set(values) - known.keys()
                if kind == ANONYMOUS:
                    self._devices.forget()
            if kind in self._void:
                known.update((each, 0) for each in missing if each is not None and self._rules.is_blocked(each))
                missing -= known.keys()
            self._learn(kind, [each for each in missing if each is not None], known)
        return np.fromiter(map(known.__getitem__, values), np.int64, len(values))

    def _learn(self, kind: str, values: list[str], known: dict[str | None, int]) -> None:
        sought = self._sealer.sought(kind, values)
        sql = "SELECT blind, token FROM identity_identifier WHERE blind IN {}"
        found = statements.read_in(sql, list(map(statements.blob, sought)))
        old = {sought[bytes(blind)]: token for blind, token in found}
        known.update(old)
        new = [value for value in values if value not in old]
        if kind == ANONYMOUS and old:
            self._devices.learn_stays(known, old)
        if kind in tombstones.KINDS:
            gone = self._stone.erased(kind, new)
            known.update(dict.fromkeys(gone, tombstones.GONE))
            new = [value for value in new if value not in gone]
        sealed = self._sealer.seal_many([value.encode() for value in new], use="identifier")
        tokens = random_tokens(len(sealed))
        known.update(zip(new, tokens, strict=True))
        blinds = self._sealer.blind_many(kind, new)
        blobs = zip(tokens, map(statements.blob, blinds), map(statements.blob, sealed), strict=True)
        self._new += [(token, kind, digest, hidden) for token, digest, hidden in blobs]

    def _fill(self, person: Tokens, claims: Claims) -> None:
        """Give rows whose identifiers are all blocked a person of their own: they are somebody's, and join nobody."""
        for row in np.flatnonzero(person == 0).tolist():
            user, device = claims.user[row], claims.anonymous[row]
            if user is not None:
                person[row] = self._void_of(USER, user)
            elif device is not None:
                person[row] = self._void_of(ANONYMOUS, device)

    def _void_of(self, kind: str, value: str) -> int:
        void = self._void[kind]
        if value not in void:
            self._learn(kind, [value], void)
            self._blocked.append(void[value])
        return void[value]

    def _previous(self, value: str) -> int:
        """Find an alias's previous id: an anonymous id if we know it as one, else a user id if we know that."""
        for kind in (ANONYMOUS, USER):
            if value in self._known[kind]:
                return (
                    self._devices.base_of(value, self._known[kind]) if kind == ANONYMOUS else self._known[kind][value]
                )
            for _, token in statements.read_in(
                "SELECT blind, token FROM identity_identifier WHERE blind IN {}",
                list(map(statements.blob, self._sealer.sought(kind, [value]))),
            ):
                return int(token)
        return tombstones.GONE if self._stone.erased(USER, [value]) else int(self._column(ANONYMOUS, [value])[0])

    def _aliases(self, claims: Claims, person: Tokens) -> list[Sighting]:
        pairs = [(self._previous(each.previous), int(person[each.row]), each.row) for each in claims.aliases]
        return [
            Sighting(user, previous, EdgeKind.ALIAS, *claims.made_by(row))
            for previous, user, row in pairs
            if previous > 0 and user > 0
        ]

    def _traits(self, traits: Sequence[Trait], person: Tokens) -> tuple[list[StoredTrait], Words]:
        newest: dict[tuple[int, str], Trait] = {}
        groups = self._known["group"]
        for each in traits:
            key = (groups[each.group] if each.group is not None else int(person[each.row]), each.name)
            if key not in newest or each.at_us >= newest[key].at_us:
                newest[key] = each
        sealed = map(statements.blob, self._sealer.seal_many([each.value for each in newest.values()], use="trait"))
        blinds = [trait_blind(name, each.value, self._sealer) for (_, name), each in newest.items()]
        rows = [
            (token, name, hidden, blind, each.at_us, each.source[:63])
            for ((token, name), each), hidden, blind in zip(newest.items(), sealed, blinds, strict=True)
        ]
        told = ((token, name, each.value, each.at_us) for (token, name), each in newest.items())
        return rows, words_of(told, self._sealer)

    def _write(
        self,
        new: list[tuple[int, str, bytearray, bytearray]],
        blocked: list[int],
        link: Callable[[], None],
        holders: list[tuple[int, int, int]],
        traits: tuple[list[StoredTrait], Words],
        texts: list[tuple[int, int, str, bytes]],
    ) -> None:
        _add(new, blocked)
        rows, words = traits
        statements.write(statements.SET_TRAITS, rows)
        write_words(words)
        statements.write(statements.ADD_TEXTS, texts)
        link()
        statements.write(statements.SET_HOLDERS, holders)


def _add(new: list[tuple[int, str, bytearray, bytearray]], blocked: list[int]) -> None:
    statements.write(statements.ADD_IDENTIFIERS, sorted(new))  # in the table's order: fewer pages are touched
    statements.write(statements.BLOCK, [(token,) for token in blocked])


def trait_blind(name: str, value: bytes, sealer: sealing.Sealer) -> bytearray | None:
    """Digest a trait's value, which is JSON, as it is stored; None for a trait by which nobody is looked for."""
    if name not in CONTACTS:
        digest = having.blind(name, value, sealer)
        return None if digest is None else statements.blob(digest)
    text = contacts.told(name, value)
    return None if text is None else statements.blob(sealer.blind(name, text))


def _texts(
    claims: Claims, person: Tokens, traits: Sequence[Trait], sealer: sealing.Sealer
) -> list[tuple[int, int, str, bytes]]:
    values = list(nameless(claims.texts, person, traits, sealer))
    sealed = sealer.seal_many(values, use="text")
    return [
        (each.id, int(person[each.row]), each.name[:64], hidden)
        for each, hidden in zip(claims.texts, sealed, strict=True)
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
