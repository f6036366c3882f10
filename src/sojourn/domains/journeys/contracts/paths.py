"""Trees of paths, and sessions."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.answers.paths import PathNode, PathNodeKind, PathsAsked, TreeFigures
from sojourn.engine.answers.sessions import SessionEdge, SessionFigures
from sojourn.engine.answers.words import Mean

__all__ = ["Mean", "PathNode", "PathNodeKind", "PathTree", "PathsAsked", "SessionEdge", "SessionsTable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PathTree(TreeFigures):
    """What came after an event, or before it; nodes in order of reading, each before its children.

    `withheld` nodes are not shown to a viewer who may not see single customers.
    """

    coverage: Coverage
    withheld: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionsTable(SessionFigures):
    """The sessions of a period: cut where nothing happened for longer than the timeout, and at start events.

    Figures are None when there are no sessions. A bounce is a session of a single event.
    """

    coverage: Coverage
