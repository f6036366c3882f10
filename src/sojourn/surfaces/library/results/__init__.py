"""What questions are answered with: frozen words that can be shown, drawn and handed on as tables."""

from sojourn.engine.answers.graph import Path, Step
from sojourn.engine.answers.words import Share
from sojourn.surfaces.library.results.attribution import Attribution
from sojourn.surfaces.library.results.cases import Cases
from sojourn.surfaces.library.results.comparison import CompletionsCompared, FunnelsCompared, GraphsCompared, Sides
from sojourn.surfaces.library.results.completion import Completions
from sojourn.surfaces.library.results.funnel import Funnel, FunnelParts, FunnelTrend
from sojourn.surfaces.library.results.graph import Graph, Steps
from sojourn.surfaces.library.results.lifecycle import Lifecycle
from sojourn.surfaces.library.results.paths import Paths
from sojourn.surfaces.library.results.patterns import Patterns
from sojourn.surfaces.library.results.retention import Retention
from sojourn.surfaces.library.results.sessions import Sessions
from sojourn.surfaces.library.results.success import Success
from sojourn.surfaces.library.results.variants import Variants
from sojourn.surfaces.library.words import Coverage

__all__ = [
    "Attribution",
    "Cases",
    "Completions",
    "CompletionsCompared",
    "Coverage",
    "Funnel",
    "FunnelParts",
    "FunnelTrend",
    "FunnelsCompared",
    "Graph",
    "GraphsCompared",
    "Lifecycle",
    "Path",
    "Paths",
    "Patterns",
    "Retention",
    "Sessions",
    "Share",
    "Sides",
    "Step",
    "Steps",
    "Success",
    "Variants",
]
