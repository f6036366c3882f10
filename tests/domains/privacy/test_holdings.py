"""No table can hold something of a customer that an erasure leaves behind or an access package leaves out."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from sojourn.domains.collection import hooks

BELOW = ("organisation", "access", "catalogue")  # rooms that know employees and the plan, and no customer
COLUMNS = ("person", "customer", "persons", "customers")


def _named(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}.{model.__name__}"


def _is_above(model: type[models.Model]) -> bool:
    return model.__module__.startswith("sojourn.domains.") and model._meta.app_label not in BELOW


def _models() -> list[type[models.Model]]:
    return [each for each in apps.get_models() if _is_above(each)]


def _holds_customers(model: type[models.Model]) -> bool:
    """Say whether a column names a person or customer, or is sealed, which is personal until said otherwise."""
    return any(
        field.name in COLUMNS
        or field.name.endswith(tuple(f"_{each}" for each in COLUMNS))
        or isinstance(field, models.BinaryField)
        for field in model._meta.get_fields()
    )


@pytest.mark.parametrize("model", [each for each in _models() if _holds_customers(each)], ids=_named)
def test_a_table_about_customers_says_who_erases_and_who_tells_it(model: type[models.Model]) -> None:
    assert _named(model) in hooks.HOLDINGS, (
        f"{_named(model)} holds something of customers. Answer collection.hooks.erase_persons and about_persons in the "
        "room's plugins.py and register the table there with hooks.holds()."
    )


@pytest.mark.parametrize("name", sorted(hooks.HOLDINGS))
def test_what_a_room_registers_is_there_and_answers(name: str) -> None:
    holding = hooks.HOLDINGS[name]
    assert name in {_named(each) for each in _models()}, f"There is no table {name}."
    for answer, joined in ((holding.erased_by, hooks.erase_persons), (holding.told_by, hooks.about_persons)):
        if isinstance(answer, str):
            assert len(answer) > 40 and answer.endswith("."), f"{name}: give the reason in a whole sentence."
        else:
            assert answer in list(joined), f"{name}: {answer.__qualname__} has not joined {joined.name}."
