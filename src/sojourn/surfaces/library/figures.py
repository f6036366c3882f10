"""How figures are written in a notebook or a terminal."""

from __future__ import annotations

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def hidden_or(value: float | None) -> str:
    """Write a number as `whole` does, or that it is hidden from whom the key stands for."""
    return "hidden" if value is None else whole(value)


def whole(value: float) -> str:
    """Write a number without decimals, thousands separated.

    >>> whole(346118)
    '346,118'
    """
    return f"{value:,.0f}"


def percent(share: float) -> str:
    """Write a share as a percentage.

    >>> percent(0.0449)
    '4.5%'
    """
    return f"{share * 100:.1f}%"


def duration(seconds: float | None) -> str:
    """Write a length of time in the unit that fits it.

    >>> duration(48), duration(6840), duration(None)
    ('48 s', '1.9 h', '')
    """
    if seconds is None:
        return ""
    if seconds < MINUTE:
        return f"{seconds:.0f} s" if seconds >= 1 or seconds <= 0 else "under 1 s"
    for size, unit, until in ((MINUTE, "min", HOUR), (HOUR, "h", 2 * DAY), (DAY, "d", float("inf"))):
        if seconds < until:
            value = seconds / size
            return f"{value:,.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.1f} {unit}"
    return ""


def shortened(text: str, most: int) -> str:
    """Cut a text that is longer than `most` characters, with an ellipsis.

    >>> shortened("Application Started", 8)
    'Applica…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"
