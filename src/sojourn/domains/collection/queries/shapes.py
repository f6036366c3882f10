"""Files of customers in the columns of other tools, as the presets read them."""

from __future__ import annotations

from typing import Final

from sojourn.engine.stream.files.shapes import PEOPLE_OF, Shape
from sojourn.engine.stream.files.shapes import Told as ToldCustomer
from sojourn.engine.stream.files.shapes import tools_id as tools_id

__all__ = ["SHAPES", "ToldCustomer", "shape", "tools_id"]

SHAPES: Final = tuple(PEOPLE_OF)


def shape(tool: str) -> Shape:
    """Give the columns of a tool, one of `SHAPES`, and how a customer is written in them."""
    return Shape(tool)
