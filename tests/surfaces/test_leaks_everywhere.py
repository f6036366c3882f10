"""Nobody sees a refused customer, or one of another unit, through any endpoint, page, search, list or file.

Endpoints and pages are found by looking: a new one is asked, too, or fails until `leaking.py` says how to ask it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils.module_loading import autodiscover_modules
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.domains.access.contracts import Role
from sojourn.kit import sealing
from surfaces.leaking import EXCEPT, EXCEPT_PAGES, Marked, api_answers, asked, company, pages, searched

pytestmark = pytest.mark.django_db(databases="__all__")
KINDS = st.lists(st.sampled_from(["open", "objects", "refused", "elsewhere"]), max_size=3).map(
    lambda kinds: ["open", "open", "elsewhere", "objects", "refused", *kinds]
)
FINDING = ("GET /events", "GET /graph/step/customers", "GET /export")
# Who reads what customers may refuse only; those who serve customers see whom they serve, in their units.
VIEWERS = st.sampled_from(
    [(Role.ANALYST, None), (Role.ANALYST, "north"), (Role.AGENT_MANAGER, "north"), (Role.PRIVACY_OFFICER, "north")]
)
SERVING = (Role.AGENT_MANAGER, Role.PRIVACY_OFFICER)


class UndoneError(Exception):
    """Rolls a company back."""


def hidden_from(each: Marked, role: Role, unit: str | None) -> bool:
    """Say whether a viewer must find nothing of a customer."""
    if each.kind == "elsewhere":
        return unit is not None
    return each.kind in ("objects", "refused") and role not in SERVING


def leaks(said: Iterator[tuple[str, bytes]], hidden: list[Marked]) -> list[tuple[str, str]]:
    """List where a mark of a hidden customer is read, however the address itself named them."""
    return [
        (where, f"{each.kind}: {mark}")
        for where, body in said
        for text in [body.decode(errors="replace").lower()]
        for each in hidden
        for mark in each.marks
        if mark.lower() in text and mark.lower() not in where.lower()
    ]


def settled(examples: int) -> hypothesis_settings:
    """An example takes seconds: it is read, not shrunk."""
    return hypothesis_settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


@settled(1)
@example(kinds=["open", "open", "elsewhere", "objects", "refused"], viewer=(Role.ANALYST, "north"))
@given(kinds=KINDS, viewer=VIEWERS)
def test_nothing_tells_of_a_hidden_customer(
    kinds: list[str], viewer: tuple[Role, str | None], tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    look(kinds, viewer, tmp_path_factory, settings)


@pytest.mark.soak
@settled(40)
@given(kinds=KINDS, viewer=VIEWERS)
def test_nothing_tells_of_a_hidden_customer_in_many_companies(
    kinds: list[str], viewer: tuple[Role, str | None], tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    look(kinds, viewer, tmp_path_factory, settings)


def look(kinds: list[str], viewer: tuple[Role, str | None], folders: pytest.TempPathFactory, settings: Any) -> None:
    """Build a company, ask everything as a viewer, and take it all back."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=folders.mktemp("company"), k_floor=2)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    role, unit = viewer
    try:
        with transaction.atomic(using="default"), transaction.atomic(using=list(connections)[-1]):
            customers = company(kinds)
            hidden = [each for each in customers if hidden_from(each, role, unit)]
            key, page = asked(role, unit)
            assert leaks(api_answers(key, customers), hidden) == []
            assert leaks(pages(page, customers), hidden) == []
            assert leaks(searched(key, customers), hidden) == []
            raise UndoneError
    except UndoneError:
        pass


def test_the_open_are_seen_so_that_silence_proves_something(tmp_path: Any, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path, k_floor=1)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    customers = company(["open", "open", "elsewhere", "objects", "refused"])
    key = asked(Role.ADMINISTRATOR, None)[0]
    said = leaks(api_answers(key, customers, FINDING), customers[:2])
    assert {f"GET {where.split('?')[0].removeprefix('/api/v1')}" for where, _ in said} == set(FINDING)
    assert leaks(searched(key, customers), customers[3:]), "who serves customers finds those who object to analytics"


def test_each_exception_says_why() -> None:
    assert all(len(why) > 20 for why in {**EXCEPT, **EXCEPT_PAGES}.values())
