"""One simulated year of the whole bank, for tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation.bank import YEAR, Bank
from sojourn.engine.simulation.words import CODE, DAY

ANCHOR = 20_500 * DAY  # a Monday in February


@dataclass(frozen=True)
class Year:
    """Columns of a year, in order of time, with the fragments spelt out as codes of their own."""

    bank: Bank
    column: dict[str, npt.NDArray[Any]]
    fragment: npt.NDArray[np.str_]

    def named(self, *names: str) -> npt.NDArray[np.bool_]:
        return np.isin(self.column["name"], [CODE[name] for name in names])

    def during(self, since: int, until: int) -> npt.NDArray[np.bool_]:
        return (self.column["at"] >= since) & (self.column["at"] < until)


def simulated() -> Year:
    """Simulate the year before the anchor."""
    bank = Bank(seed=1, size=60_000, anchor=ANCHOR)
    parts = [rows for _, rows in bank.between(ANCHOR - YEAR, ANCHOR)]
    column = {name: np.concatenate([rows.columns[name] for rows in parts]) for name in parts[0].columns}
    texts = [np.asarray(rows.fragments, dtype=object)[rows.columns["extra"]] for rows in parts]
    order = np.argsort(column["at"], kind="stable")
    return Year(bank, {name: values[order] for name, values in column.items()}, np.concatenate(texts)[order])
