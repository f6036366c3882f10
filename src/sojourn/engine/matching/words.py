"""Words of matching: what is compared, and what is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from sojourn.kit.errors import SojournError

Int64s = npt.NDArray[np.int64]
Int8s = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FIELDS: Final = (
    "given", "given_more", "family", "family_more", "born", "mail", "phone", "number", "street", "street_more", "place",
    "postcode", "region",
)  # fmt: skip
OWN: Final = frozenset({"given", "given_more", "born"})  # a human's own: nobody shares them with the household
HOUSEHOLD: Final = "household"
MISSING: Final = -1  # the level of a field that one of the two does not have


class MatchingError(SojournError):
    """The records cannot be matched: too few, or nothing in them to compare."""

    code = "matching"
    status = 422


@dataclass(frozen=True, kw_only=True, slots=True)
class Level:
    """How alike a field of two records may be; `sql` is the condition over `l` and `r`, empty for all that remains."""

    name: str
    sql: str
    bits: float = 0.0  # the weight that the fallback gives it
    by_term: bool = False  # whether a frequent value says less than a rare one


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A field and its levels, from alike to different; a pair has the first whose condition it meets.

    Level `k` from the end has the code `k`; a pair that meets `missing` has `MISSING` and says nothing.
    """

    field: str
    missing: str
    levels: tuple[Level, ...]

    def name_of(self, code: int) -> str:
        """Name a level by its code."""
        return "missing" if code == MISSING else self.levels[len(self.levels) - 1 - code].name


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidates:
    """Pairs that share a key, as parallel arrays: ids, a level by field (`levels[pair, field]`), weights of terms.

    `total` is the number of pairs that there are at all, compared or not. `unlike[field][code]` is how often two
    records that are not one have a level; `alike` the first guess of how often two that are one have it.
    """

    left: Int64s
    right: Int64s
    levels: Int8s
    terms: Floats  # bits by pair and field, how much rarer the value is than the mean
    total: int
    unlike: tuple[Floats, ...] = ()
    alike: tuple[Floats, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """What was learnt: `weights[field][code + 1]` in bits (0 for missing), and how many pairs of all are one human."""

    fields: tuple[str, ...]
    weights: tuple[Floats, ...]
    prior: float  # probability that two records, drawn at random, are one human
    household: tuple[Floats, ...]  # as `weights`, of two humans of one household
    kin: float  # probability that two records, drawn at random, are of one household
    rounds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """What a choice of pairs is worth by the model's own probabilities; nobody's truth goes in."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Matches:
    """Pairs that may be one, most likely first, as parallel arrays.

    `fields` end with `household`, which has a level where the two may be of one household. `bits[pair, field]` is what
    each field adds to the base-2 logarithm of the odds, which begin at `start_bits`;
    `probability` is NaN where a rule gave the pairs and no model. `chosen` are those at or above `threshold` that may
    stand together. `expected` is None for the rule.
    """

    fields: tuple[str, ...]
    left: Int64s
    right: Int64s
    levels: tuple[tuple[str, ...], ...] = field(repr=False)
    bits: Floats = field(repr=False)
    start_bits: float
    probability: Floats = field(repr=False)
    chosen: Flags = field(repr=False)
    threshold: float
    expected: Expected | None
    keys: tuple[str, ...]
    compared: int  # pairs that were looked at

    def __len__(self) -> int:
        return len(self.left)
