"""How kernels are compiled: without the interpreter's lock, cached on disk, warmed before they are needed.

Numba reads ``NUMBA_CACHE_DIR`` when a kernel's module is imported; the server points it to the data folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

from sojourn.engine.kernels.words import Bytes, Slice

D = TypeVar("D", bound=np.generic)

NO_MASK: Bytes = np.zeros(0, np.uint8)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function at its first call; it must touch arrays and numbers only."""
    return cast("Callable[..., Any]", njit(nogil=True, cache=True, error_model="numpy")(function))


def frozen(array: npt.NDArray[D]) -> npt.NDArray[D]:
    """View an array read-only, so that memory-mapped and fresh arrays share one compiled kernel."""
    view = array.view(np.ndarray)
    view.flags.writeable = False
    return view


def masks(events: Slice) -> tuple[Bytes, Bytes]:
    """Give a slice's masks over events and customers; an empty array means all."""
    keep = NO_MASK if events.keep is None else events.keep
    customer_keep = NO_MASK if events.customer_keep is None else events.customer_keep
    return frozen(keep), frozen(customer_keep)
