"""Every right says in words what it allows."""

from __future__ import annotations

from sojourn.domains.access.contracts import Right
from sojourn.surfaces.web import granting


def test_each_right_has_words_and_is_offered() -> None:
    assert set(granting.ALLOWS) == set(Right)
    assert [value for value, _ in granting.rights()] == [each.value for each in Right]
    assert "customers.read" in dict(granting.rights())["customers.read"]
