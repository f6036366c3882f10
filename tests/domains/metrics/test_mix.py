"""Mix versus rate: what was planted is told apart, and adds up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domains.metrics.test_figures import DAY_MIN, answers
from domains.privacy.bank import BEGIN, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.metrics import queries
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases=["default", "stream"])
MONTH = Period(since=BEGIN + timedelta(days=30), until=BEGIN + timedelta(days=60))


def planted() -> list[dict[str, object]]:
    """The web answers +50 in both months, the phone -50; the phone's share grows from 40 to 60 %."""
    made, first = [], 1
    for minute, web, phone in ((0, 120, 80), (40 * DAY_MIN, 80, 120)):
        for channel, many, good in (("web", web, 0.75), ("phone", phone, 0.25)):
            scores = [10] * int(many * good) + [2] * (many - int(many * good))
            made += answers(scores, first, channel=channel, minute=minute)
            first += many
    return made


def test_a_change_of_who_answers_is_mix() -> None:
    load(planted())
    found = queries.mix(kpi="nps", period=MONTH, viewer=SYSTEM)
    assert (found.n_before, found.n, found.scale) == (200, 200, "0-10")
    assert found.change == pytest.approx(-20.0)
    assert (found.rate, found.mix) == (pytest.approx(0.0, abs=1e-9), pytest.approx(-20.0))
    assert (found.mix_half or 0) > 1
    assert {row.part: (row.share_before, row.share) for row in found.rows} == {"web": (60, 40), "phone": (40, 60)}
    assert sum(row.rate + row.mix for row in found.rows) == pytest.approx(found.change)
    (figure,) = queries.figure(kpi="nps", period=MONTH, viewer=SYSTEM)
    assert figure.change == pytest.approx(found.change), "the same change as the figure's"


def test_few_are_one_part_or_say_so() -> None:
    load(planted() + answers([10] * 9, 9_001, channel="mail") + answers([10] * 9, 9_101, channel="mail", minute=50_000))
    viewer = Viewer(name="v", role=Role.VIEWER)
    found = queries.mix(kpi="nps", period=MONTH, viewer=viewer)
    assert {row.part for row in found.rows} == {"others", "phone"}, "nine by mail would follow from the rest"
    early = Period(since=BEGIN, until=BEGIN + timedelta(days=30))
    nothing = queries.mix(kpi="nps", period=early, viewer=SYSTEM)
    assert (nothing.rows, nothing.change) == ((), None) and "30 are needed" in nothing.note
    with pytest.raises(InvalidError, match="only one with a beginning"):
        queries.mix(kpi="nps", period=Period(), viewer=SYSTEM)
    with pytest.raises(InvalidError, match="by: choose"):
        queries.mix(kpi="nps", period=MONTH, by="weather", viewer=SYSTEM)
