"""Ask metrics: the KPI catalogue and the figures that this release computes."""

from sojourn.domains.metrics.queries.answers import surveys_answered
from sojourn.domains.metrics.queries.drivers import drivers, facts
from sojourn.domains.metrics.queries.figures import figure, figures
from sojourn.domains.metrics.queries.kpis import kpi, kpis
from sojourn.domains.metrics.queries.league import league, levels, most_told
from sojourn.domains.metrics.queries.mix import mix
from sojourn.domains.metrics.queries.weighted import populations, weighted_score

__all__ = [
    "drivers",
    "facts",
    "figure",
    "figures",
    "kpi",
    "kpis",
    "league",
    "levels",
    "mix",
    "most_told",
    "populations",
    "surveys_answered",
    "weighted_score",
]
