"""A funnel as the page shows it: bars, shares, and the addresses that change its steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.domains.journeys.contracts import FunnelStep, FunnelTable
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.surfaces.web import figures, funnel_figures
from sojourn.surfaces.web.funnel_figures import PartLine, Times, Trend
from sojourn.surfaces.web.funnel_settings import Broken, FunnelSettings, pairs_of
from sojourn.surfaces.web.questions import Asked
from sojourn.surfaces.web.strips import customers_url


@dataclass(frozen=True, kw_only=True)
class FunnelLine:
    """One step: its bar's length in per cent of the first, and where its buttons lead."""

    number: int
    step: FunnelStep
    length: float
    without: str
    earlier: str  # "" for the first
    later: str  # "" for the last
    means: str = ""  # whom the number counts, where it is not the step beside it
    reached: str = ""  # the list of the customers who reached the step
    lost: int = 0  # customers who got no further
    lost_list: str = ""


@dataclass(frozen=True, kw_only=True)
class FunnelView:
    """A funnel with its settings, its sentence, and what more there is to see."""

    settings: FunnelSettings
    name: str
    window_days: int
    broken: tuple[Broken, ...]
    pairs: tuple[tuple[str, str], ...]
    lines: tuple[FunnelLine, ...] = ()
    table: FunnelTable | None = None
    times: Times | None = None
    parts: tuple[PartLine, ...] = ()
    trend: Trend | None = None
    says: str = ""
    how: str = ""
    refused: str = ""
    undone: str = ""  # the address without the step that was refused
    plain: str = ""  # the address without settings, when there are any


def funnel_view(
    asked: Asked, chosen: FunnelSettings, steps: tuple[str, ...], window_days: int, table: FunnelTable
) -> FunnelView:
    """Lay a funnel out for the page."""

    def changed(funnel: tuple[str, ...]) -> str:
        return asked.query(funnel=funnel, window=window_days)

    def listed(number: int, **own: str) -> str:
        here = replace(asked, funnel=steps, window=window_days)
        return customers_url(here, "funnel", (("k", str(number)), *own.items()))

    first = max(table.steps[0].times, 1) if table.steps else 1
    onward = [step.customers for step in table.steps[1:]]
    lines = tuple(
        FunnelLine(
            number=at + 1,
            step=step,
            length=100 * step.times / first,
            without=changed(steps[:at] + steps[at + 1 :]),
            earlier=changed(_swapped(steps, at - 1)) if at else "",
            later=changed(_swapped(steps, at)) if at + 1 < len(steps) else "",
            means=_means(at + 1, len(steps)) if chosen.order is Order.ANY else "",
            reached=listed(at + 1),
            lost=step.customers - onward[at] if at < len(onward) else 0,
            lost_list=listed(at + 1, lost="1"),
        )
        for at, step in enumerate(table.steps)
    )
    return FunnelView(
        settings=chosen,
        name=_name(chosen, window_days),
        window_days=window_days,
        broken=chosen.broken(asked),
        pairs=_pairs(chosen, len(steps)),
        lines=lines,
        table=table,
        times=funnel_figures.times(table, chosen.timed) if len(steps) > 1 else None,
        parts=funnel_figures.parts(table, lambda value: listed(1, part=value)),
        trend=funnel_figures.trend(table),
        says=_sentence(table, window_days, chosen),
        how=_how(chosen),
    )


def refused_funnel(
    asked: Asked, chosen: FunnelSettings, steps: tuple[str, ...], window_days: int, message: str
) -> FunnelView:
    """Say why a funnel cannot be, with a way back."""
    return FunnelView(
        settings=chosen,
        name=_name(chosen, window_days),
        window_days=window_days,
        broken=chosen.broken(asked),
        pairs=_pairs(chosen, len(steps)),
        refused=message,
        undone=asked.query(funnel=steps[:-1], window=window_days),
        plain=asked.query(own=()) if chosen.own() else "",
    )


