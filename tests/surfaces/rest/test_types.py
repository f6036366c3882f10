"""Instants near the ends of the calendar are refused, where another zone or a window would leave it."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from sojourn.surfaces.rest.types import Instant


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"])
def test_an_instant_that_cannot_be_calculated_with_is_refused(said: str) -> None:
    with pytest.raises(ValidationError, match="of the years"):
        TypeAdapter(Instant).validate_python(said)


@pytest.mark.parametrize("said", ["1000-01-01T00:00:00+14:00", "2026-01-31T12:00:00Z", "8999-12-30T23:59:59-14:00"])
def test_others_are_taken(said: str) -> None:
    assert TypeAdapter(Instant).validate_python(said).year == int(said[:4])
