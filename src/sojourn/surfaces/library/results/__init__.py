"""What questions are answered with: frozen words that can be shown, drawn and handed on as tables."""

from sojourn.surfaces.library.results.completion import Completion, Completions
from sojourn.surfaces.library.results.funnel import Funnel, FunnelStep
from sojourn.surfaces.library.results.graph import Graph, Steps
from sojourn.surfaces.library.results.retention import Retention
from sojourn.surfaces.library.results.sessions import SessionEdge, Sessions
from sojourn.surfaces.library.results.variants import Variant, Variants
from sojourn.surfaces.library.words import Coverage, Path, Share, Step

__all__ = [
    "Completion",
    "Completions",
    "Coverage",
    "Funnel",
    "FunnelStep",
    "Graph",
    "Path",
    "Retention",
    "SessionEdge",
    "Sessions",
    "Share",
    "Step",
    "Steps",
    "Variant",
    "Variants",
]