def _pairs(chosen: FunnelSettings, steps: int) -> tuple[tuple[str, str], ...]:
    return () if chosen.order is Order.ANY or steps < 3 else tuple(pairs_of(steps))


def _swapped(steps: tuple[str, ...], at: int) -> tuple[str, ...]:
    return (*steps[:at], steps[at + 1], steps[at], *steps[at + 2 :])


def _means(number: int, steps: int) -> str:
    if number == steps:
        return _("with all %(n)s") % {"n": steps}
    return _("with any %(n)s or more") % {"n": number}


def _name(chosen: FunnelSettings, days: int) -> str:
    names = {
        Order.ORDERED: ngettext(
            "Funnel, in order, within %(days)s day", "Funnel, in order, within %(days)s days", days
        ),
        Order.STRICT: ngettext(
            "Funnel, directly one after the other, within %(days)s day",
            "Funnel, directly one after the other, within %(days)s days",
            days,
        ),
        Order.ANY: ngettext(
            "Funnel, in any order, within %(days)s day", "Funnel, in any order, within %(days)s days", days
        ),
    }
    return names[chosen.order] % {"days": days}


def _how(chosen: FunnelSettings) -> str:
    orders = {
        Order.ORDERED: _(
            "A customer reaches a step when all steps before it happened in this order, and the whole within the "
            "window from the first. The earliest completion counts."
        ),
        Order.STRICT: _(
            "A customer reaches a step when all steps before it happened in this order, no other event in between, "
            "and the whole within the window from the first. The earliest completion counts."
        ),
        Order.ANY: _(
            "A customer has as many steps as different ones happened within one window, in whatever order; the first "
            "line counts those with at least one, the second with two. The earliest completion counts."
        ),
    }
    told = [orders[chosen.order]]
    if chosen.exclusions:
        told.append(_("An event that breaks the funnel ends what went before it; a later try may be whole."))
    if chosen.is_by_entry():
        told.append(
            _(
                "Each entry counts: it begins with the first step while no other runs, and ends when all steps are "
                "taken, the window has passed or nothing can go on. Intervals have the customer as the unit."
            )
        )
    if not chosen.is_per_customer():
        told.append(
            _(
                "What counts as one has all events of everybody who belongs to it in the period, in order: what one "
                "begins another may end. Who belongs to none counts alone."
            )
        )
    told.append(_("Shares have a 95% interval (Wilson)."))
    return " ".join(told)


def _sentence(table: FunnelTable, window_days: int, chosen: FunnelSettings) -> str:
    if len(table.steps) < 2:
        return _("Add a second step to see how many go on.")
    first, last = table.steps[0], table.steps[-1]
    if last.from_first.too_few:
        return _("Too few customers reach %(first)s to say.") % {"first": first.name}
    if table.options.order is Order.ANY:
        said = _("%(share)s of the %(n)s with any of the steps have all of them within %(days)s days.")
    elif chosen.is_by_entry():
        said = _(
            "%(share)s of the %(n)s entries by %(first)s get to %(last)s within %(days)s days. "
            "Most are lost before %(worst)s."
        )
    elif not chosen.is_per_customer():
        said = _(
            "%(ones)s: %(share)s of the %(n)s that reach %(first)s get to %(last)s within %(days)s days, who is in "
            "none counting alone. Most are lost before %(worst)s."
        )
    else:
        said = _(
            "%(share)s of the %(n)s customers who reach %(first)s get to %(last)s within %(days)s days. "
            "Most are lost before %(worst)s."
        )
    worst = min(table.steps[1:], key=lambda step: step.from_before.value)
    return said % {
        "ones": chosen.counted(),
        "share": figures.percent(last.from_first.value),
        "n": figures.whole(first.times),
        "first": first.name,
        "last": last.name,
        "days": window_days,
        "worst": worst.name,
    }
