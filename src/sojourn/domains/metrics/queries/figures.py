"""Figures: a KPI over a period, whole or by part, with its change against the period before."""

from __future__ import annotations

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.metrics import rules
from sojourn.domains.metrics.contracts import Figure
from sojourn.domains.metrics.queries import endings, surveys
from sojourn.domains.metrics.queries.kpis import kpi as kpi_of
from sojourn.domains.metrics.rules import Estimate
from sojourn.domains.privacy.contracts import Coverage, EventFilter, Purpose
from sojourn.kit.errors import ConflictError
from sojourn.kit.period import Period


class NotComputedError(ConflictError):
    """The KPI is defined, but this release does not compute it."""

    code = "not_computed"


def figure(
    *,
    kpi: str,
    period: Period,
    viewer: Viewer,
    by: str | None = None,
    journey: str | None = None,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
) -> tuple[Figure, ...]:
    """Compute a KPI over a period.

    Survey KPIs: one figure for each scale that was answered on, the KPI's own first, else the most answered one;
    `by` unit, channel, product, survey or month gives one for each part. Journey KPIs: one for each named
    journey; with `journey` one for it, or `by` unit, channel, product, source or month. The change is against the
    period of the same length just before (none for an open period or months), tested as one family. Raise
    NotFoundError, NotComputedError, or InvalidError for a breakdown there is not.
    """
    definition = kpi_of(kpi_id=kpi)
    if not definition.computed:
        raise NotComputedError(f"{definition.name} is defined, but not computed in this release.")

    def estimates(of: Period) -> tuple[list[Estimate], Coverage]:
        if kpi in rules.SURVEY_KPIS:
            return surveys.estimates(kpi=kpi, period=of, by=by, events=events, viewer=viewer, purpose=purpose)
        return endings.estimates(
            kpi=kpi, journey=journey, period=of, by=by, events=events, viewer=viewer, purpose=purpose
        )

    now, coverage = estimates(period)
    earlier = None if by == "month" else _before(period)
    before = [] if earlier is None else estimates(earlier)[0]
    return rules.figures(definition, now, before, coverage)


def _before(period: Period) -> Period | None:
    if period.since is None or period.until is None:
        return None
    return Period(since=period.since - (period.until - period.since), until=period.since)
