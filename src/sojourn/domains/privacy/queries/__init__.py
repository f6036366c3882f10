"""The door: everything that other rooms and surfaces learn about events, under a purpose and for a viewer."""

from sojourn.domains.privacy.queries.freshness import freshness, recent_period
from sojourn.domains.privacy.queries.journeys import ask
from sojourn.domains.privacy.queries.listing import event, events
from sojourn.domains.privacy.queries.memory import remembered
from sojourn.domains.privacy.queries.reach import reachable, require_reachable
from sojourn.domains.privacy.queries.sides import ask_sides
from sojourn.domains.privacy.queries.sums import Reading, measure, reading
from sojourn.domains.privacy.queries.terms import vocabulary
from sojourn.domains.privacy.queries.timelines import events_of
from sojourn.domains.privacy.rules import purposes_at_collection
from sojourn.domains.privacy.scanning import Scan, UnprovenError, scan
from sojourn.engine.scanning.words import Needles
from sojourn.engine.stream.personal import is_suspicious as looks_personal

__all__ = [
    "Needles",
    "Reading",
    "Scan",
    "UnprovenError",
    "ask",
    "ask_sides",
    "event",
    "events",
    "events_of",
    "freshness",
    "looks_personal",
    "measure",
    "purposes_at_collection",
    "reachable",
    "reading",
    "recent_period",
    "remembered",
    "require_reachable",
    "scan",
    "vocabulary",
]
