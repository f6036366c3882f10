"""Words of identity."""

from __future__ import annotations

from dataclasses import dataclass

from sojourn.engine.kernels.words import Int64s


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonMap:
    """Which customer each person token belongs to, as two parallel arrays sorted by `person`.

    `version` grows with every change of the map. A person that is not in the map is a customer of its own
    whose number is the person token.
    """

    person: Int64s
    customer: Int64s
    version: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """Persons that went from one customer to another, as parallel arrays sorted by `person`."""

    person: Int64s
    before: Int64s
    customer: Int64s
    version: int
