"""Ask journeys: the graph, variants and funnels of a question, who comes back, and how named journeys end."""

from sojourn.domains.journeys.queries.attribution import attribution
from sojourn.domains.journeys.queries.cases import cases, cases_of_journey
from sojourn.domains.journeys.queries.comparing import period_before
from sojourn.domains.journeys.queries.comparison import (
    compare_completions,
    compare_funnels,
    compare_graphs,
    compare_variants,
)
from sojourn.domains.journeys.queries.completion import completion, completions
from sojourn.domains.journeys.queries.door import without
from sojourn.domains.journeys.queries.funnel import funnel
from sojourn.domains.journeys.queries.graph import edge, graph, step
from sojourn.domains.journeys.queries.levels import group_members
from sojourn.domains.journeys.queries.lifecycle import lifecycle
from sojourn.domains.journeys.queries.named import journey, journeys
from sojourn.domains.journeys.queries.paths import paths
from sojourn.domains.journeys.queries.patterns import around_pattern, check_filter, patterns
from sojourn.domains.journeys.queries.process import process
from sojourn.domains.journeys.queries.retention import retention
from sojourn.domains.journeys.queries.saved import (
    answers_asked,
    own_parameters,
    pinned_questions,
    saved_question,
    saved_questions,
)
from sojourn.domains.journeys.queries.sessions import sessions
from sojourn.domains.journeys.queries.standing import panel
from sojourn.domains.journeys.queries.success import success
from sojourn.domains.journeys.queries.variants import variants
from sojourn.engine.answers.cases_asked import written_outcomes, written_stages
from sojourn.engine.answers.funnel_asked import exclusion_said, written_exclusion
from sojourn.engine.kernels.cohorts import written_brackets

__all__ = [
    "answers_asked",
    "around_pattern",
    "attribution",
    "cases",
    "cases_of_journey",
    "check_filter",
    "compare_completions",
    "compare_funnels",
    "compare_graphs",
    "compare_variants",
    "completion",
    "completions",
    "edge",
    "exclusion_said",
    "funnel",
    "graph",
    "group_members",
    "journey",
    "journeys",
    "lifecycle",
    "own_parameters",
    "panel",
    "paths",
    "patterns",
    "period_before",
    "pinned_questions",
    "process",
    "retention",
    "saved_question",
    "saved_questions",
    "sessions",
    "step",
    "success",
    "variants",
    "without",
    "written_brackets",
    "written_exclusion",
    "written_outcomes",
    "written_stages",
]
