"""Files of customers, tickets and orders in the columns of other tools, as the presets read them."""

from __future__ import annotations

from typing import Final

from sojourn.engine.stream.files.case_shapes import CASES_OF, CaseShape
from sojourn.engine.stream.files.case_shapes import FIELDS as CASE_FIELDS
from sojourn.engine.stream.files.case_shapes import ToldCase as ToldCase
from sojourn.engine.stream.files.case_shapes import ToldEvent as ToldCaseEvent
from sojourn.engine.stream.files.case_shapes import case_number as case_number
from sojourn.engine.stream.files.shapes import PEOPLE_OF, Shape
from sojourn.engine.stream.files.shapes import Told as ToldCustomer
from sojourn.engine.stream.files.shapes import tools_id as tools_id

__all__ = [
    "CASE_FIELDS",
    "CASE_SHAPES",
    "SHAPES",
    "ToldCase",
    "ToldCaseEvent",
    "ToldCustomer",
    "case_number",
    "case_shape",
    "shape",
    "tools_id",
]

SHAPES: Final = tuple(PEOPLE_OF)
CASE_SHAPES: Final = {name: each.mapping.title for name, each in sorted(CASES_OF.items())}


def shape(tool: str) -> Shape:
    """Give the columns of a tool, one of `SHAPES`, and how a customer is written in them."""
    return Shape(tool)


def case_shape(name: str) -> CaseShape:
    """Give the columns of a file of tickets or orders, one of `CASE_SHAPES`, and how one is written in them."""
    return CaseShape(name)
