"""Ways through of few customers are not shown to who may not see single customers."""

from __future__ import annotations

import pytest

from domains.privacy.bank import event, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.journeys import queries
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")


def test_who_may_not_list_customers_is_not_shown_ways_of_few_customers() -> None:
    load([
        *(event(one, "Opened", 0) for one in range(1, 11)),
        *(event(one, name, place) for one in range(11, 15) for place, name in enumerate(("Opened", "Paid"))),
        *(event(99, name, place) for place, name in enumerate(("Asked", "Opened"))),
    ])  # fmt: skip
    asked = Question(period=Period(), events=EventFilter())
    everything = queries.variants(question=asked, viewer=SYSTEM)
    assert [row.customers for row in everything.rows] == [10, 4, 1]
    seen = queries.variants(question=asked, viewer=Viewer(name="person:1", role=Role.VIEWER))
    assert [row.customers for row in seen.rows] == [10]  # the four with the one would be the one
    assert (seen.withheld, seen.distinct) == (2, 3)
