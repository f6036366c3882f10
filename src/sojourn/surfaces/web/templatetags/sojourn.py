"""Tags and filters of the pages: icons, numbers, durations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import Step
from sojourn.kit import ids
from sojourn.kit.period import Period
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.questions import Asked
from sojourn.surfaces.web.strips import customers_url, written_steps

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader, words beside it do."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("web/icons.svg"),
        name,
    )


@register.filter
def whole(value: float | Decimal | None) -> str:
    """Write a count with the locale's thousands."""
    return "–" if value is None else figures.whole(value)


@register.filter
def money(value: str, currency: str | None) -> str:
    """Write an event's value with the locale's signs: two decimals with a currency, as many as it has without."""
    return figures.money(Decimal(value), currency)


@register.filter
def hidden(value: float | Decimal | None) -> str:
    """Write a count, or that it is hidden from a viewer who may not see figures of few customers."""
    return _("hidden") if value is None else figures.whole(value)


@register.filter
def short(number: int | str) -> str:
    """Write a customer's number in short, the same on every page."""
    return ids.short(int(number))


@register.filter
def percent(value: float | None) -> str:
    """Write a share as a percentage with one decimal."""
    return "–" if value is None else figures.percent(value)


@register.filter
def duration(seconds: float | None) -> str:
    """Write a length of time in the unit that fits it."""
    return "–" if seconds is None else figures.duration(seconds)


@register.filter
def ago(at: datetime | None) -> str | SafeString:
    """Say how long ago an instant was; the instant itself stands in the title."""
    if at is None:
        return "–"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), figures.moment(at), figures.ago(at))


@register.inclusion_tag("web/share.html")
def share(value: object) -> dict[str, object]:
    """Show a proportion with its interval and n, or say that there are too few."""
    return {"share": value}


@register.filter
def half_width(value: object) -> str:
    """Write the larger half of a proportion's interval, in points."""
    low, high, middle = (float(getattr(value, name)) for name in ("low", "high", "value"))
    return f"±{figures.decimal(max(high - middle, middle - low) * 100)}"


@register.filter
def points(difference: float) -> str:
    """Write a difference of shares in percentage points, with its sign."""
    return figures.points(difference)


@register.filter
def as_json(value: object) -> SafeString:
    """Write data for a script element; nothing in them can close it."""
    text = json.dumps(value, separators=(",", ":"))
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@register.simple_tag
def query(asked: Asked, **changes: Any) -> str:
    """Write the explorer's address, changed."""
    if changes.get("funnel") == "":
        changes["funnel"] = ()
    return asked.query(**changes)


@register.simple_tag
def customers(asked: Asked, of: str, **own: Any) -> str:
    """Give the address of the list of the customers behind a number of the page; steps are written as one part."""
    pairs = (
        (name, str(value) if isinstance(value, str | int) else written_steps(value)) for name, value in own.items()
    )
    return customers_url(asked, of, pairs)


@register.filter
def by_customers(steps: tuple[Step, ...]) -> list[Step]:
    """Put the busiest steps first."""
    return sorted(steps, key=lambda step: -step.customers)


@register.filter
def at(named: Mapping[str, object], key: str | None) -> object:
    """Look a name up; what has none is written as it is."""
    return "–" if key is None else named.get(key, key)


@register.filter
def css(value: float) -> str:
    """Write a number for a style: never with the locale's comma."""
    return f"{value:.2f}"


@register.filter
def words(value: object) -> str:
    """Write a code as words: service_improvement is "service improvement"."""
    return str(value).replace("_", " ")


@register.filter
def period(value: Period) -> str:
    """Say from when to when, in the viewer's zone."""
    if value.since is None and value.until is None:
        return _("all time")
    since = figures.moment(value.since) if value.since else _("the beginning")
    until = figures.moment(value.until) if value.until else _("now")
    return _("%(since)s to %(until)s") % {"since": since, "until": until}
