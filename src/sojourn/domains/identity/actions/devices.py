"""Who is signed in on which device, so that two people on one device stay two.

The first who signs in on a device owns it: its anonymous history becomes theirs. From the moment at which somebody
else signs in, its anonymous events belong to a *stay*: a person of its own for this device and this user. So what each
of them did without signing in is kept apart in the stream itself, and no event has to be rewritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Final

from sojourn.domains.identity import statements
from sojourn.domains.identity.actions.linking import Sighting
from sojourn.domains.identity.contracts import EdgeKind
from sojourn.domains.identity.ruleset import STAY
from sojourn.engine.stream.claims import Claims, Tokens

KNOWN_MAX: Final = 400_000
OWNERS: Final = """
SELECT e.other, e.person FROM identity_edge e JOIN identity_identifier i ON i.token = e.person
WHERE i.kind = 'user' AND e.kind IN (1, 6) AND e.other IN {} ORDER BY e.id DESC
"""  # the oldest comes last
HOLDERS: Final = 'SELECT device, "user", person FROM identity_deviceholder WHERE device IN {}'
Known = dict[str | None, int]


class Devices:
    """What is known of devices, by their own ids; tokens of people and devices are asked of the resolver."""

    def __init__(self, token: Callable[[str, str], int]) -> None:
        self._token = token
        self._signed_in: dict[str, int] = {}  # device -> user
        self._owner: dict[str, int] = {}  # where it is another than who is signed in
        self._stays: set[int] = set()  # whose edges were noted
        self.base: dict[str, int] = {}  # the token of such a device, because its events bear another's

    def forget(self) -> None:
        """Drop what is known, together with the tokens of devices."""
        for some in (self._signed_in, self._owner, self.base):
            some.clear()
        self._stays.clear()

    def base_of(self, device: str, known: Known) -> int:
        """Give the token of a device itself."""
        return self.base.get(device, known[device])

    def learn_stays(self, known: Known, found: dict[str, int]) -> None:
        """Let events of devices on which a further user stays bear the stay's person; `found` is known of old."""
        devices = {token: device for device, token in found.items()}
        for token, user, person in statements.read_in(HOLDERS, list(devices)):
            device = devices[token]
            self._signed_in[device] = user
            if person != token:
                self.base[device], known[device] = token, person

    def sign_ins(
        self, claims: Claims, users: Known, known: Known, person: Tokens, fresh: Collection[int]
    ) -> tuple[list[Sighting], list[tuple[int, int, int]]]:
        """Give the edges of sign-ins not seen before and who holds shared devices now; set their rows' persons."""
        pairs = zip(reversed(claims.user), reversed(claims.anonymous), strict=True)
        said = dict(zip(pairs, range(len(claims.user) - 1, -1, -1), strict=True))  # each with its first row
        new = self._unseen(said, users, known)
        if not new:
            return [], []
        self._recall({device for _, device in new}, known, fresh)
        new = self._unseen(said, users, known)
        if len(self._signed_in) + len(new) > KNOWN_MAX:
            self._signed_in = {device: self._signed_in[device] for device in self.base}
        often = Counter(device for _, device in new)
        contested = {device for device, users_ in often.items() if users_ > 1 or device in self._signed_in}
        edges = []
        for user, device in sorted(new, key=said.__getitem__):
            if device not in contested or (claims.is_history and device not in self._signed_in):
                self._signed_in[device] = users[user]
                edges.append(
                    Sighting(users[user], known[device], EdgeKind.SIGN_IN, *claims.made_by(said[user, device]))
                )
        if not contested or claims.is_history:
            return edges, []
        more, holders = self._walk(claims, users, known, person, contested)
        return edges + more, holders

    def _unseen(
        self, said: Iterable[tuple[str | None, str | None]], users: Known, known: Known
    ) -> list[tuple[str, str]]:
        signed_in = self._signed_in
        return [
            (user, device)
            for user, device in said
            if user is not None
            and device is not None
            and signed_in.get(device) != users[user]
            and users[user] > 0
            and known[device] > 0
        ]

    def _recall(self, devices: set[str], known: Known, fresh: Collection[int]) -> None:
        """Ask the log of edges who owns devices that were not looked at lately."""
        unknown = {self.base_of(each, known): each for each in devices}
        asked = [token for token, each in unknown.items() if token not in fresh and each not in self._owner]
        for token, owner in statements.read_in(OWNERS, asked):
            device = unknown[token]
            if device in self.base:
                self._owner[device] = owner
            else:
                self._signed_in[device] = owner

    def _walk(
        self, claims: Claims, users: Known, known: Known, person: Tokens, contested: set[str]
    ) -> tuple[list[Sighting], list[tuple[int, int, int]]]:
        """Go through the rows of contested devices in order of arrival, from one who signs in to the next."""
        edges: list[Sighting] = []
        holders: dict[int, tuple[int, int, int]] = {}
        for row, device in enumerate(claims.anonymous):
            if device is None or device not in contested:
                continue
            said = claims.user[row]
            user = 0 if said is None else users[said]
            if user > 0 and user != self._signed_in.get(device):
                edge = self._switch(device, str(said), user, known)
                if edge is not None:
                    edges.append(Sighting(user, edge, EdgeKind.SIGN_IN, *claims.made_by(row)))
                base = self.base_of(device, known)
                holders[base] = (base, user, known[device])
            elif user == 0 and row not in claims.given:
                person[row] = known[device]
        return edges, list(holders.values())

    def _switch(self, device: str, said: str, user: int, known: Known) -> int | None:
        """Note that another user is signed in; give the person whom an edge joins to the user, None for an owner."""
        before = self._signed_in.get(device)
        self._signed_in[device] = user
        if before is None:
            return known[device]
        base = self.base_of(device, known)
        if self._owner.setdefault(device, before) == user:
            known[device] = base
            return None
        self.base[device] = base
        stay = known[device] = self._token(STAY, f"{device}\n{said}")
        if stay in self._stays:
            return None
        self._stays.add(stay)
        return stay
