"""What can be asked about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from django.conf import settings

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.organisation import queries as organisation
from sojourn.domains.privacy.contracts import Abstraction, EventFilter, Purpose, Term, Vocabulary
from sojourn.domains.privacy.door import levels, masks, scope
from sojourn.domains.privacy.door.sight import ANSWERS, Seen, Sight, sight
from sojourn.engine.kernels.words import Slice, UInt16s
from sojourn.kit.period import Period

INNER_UNITS_MOST = 50  # each is a pass over the events


def vocabulary(
    *,
    period: Period = Period(),  # noqa: B008 - frozen
    abstraction: Abstraction = Abstraction(),  # noqa: B008 - frozen
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> Vocabulary:
    """Count event names, as they are seen, and dimension values among the events that viewer and purpose may see.

    Values of fewer customers than the k floor are left out for a viewer who may not list customers.
    """
    looking = sight(purpose=purpose, viewer=viewer)
    fewest = 0 if viewer.can(Right.CUSTOMERS_LIST) else settings.SOJOURN.k_floor

    def make() -> Vocabulary:
        seen = looking.seen(period, EventFilter(abstraction=abstraction), whole=False)
        timeline = looking.timeline
        return Vocabulary(
            names=_terms(seen, _names, looking.codes(abstraction).names),
            dimensions={
                name: _terms(seen, partial(_values, name), texts, fewest) for name, texts in timeline.dimensions.items()
            },
            currencies=tuple(sorted(filter(None, timeline.currencies))),
            units=_units(looking, period, fewest) if "unit" in timeline.dimensions else (),
        )

    question = (looking.key, "vocabulary", period, fewest, scope.key(()), levels.frozen(abstraction))
    return ANSWERS.get(question, make)[0]


def _units(looking: Sight, period: Period, fewest: int) -> tuple[Term, ...]:
    """Count the events and customers of each unit that has others below it; of none where they are very many."""
    inner = sorted({unit.parent for unit in organisation.units() if unit.parent is not None})
    if len(inner) > INNER_UNITS_MOST:
        return ()
    found = []
    for code in inner:
        counted = looking.counted(period, EventFilter(dimensions={"unit": (code,)}))
        if counted.customers and counted.customers >= fewest:
            found.append(Term(name=code, events=counted.events, customers=counted.customers))
    return tuple(sorted(found, key=lambda term: (-term.events, term.name)))


def _names(events: Slice) -> UInt16s:
    return events.event


def _values(dimension: str, events: Slice) -> UInt16s:
    return events.dimensions[dimension]


def _terms(
    seen: Seen, codes_of: Callable[[Slice], UInt16s], texts: tuple[str, ...], fewest: int = 0
) -> tuple[Term, ...]:
    events, customers = np.zeros(masks.CODES, np.int64), np.zeros(masks.CODES, np.int64)
    for each in seen.slices:
        more, whose = masks.counted_codes(each, codes_of(each))
        events += more
        customers += whose
    found = [
        Term(name=text, events=int(events[code]), customers=int(customers[code]))
        for code, text in enumerate(texts)
        if events[code] and customers[code] >= fewest
    ]
    return tuple(sorted(found, key=lambda term: (-term.events, term.name)))
