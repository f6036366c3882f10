"""Who is one customer: why, making two one, taking apart; for a viewer, of nobody whom the viewer does not reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers.contracts import Behind, Panel, PanelAsked, PanelLine
from sojourn.domains.identity import actions as identity_actions
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import Decided, EdgeKind, Why
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit.errors import NotFoundError


def why(*, customer: int, viewer: Viewer) -> Why:
    """Say why a customer's persons are one: each edge with the event or decision that made it.

    Raise ForbiddenError without the right to review identity, NotFoundError for one whom the viewer does not reach.
    """
    viewer.require(Right.IDENTITY_REVIEW, looking=True)
    return identity.why(customer=_reached(customer, viewer))


def behind(found: Why, *, viewer: Viewer) -> Behind:
    """Open what stands behind a customer's graph: its identifiers, and the names of the events that made its edges.

    Identifiers are opened for those who may read customers, and never those of other customers' persons. Events are
    named that the viewer may see for service.
    """
    members = {person for person, _ in found.persons}
    others = {each.other for each in found.edges if each.kind in (EdgeKind.HOLDS, EdgeKind.VERIFIED)}
    reading = viewer.within(Right.CUSTOMERS_READ) if viewer.can(Right.CUSTOMERS_READ) else None
    if reading is None or not _is_reached(found.customer, reading):
        return Behind(values={}, events={})
    made_by = {each.event_id for each in found.edges if each.event_id}
    return Behind(
        values={each.person: each.value for each in identity.identifiers_of(sorted(members | others))},
        events=privacy.names_of(found.customer, event_ids=made_by, purpose=Purpose.SERVICE, viewer=reading),
    )


def decisions(*, viewer: Viewer) -> tuple[Decided, ...]:
    """List the latest decisions about customers all of whom the viewer reaches, newest first."""
    viewer.require(Right.IDENTITY_REVIEW, looking=True)
    return tuple(each for each in identity.decisions() if _are_reached(each.customers, viewer))


def merge_customers(*, customers: Sequence[int], why: str, viewer: Viewer) -> int:
    """Make customers one and give the decision's number; raise as `identity.actions.merge`, ForbiddenError."""
    viewer.require(Right.IDENTITY_REVIEW)
    return identity_actions.merge(customers=[_reached(each, viewer) for each in customers], by=viewer.name, why=why)


def undo_decision(*, decision: int, why: str, viewer: Viewer) -> int:
    """Undo a decision and give the number of the one that does; raise as `identity.actions.unmerge`, ForbiddenError."""
    viewer.require(Right.IDENTITY_REVIEW)
    found = identity.decision(number=decision)
    if not _are_reached(found.customers, viewer):
        raise NotFoundError("There is no such decision.")
    return identity_actions.unmerge(decision=decision, by=viewer.name, why=why)


def take_out(*, customer: int, edges: Sequence[int], why: str, viewer: Viewer) -> int:
    """Take edges of a customer out of the graph; give the decision's number.

    Raise as `identity.actions.unmerge`, ForbiddenError, and NotFoundError for an edge that is not the customer's.
    """
    viewer.require(Right.IDENTITY_REVIEW)
    known = {each.id for each in identity.why(customer=_reached(customer, viewer)).edges}
    if not set(edges) <= known:
        raise NotFoundError("There is no such edge.")
    return identity_actions.unmerge(edges=edges, by=viewer.name, why=why)


def panel(asked: PanelAsked) -> Panel | None:
    """Tell on the customer's page how many identifiers are one person here, and lead to why."""
    if not asked.viewer.can(Right.IDENTITY_REVIEW):
        return None
    found = identity.why(customer=asked.customer)
    joining = [each for each in found.edges if each.refusal is None and each.kind < EdgeKind.HOLDS]
    decided = [each for each in found.edges if each.refusal is None and each.decision]
    page = ("customer-identity", {"number": str(asked.customer)})
    return Panel(
        key="identity",
        title="Why is this one person?",
        lines=(
            PanelLine(label="Persons", value=str(len(found.persons)), page=page),
            PanelLine(label="Joined by events", value=str(len(joining))),
            PanelLine(label="Joined by decisions", value=str(len(decided))),
            PanelLine(label="Shared identifiers", value=str(len(found.shared))),
        ),
        empty="",
    )


def _reached(customer: int, viewer: Viewer) -> int:
    looking = viewer.within(Right.IDENTITY_REVIEW)
    return privacy.require_reachable(customer, purpose=Purpose.SERVICE, viewer=looking)


def _is_reached(customer: int, viewer: Viewer) -> bool:
    return bool(privacy.reachable(np.array([customer], np.int64), purpose=Purpose.SERVICE, viewer=viewer)[0])


def _are_reached(customers: Iterable[int], viewer: Viewer) -> bool:
    try:
        for each in customers:
            _reached(each, viewer)
    except NotFoundError:
        return False
    return True
