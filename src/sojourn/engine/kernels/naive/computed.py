"""Computed traits, the obvious way: one customer and one event after the other."""

from __future__ import annotations

from collections import Counter

from sojourn.engine.kernels.computed import NO_RANK, How
from sojourn.engine.kernels.words import NO_CODE, Slice, UInt16s


def computed(
    events: Slice, how: How, *, of: str | None = None, rank: UInt16s | None = None, currency: int | None = None
) -> list[tuple[int, int]]:
    """Give (customer, value) as `ComputedFold` does, in its order."""
    found: list[tuple[int, int]] = []
    amounts = {} if events.amounts is None else _by_place(events)
    for place, customer in enumerate(events.customer.tolist()):
        if events.customer_keep is not None and not events.customer_keep[place]:
            continue
        mine = [
            each
            for each in range(int(events.offset[place]), int(events.offset[place + 1]))
            if events.keep is None or events.keep[each]
        ]
        if how is How.SUM:
            money = [amounts[each][0] for each in mine if each in amounts and amounts[each][1] == currency]
            found += [(customer, sum(money))] if money else []
            continue
        texts = [(each, _rank(events, each, of, rank)) for each in mine]
        told = [(each, text) for each, text in texts if text != NO_RANK]
        if told:
            found += [(customer, value) for value in _made(events, how, of, told)]
    return found


def _made(events: Slice, how: How, of: str | None, told: list[tuple[int, int]]) -> list[int]:
    if how is How.COUNT:
        return [len(told)]
    if how in (How.FIRST, How.LAST):
        place, text = told[0 if how is How.FIRST else -1]
        return [int(events.at[place]) if of is None else text]
    times = Counter(text for _, text in told)
    if how is How.MOST_FREQUENT:
        return [min(times, key=lambda text: (-times[text], text))]
    return [len(times)] if how is How.UNIQUE_COUNT else sorted(times)


def _rank(events: Slice, place: int, of: str | None, rank: UInt16s | None) -> int:
    if of is None or rank is None:
        return 0
    code = int(events.event[place] if of == "event" else events.dimensions[of][place])
    return int(NO_RANK) if code == NO_CODE or code >= len(rank) else int(rank[code])


def _by_place(events: Slice) -> dict[int, tuple[int, int]]:
    amounts = events.amounts() if events.amounts else None
    if amounts is None:
        return {}
    rows = zip(amounts.place.tolist(), amounts.amount.tolist(), amounts.currency.tolist(), strict=True)
    return {place: (amount, currency) for place, amount, currency in rows}
