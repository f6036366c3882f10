"""Adding to the log of edges, and bringing each person's customer up to date with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final, NamedTuple

from sojourn.domains.identity import statements
from sojourn.domains.identity.actions.proposing import propose
from sojourn.domains.identity.contracts import EdgeKind, Evidence, ProposalSource, Refusal, Suggestion
from sojourn.domains.identity.graph import HOLDING, Seen
from sojourn.domains.identity.models import MapCounter
from sojourn.domains.identity.neighbours import around, touched_by
from sojourn.domains.identity.rulebook import rules_in_force
from sojourn.domains.identity.ruleset import Rules

LINKS: Final = "SELECT person, customer FROM identity_link WHERE person IN {}"
WITH_EDGES: Final = "SELECT DISTINCT other FROM identity_edge WHERE other IN {}"
WITH_OWN_EDGES: Final = "SELECT person, COUNT(*) FROM identity_edge WHERE person IN {} GROUP BY person"
KNOWN: Final = "SELECT other, person, kind FROM identity_edge WHERE decision = 0 AND (other, person, kind) IN {}"
ADDED: Final = "SELECT id, person, other, kind, at_us FROM identity_edge WHERE decision = 0 AND other IN {}"


class Sighting(NamedTuple):
    """What an event said about who is whom."""

    person: int
    other: int
    kind: EdgeKind
    event_id: int | None
    at_us: int


def link(*, pairs: Sequence[tuple[int, int]] = (), aliases: Sequence[tuple[int, int]] = ()) -> None:
    """Join persons as (user's person, device) and (previous person, user's person), inside the caller's transaction.

    For what no event said.
    """
    note([Sighting(user, device, EdgeKind.SIGN_IN, None, 0) for user, device in pairs])
    note([Sighting(user, previous, EdgeKind.ALIAS, None, 0) for previous, user in aliases])


def note(sightings: Sequence[Sighting], *, fresh: Collection[int] = (), rules: Rules | None = None) -> None:
    """Add edges to the log and move the persons concerned, inside the caller's transaction.

    `fresh` are tokens that this transaction made: nothing can be known of them. Nearly every edge leads to a device
    or an address that nobody else has; such a one needs no look at the rest of the graph.
    """
    seen = _unseen([each for each in dict.fromkeys(sightings) if each.person != each.other], fresh)
    if not seen:
        return
    rules = rules or rules_in_force()
    simple, others = _sorted_out(seen, fresh, rules)
    statements.write(
        statements.ADD_EDGES, [(e.person, e.other, int(e.kind), e.event_id, e.at_us, 0, True) for e in seen]
    )
    covered: set[int] = set()
    if others:
        edges = [Seen(0, each.person, each.other, each.kind, each.at_us) for each in others]
        covered = refresh(touched_by(edges, rules), rules=rules, is_growing=True)
    _follow([each for each in simple if each.other not in covered])
    if any(each.kind is EdgeKind.ALIAS for each in others):
        _propose([each for each in others if each.kind is EdgeKind.ALIAS], rules)


def refresh(persons: Iterable[int], *, rules: Rules | None = None, is_growing: bool = False) -> set[int]:
    """Assign the customers of persons and of all whom they may move, inside the caller's transaction; give those.

    The move of each is noted in the change log. `is_growing` as in `neighbours.around`.
    """
    wanted = set(persons)
    rules = rules or rules_in_force()
    result = around(wanted, rules, is_growing=is_growing).assigned(rules)
    now = {person: person for person in wanted} | result.customer
    before = {person: person for person in now} | dict(statements.read_in(LINKS, sorted(now)))
    store({person: customer for person, customer in now.items() if before[person] != customer}, before)
    return set(now)


def store(moves: dict[int, int], before: dict[int, int]) -> None:
    """Write where persons belong now and note it in the change log, inside the caller's transaction."""
    if not moves:
        return
    version = (MapCounter.objects.filter(name="version").values_list("value", flat=True).first() or 0) + 1
    away = [(person, customer) for person, customer in moves.items() if person != customer]
    home = [(person,) for person, customer in moves.items() if person == customer]
    statements.write(statements.SET_LINKS, away)
    statements.write(statements.DROP_LINKS, home)
    rows = [(version, person, before.get(person, person), customer) for person, customer in moves.items()]
    statements.write(statements.ADD_CHANGES, rows)
    statements.write(statements.SET_COUNTER, [("version", version)])


def _unseen(sightings: Sequence[Sighting], fresh: Collection[int]) -> list[Sighting]:
    """Leave out what the log holds already: it changes nothing, and whoever comes back says it again and again."""
    asked = [(e.other, e.person, int(e.kind)) for e in sightings if e.other not in fresh and e.person not in fresh]
    known = set(statements.read_rows_in(KNOWN, asked))
    return [each for each in sightings if (each.other, each.person, int(each.kind)) not in known]


def _sorted_out(
    seen: Sequence[Sighting], fresh: Collection[int], rules: Rules
) -> tuple[list[Sighting], list[Sighting]]:
    """Part sign-ins on devices of which nothing else is known from all that may move others; some do neither."""
    named = Counter(
        token for each in seen for token in {each.other} | ({each.person} if each.kind != EdgeKind.SIGN_IN else set())
    )
    old = [each.other for each in seen if each.other not in fresh]
    busy = {other for (other,) in statements.read_in(WITH_EDGES, old)}
    busy |= {person for person, _ in statements.read_in(WITH_OWN_EDGES, old)}
    limit = None if rules.devices is None else rules.devices.count
    many: set[int] = set()
    if limit is not None:
        mine = Counter(each.person for each in seen if each.kind is EdgeKind.SIGN_IN)
        had = dict(statements.read_in(WITH_OWN_EDGES, [person for person in mine if person not in fresh]))
        many = {person for person, count in mine.items() if count + had.get(person, 0) > limit}
    simple, others = [], []
    for each in seen:
        is_alone = each.other not in busy and named[each.other] == 1
        if each.kind is EdgeKind.SIGN_IN and is_alone and each.person not in many:
            simple.append(each)
        elif each.kind not in HOLDING or not is_alone:
            others.append(each)
    return simple, others


def _follow(sightings: Sequence[Sighting]) -> None:
    """Let devices of which nothing else is known belong to whom their user belongs."""
    customer = dict(statements.read_in(LINKS, list({each.person for each in sightings})))
    store({each.other: customer.get(each.person, each.person) for each in sightings}, {})


def _propose(aliases: Sequence[Sighting], rules: Rules) -> None:
    """Put customers into the review queue whom a sender called one, where the rules may not join them."""
    wanted = {(each.person, each.other) for each in aliases}
    tokens = [token for pair in wanted for token in pair]
    result = around(tokens, rules).assigned(rules)
    refused = {number for number, why in result.refused.items() if why is Refusal.TWO_NUMBERS}
    added = (Seen(*row) for row in statements.read_in(ADDED, [other for _, other in wanted]))
    pairs = [
        Suggestion(
            customers=(each.person, each.other),
            evidence=(Evidence(field="alias", level="sent"),),
            mark=f"alias:{each.person}:{each.other}",
        )
        for each in added
        if each.id in refused and (each.person, each.other) in wanted
    ]
    if pairs:
        propose(pairs=pairs, source=ProposalSource.RULE)
