"""How figures are written: locale's separators, a unit always, an honest word where there is no number."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext, ngettext

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def whole(value: float | Decimal) -> str:
    """Write a number without decimals, with thousands separated.

    >>> whole(346118)
    '346,118'
    """
    return str(formats.number_format(round(value), use_l10n=True, force_grouping=True))


def decimal(value: float | Decimal, places: int = 1) -> str:
    """Write a number with so many decimals, rounded (Django alone would cut); minus is a real minus sign.

    >>> decimal(28.185), decimal(-0.04), decimal(-1234.56)
    ('28.2', '0.0', '−1,234.6')
    """
    exact = Decimal(f"{abs(value):.{places}f}")
    written = str(formats.number_format(exact, decimal_pos=places, use_l10n=True, force_grouping=True))
    return f"−{written}" if value < 0 and exact else written


def money(value: Decimal, currency: str | None) -> str:
    """Write an amount: no fewer than two decimals with a currency, and none that say nothing.

    >>> money(Decimal("2500.0000"), "EUR"), money(Decimal("-0.1250"), "EUR"), money(Decimal("3.0"), None)
    ('2,500.00 EUR', '−0.125 EUR', '3')
    """
    told = -int(value.normalize().as_tuple().exponent)
    written = decimal(value, max(told, 2 if currency else 0))
    return f"{written} {currency}" if currency else written


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal."""
    return f"{decimal(share * 100)}%"


def points(difference: float) -> str:
    """Write a difference of shares in percentage points, always with its sign.

    >>> points(0.1234), points(-0.02)
    ('+12.3', '−2.0')
    """
    written = decimal(100 * difference)
    return written if written.startswith("−") else f"+{written}"


def duration(seconds: float) -> str:
    """Write a length of time in the unit that fits it: 48 s, 6.5 min, 1.9 h, 3.2 d."""
    if seconds < 1:
        return gettext("0 s") if seconds <= 0 else gettext("under 1 s")
    if seconds < MINUTE:
        return gettext("%(n)s s") % {"n": whole(seconds)}
    if seconds < HOUR:
        return gettext("%(n)s min") % {"n": _short(seconds / MINUTE)}
    if seconds < 2 * DAY:
        return gettext("%(n)s h") % {"n": _short(seconds / HOUR)}
    return gettext("%(n)s d") % {"n": _short(seconds / DAY)}


def moment(at: datetime) -> str:
    """Write an instant in the viewer's zone, the zone named."""
    here = timezone.localtime(at)
    return f"{formats.date_format(here, 'j M Y H:i')} {here.tzname()}"


def ago(at: datetime) -> str:
    """Say how long ago an instant was, in its largest unit."""
    now = timezone.now()
    if now - at < timedelta(seconds=MINUTE):
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(at, now, depth=1)}


def too_few(n: int) -> str:
    """Say that there are too few to give a number."""
    return ngettext("n = %(n)s, too few to say", "n = %(n)s, too few to say", n) % {"n": whole(n)}


def _short(value: float) -> str:
    return whole(value) if value >= 100 or value == int(value) else decimal(value)
