"""The questions of the bench, in the order of its table."""

from tools.peers.questions import (
    attribution,
    funnel,
    funnel_any,
    funnel_counts,
    funnel_strict,
    graph,
    paths,
    retention,
    sessions,
    variants,
)
from tools.peers.words import Question

QUESTIONS: dict[str, Question] = {
    each.name: each
    for each in (
        funnel.QUESTION, funnel_counts.QUESTION, funnel_strict.QUESTION, funnel_any.QUESTION, sessions.QUESTION,
        variants.QUESTION, retention.QUESTION, paths.QUESTION, attribution.QUESTION, graph.QUESTION,
    )
}  # fmt: skip
