"""Funnels: how many get how far, in order, within a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.contracts import FunnelStep, FunnelTable, Question
from sojourn.domains.journeys.queries.door import bounds, known_codes
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Codes, Purpose
from sojourn.engine.kernels.funnel import FunnelFold
from sojourn.engine.kernels.results import Funnel
from sojourn.kit.period import Period


def funnel(
    *,
    steps: Sequence[str | Sequence[str]],
    window_days: float,
    question: Question,
    viewer: Viewer,
    purpose: Purpose = Purpose.ANALYTICS,
) -> FunnelTable:
    """Give the customers who took the first step in the period and reached each next one within the window.

    A step is an event's name or several, any of which counts. Later steps may come after the period while the
    window is open. Raise InvalidError for a funnel that cannot be, or an event that was never seen.
    """
    sets = tuple((step,) if isinstance(step, str) else tuple(step) for step in steps)
    rules.check_funnel(steps=sets, window_days=window_days)
    window_s = round(window_days * rules.DAY_S)

    def fold_for(codes: Codes) -> FunnelFold:
        return FunnelFold(
            [known_codes(codes, names) for names in sets],
            window_us=window_s * rules.MICROS,
            **bounds(question.period),
        )

    answer = privacy.ask(
        fold_for=fold_for,
        period=_with_window(question.period, window_s),
        events=question.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.funnel", sets, window_s, question.period),
        told={"steps in order": sets, "window in days": window_days, "first step": question.period},
    )
    return FunnelTable(
        steps=_steps(sets, answer.value),
        window_s=window_s,
        median_total_s=rules.seconds(answer.value.median_total),
        coverage=replace(answer.coverage, period=question.period),
    )


def _with_window(period: Period, window_s: int) -> Period:
    until = None if period.until is None else period.until + timedelta(seconds=window_s)
    return Period(since=period.since, until=until)


def _steps(sets: tuple[tuple[str, ...], ...], found: Funnel) -> tuple[FunnelStep, ...]:
    reached = found.reached.tolist()
    return tuple(
        FunnelStep(
            name=" / ".join(names),
            customers=reached[k],
            from_first=rules.share(reached[k], reached[0]),
            from_before=rules.share(reached[k], reached[max(k - 1, 0)]),
            median_s=rules.seconds(found.median_gap[k]),
            p90_s=rules.seconds(found.p90_gap[k]),
        )
        for k, names in enumerate(sets)
    )
