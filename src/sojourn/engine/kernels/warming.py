"""Compiling every kernel before it is needed."""

from __future__ import annotations

import threading

import numpy as np

from sojourn.engine.kernels import lens
from sojourn.engine.kernels.completion import CompletionFold
from sojourn.engine.kernels.funnel import FunnelFold
from sojourn.engine.kernels.gaps import GapsFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.running import require_order
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import AnyFold, Slice


def warm() -> None:
    """Compile every kernel now (about ten seconds), or load it from the cache (one or two)."""
    tiny = Slice(
        customer=np.arange(2),
        offset=np.array([0, 2, 3]),
        at=np.array([0, 1, 2]),
        event=np.array([0, 1, 0], np.uint16),
        row=np.arange(3),
    )
    require_order(tiny)
    shown = lens.every(2)
    folds: tuple[AnyFold, ...] = (
        GraphFold(shown),
        GapsFold(shown, source=0, target=1),
        StepsFold(),
        VariantsFold(shown),
        FunnelFold([[0], [1]], window_us=1),
        CompletionFold(start=0, goals=[1], outcomes=[], window_us=1, as_of_us=9),
    )
    for fold in folds:
        left, right = (fold.fold(tiny, fold.start()) for _ in range(2))
        fold.finish(fold.merge(left, right))


def warm_in_background() -> threading.Thread:
    """Start a thread that compiles every kernel and return it."""
    thread = threading.Thread(target=warm, name="warm-kernels", daemon=True)
    thread.start()
    return thread
