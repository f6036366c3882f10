"""Nobody sees who refused, withdrew, is erased or of another unit: through no endpoint, page, command, query or file.

Readers are found by looking: a new one is asked, too, or a test fails until `leaking*.py` say how to ask it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from itertools import chain
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils.module_loading import autodiscover_modules
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Role
from sojourn.domains.privacy.contracts import Purpose
from sojourn.kit import sealing
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import endpoints
from surfaces import leaking_commands, leaking_rooms
from surfaces.leaking import (
    BY_NUMBER,
    EXCEPT,
    EXCEPT_PAGES,
    POSTS,
    WRITES,
    Asking,
    Marked,
    Said,
    api_answers,
    asked,
    company,
    key_of,
    pages,
)
from surfaces.leaking_commands import command_answers
from surfaces.leaking_rooms import room_answers

pytestmark = pytest.mark.django_db(databases="__all__")
KINDS = st.lists(
    st.sampled_from(["open", "objects", "withdrawn", "otherwise", "refused", "elsewhere", "erased"]), max_size=4
).map(lambda kinds: ["open", "open", "elsewhere", "objects", "erased", *kinds])
ASKERS = st.builds(
    Asking,
    grants=st.lists(
        st.tuples(st.sampled_from(Role), st.sampled_from([None, "north", "south"])), min_size=1, max_size=2, unique=True
    ).map(tuple),
    purpose=st.sampled_from(
        [Purpose.ANALYTICS, Purpose.IMPROVEMENT, Purpose.RESEARCH, Purpose.MARKETING, Purpose.PERSONALISATION]
    ),
)
FIRST = ["open", "open", "elsewhere", "objects", "withdrawn", "otherwise", "refused", "erased"]
FINDING = ("GET /events", "GET /graph/step/customers", "GET /export", "POST /customers/search")
ROOMS = ("privacy.events", "privacy.event", "privacy.sql", "privacy.found", "customers.timeline")
# Takes a number that was never anybody's for one of somebody whom nothing hides: so it tells nothing of the erased.
NOT_FOUND_OUT = "privacy.reachable "
COMMANDS = ("customers step", "customer search", "export", "extracts take", "sql")


class UndoneError(Exception):
    """Rolls a company back."""


def leaks(said: Iterable[Said], customers: list[Marked], asking: Asking) -> list[tuple[str, str]]:
    """List where a mark of a customer is read who is hidden there, however the question itself named them."""
    return [
        (each.where, f"{customer.kind}: {mark}")
        for each in said
        for text in [each.body.decode(errors="replace").lower()]
        for customer in customers
        if asking.hides(customer, each)
        for mark in customer.marks
        if mark.lower() in text and mark.lower() not in each.where.lower() and not _is_number(each, customer, mark)
    ]


def _is_number(said: Said, customer: Marked, mark: str) -> bool:
    by_number = any(part in said.where for part in BY_NUMBER)
    unasked = customer.kind == "erased" and said.where.startswith(NOT_FOUND_OUT)
    return mark.isdigit() and (by_number or unasked)


def settled(examples: int) -> hypothesis_settings:
    """An example takes seconds: it is read, not shrunk; with none only the one that is written out."""
    return hypothesis_settings(
        max_examples=examples or 1,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate] if examples else [Phase.explicit],
    )


@settled(0)
@example(kinds=FIRST, asking=Asking(((Role.ADMINISTRATOR, "north"),), Purpose.MARKETING))
@given(kinds=KINDS, asking=ASKERS)
def test_nothing_tells_of_a_hidden_customer(
    kinds: list[str], asking: Asking, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    look(kinds, asking, tmp_path_factory, settings)


@pytest.mark.soak
@settled(60)
@given(kinds=KINDS, asking=ASKERS)
def test_nothing_tells_of_a_hidden_customer_in_many_companies(
    kinds: list[str], asking: Asking, tmp_path_factory: pytest.TempPathFactory, settings: Any
) -> None:
    look(kinds, asking, tmp_path_factory, settings)


def look(kinds: list[str], asking: Asking, folders: pytest.TempPathFactory, settings: Any) -> None:
    """Build a company, ask everything as a viewer, and take it all back."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=folders.mktemp("company"), k_floor=2)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    try:
        with transaction.atomic(using="default"), transaction.atomic(using=list(connections)[-1]):
            customers = company(kinds, asking.purpose)
            key, page, secret = asked(asking)
            viewer = access.viewer_of_key(secret)
            assert viewer
            said = chain(
                room_answers(viewer, customers, asking),
                api_answers(key, customers, asking),
                pages(page, customers, asking),
                command_answers(secret, customers, asking, folders.mktemp("files")),
            )
            found = leaks(said, customers, asking)
            assert not found, "\n".join(map(str, found[:100]))
            raise UndoneError
    except UndoneError:
        pass


def test_the_open_are_seen_so_that_silence_proves_something(tmp_path: Any, settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, data=tmp_path, k_floor=1)
    sealing.sealer(settings.SOJOURN)
    autodiscover_modules("plugins", "tasks")
    everybody = Asking(((Role.ADMINISTRATOR, None),))
    customers = [
        dataclasses.replace(each, kind="erased") if each.kind == "open" else each
        for each in company(["open", "open", "elsewhere", "objects"])
    ]  # so that they count as found
    key, _, secret = asked(everybody)
    viewer = access.viewer_of_key(secret)
    assert viewer
    said = leaks(api_answers(key, customers, everybody, FINDING), customers[:2], everybody)
    found = {where.split("?")[0].split(" ")[0].removeprefix("/api/v1") for where, _ in said}
    assert found >= {each.split(" ")[1] for each in FINDING}
    told = leaks(room_answers(viewer, customers, everybody, ROOMS), customers, everybody)
    assert {where.split(" ")[0] for where, _ in told} == {*ROOMS}
    (tmp_path / "files").mkdir()
    told = leaks(command_answers(secret, customers, everybody, tmp_path / "files", COMMANDS), customers, everybody)
    assert {next(each for each in COMMANDS if where.startswith(each)) for where, _ in told} == {*COMMANDS}


def test_every_reader_is_asked_or_says_why_not() -> None:
    writes = {each.strip() for each in WRITES.replace("\n", "|").split("|")} - {""}
    changing = {key_of(each) for each in endpoints(api.get_openapi_schema()) if each.method != "GET"}
    assert changing <= writes | {*POSTS}, "say in tests/surfaces/leaking.py whether it reads"
    assert leaking_commands.unplaced() == set(), "say in tests/surfaces/leaking_commands.py how it is asked"
    assert leaking_rooms.unplaced() == set(), "say in tests/surfaces/leaking_rooms.py how it is asked"


def test_each_exception_says_why() -> None:
    said = {**EXCEPT, **EXCEPT_PAGES, **leaking_commands.EXCEPT, **leaking_commands.OTHERS}
    assert all(len(why) > 9 for why in {**said, **leaking_rooms.NOBODYS, **leaking_rooms.BELOW_THE_DOOR}.values())
