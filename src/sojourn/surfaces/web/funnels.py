"""A funnel as the page shows it: bars, shares, and the addresses that change its steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import FunnelStep, FunnelTable
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.questions import Asked


@dataclass(frozen=True, kw_only=True)
class FunnelLine:
    """One step: its bar's length in per cent of the first, and where its buttons lead."""

    number: int
    step: FunnelStep
    length: float
    without: str
    earlier: str  # "" for the first
    later: str  # "" for the last


@dataclass(frozen=True, kw_only=True)
class FunnelView:
    """A funnel with its sentence."""

    lines: tuple[FunnelLine, ...]
    table: FunnelTable | None
    window_days: int
    says: str
    refused: str = ""
    undone: str = ""  # the address without the step that was refused


def funnel_view(asked: Asked, steps: tuple[str, ...], window_days: int, table: FunnelTable) -> FunnelView:
    """Lay a funnel out for the page."""

    def changed(funnel: tuple[str, ...]) -> str:
        return asked.query(funnel=funnel, window=window_days)

    first = max(table.steps[0].customers, 1) if table.steps else 1
    lines = tuple(
        FunnelLine(
            number=at + 1,
            step=step,
            length=100 * step.customers / first,
            without=changed(steps[:at] + steps[at + 1 :]),
            earlier=changed(_swapped(steps, at - 1)) if at else "",
            later=changed(_swapped(steps, at)) if at + 1 < len(steps) else "",
        )
        for at, step in enumerate(table.steps)
    )
    return FunnelView(lines=lines, table=table, window_days=window_days, says=_sentence(table, window_days))


def refused_funnel(asked: Asked, steps: tuple[str, ...], window_days: int, message: str) -> FunnelView:
    """Say why a funnel cannot be, with a way back."""
    undone = asked.query(funnel=steps[:-1], window=window_days)
    return FunnelView(lines=(), table=None, window_days=window_days, says="", refused=message, undone=undone)


def _swapped(steps: tuple[str, ...], at: int) -> tuple[str, ...]:
    return (*steps[:at], steps[at + 1], steps[at], *steps[at + 2 :])


def _sentence(table: FunnelTable, window_days: int) -> str:
    if len(table.steps) < 2:
        return _("Add a second step to see how many go on.")
    first, last = table.steps[0], table.steps[-1]
    if last.from_first.too_few:
        return _("Too few customers reach %(first)s to say.") % {"first": first.name}
    worst = min(table.steps[1:], key=lambda step: step.from_before.value)
    return _(
        "%(share)s of the %(n)s customers who reach %(first)s get to %(last)s within %(days)s days. "
        "Most are lost before %(worst)s."
    ) % {
        "share": figures.percent(last.from_first.value),
        "n": figures.whole(first.customers),
        "first": first.name,
        "last": last.name,
        "days": window_days,
        "worst": worst.name,
    }
