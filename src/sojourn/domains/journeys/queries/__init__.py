"""Ask journeys: the graph, variants and funnels of a question, who comes back, and how named journeys end."""

from sojourn.domains.journeys.cohorts import written_brackets
from sojourn.domains.journeys.queries.completion import completion, completions
from sojourn.domains.journeys.queries.door import without
from sojourn.domains.journeys.queries.funnel import funnel
from sojourn.domains.journeys.queries.graph import edge, graph
from sojourn.domains.journeys.queries.lifecycle import lifecycle
from sojourn.domains.journeys.queries.named import journey, journeys
from sojourn.domains.journeys.queries.paths import paths
from sojourn.domains.journeys.queries.process import process
from sojourn.domains.journeys.queries.retention import retention
from sojourn.domains.journeys.queries.sessions import sessions
from sojourn.domains.journeys.queries.variants import variants

__all__ = [
    "completion",
    "completions",
    "edge",
    "funnel",
    "graph",
    "journey",
    "journeys",
    "lifecycle",
    "paths",
    "process",
    "retention",
    "sessions",
    "variants",
    "without",
    "written_brackets",
]
