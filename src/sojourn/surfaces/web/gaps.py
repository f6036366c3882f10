"""How long it takes: the distributions that the explorer's side panel shows of what is open in it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.journeys.contracts import Times as Measured
from sojourn.surfaces.web.funnel_figures import TimeLine, time_lines
from sojourn.surfaces.web.panel import PathPanel, StepPanel


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """A distribution: what it is of, its bars, how many times, median and 90th percentile in seconds."""

    name: str
    lines: tuple[TimeLine, ...]
    n: int
    median_s: float | None
    p90_s: float | None


def gaps(panel: StepPanel | PathPanel | None, question: Question, viewer: Viewer) -> tuple[Gaps, ...]:
    """Give the distributions of the step or the path that is open; none when nothing is."""
    if isinstance(panel, PathPanel):
        path = panel.row.path
        found = journeys.edge(source=path.source, target=path.target, question=question, viewer=viewer)
        lines = time_lines(found.bins)
        return (
            Gaps(name=_("From one to the other"), lines=lines, n=path.times, median_s=path.median_s, p90_s=path.p90_s),
        )
    if panel is None:
        return ()
    step = journeys.step(name=panel.step.name, question=question, viewer=viewer)
    return (_gaps(_("Since the step before"), step.before), _gaps(_("Until the next step"), step.after))


def _gaps(name: str, times: Measured) -> Gaps:
    return Gaps(name=name, lines=time_lines(times.bins), n=times.n, median_s=times.median_s, p90_s=times.p90_s)
