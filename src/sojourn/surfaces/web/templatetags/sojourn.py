"""Tags and filters of the pages: icons, numbers, durations."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sojourn.surfaces.web import figures

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
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), figures.moment(at), naturaltime(at))


@register.inclusion_tag("web/share.html")
def share(value: object) -> dict[str, object]:
    """Show a proportion with its interval and n, or say that there are too few."""
    return {"share": value}


@register.filter
def half_width(value: object) -> str:
    """Write the larger half of a proportion's interval, in points."""
    low, high, middle = (float(getattr(value, name)) for name in ("low", "high", "value"))
    return f"±{figures.decimal(max(high - middle, middle - low) * 100)}"
