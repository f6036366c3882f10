"""Process models."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.domains.journeys.contracts.words import Share
from sojourn.domains.privacy.contracts import Coverage
from sojourn.engine.discovery.diagrams import Diagram


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessModel:
    """A process tree that replays the most frequent ways through, and its diagram.

    It is mined from `ways` of `ways_in_all` different ways, those of `customers`; `covers` is their share of all.
    """

    tree: str  # "->( 'ask', X( 'buy', tau ) )"; -> sequence, X choice, + parallel, * loop, tau nothing
    diagram: Diagram
    bpmn: str  # BPMN 2.0 XML, with its layout
    ways: int
    ways_in_all: int
    customers: int
    covers: Share
    coverage: Coverage
