"""Exact money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SCALE = 10_000  # four decimals, as in the stream's decimal(18, 4)


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217 code); amounts of two currencies never add."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)


def scaled(amount: Decimal) -> int:
    """Turn an amount into whole ten-thousandths, exactly; raise ValueError when it has more decimals."""
    units = amount * SCALE
    if units != units.to_integral_value():
        raise ValueError("more than four decimals")
    return int(units)
