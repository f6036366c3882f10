"""An erased customer is gone from every answer and from every file of the timeline."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from domains.privacy.bank import BEGIN, erase, event, link, load
from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Measure, Purpose
from sojourn.domains.privacy.models import ConsentWord
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.kit.period import Period, micros

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
PERSON, DEVICE = 0x1234_5678_9ABC_DEF1, 0x0FED_CBA9_8765_4321


def test_an_erased_customer_is_gone_from_every_answer_and_file(place: Path) -> None:
    late = BEGIN + timedelta(minutes=7, microseconds=12_345)
    others = [event(person, "Opened", minute) for person in range(1, 40) for minute in range(5)]
    load([{**event(PERSON, "Opened", 0), "occurred_at": late}, *others])
    load([event(DEVICE, "Opened", 7)], number=2)  # an overlay
    link([(PERSON, DEVICE)])
    actions.refresh_timeline()
    actions.record_consent(customer=PERSON, purpose=Purpose.MARKETING, allowed=True, at=BEGIN)
    base = place / "timeline" / "part-00000001.bin"
    secrets = [token.to_bytes(8, "little") for token in (PERSON, DEVICE, micros(late))]
    before = [path.read_bytes() for path in (place / "timeline").glob("part-*.bin")]
    assert all(any(secret in content for content in before) for secret in secrets), "the search finds what is there"

    assert erase(DEVICE) == 2

    assert queries.events(customer=PERSON, viewer=SYSTEM).rows == ()
    opened = queries.ask(
        fold_for=lambda codes: FunnelFold([[codes.code("Opened")]], window_us=1), period=Period(), viewer=SYSTEM
    )
    assert opened.value.reached.tolist() == [39]
    assert queries.measure(measure=Measure(event="Opened"), period=Period(), viewer=SYSTEM).value[0].events == 195
    assert queries.vocabulary(viewer=SYSTEM).names[0].customers == 39
    assert queries.freshness(viewer=SYSTEM).customers == 39
    assert not ConsentWord.objects.exists()
    assert base.exists(), "its bytes were overwritten, not the file replaced"
    for path in (place / "timeline").iterdir():
        assert not any(secret in path.read_bytes() for secret in secrets), path.name
