"""Compiling every kernel before it is needed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import Final

import numpy as np

from sojourn.engine.kernels import gathering, lens
from sojourn.engine.kernels.attribution import AttributionFold
from sojourn.engine.kernels.cases.fold import CasesFold
from sojourn.engine.kernels.choosing import CellChooser, FunnelChooser, PatternChooser
from sojourn.engine.kernels.completion import CompletionFold
from sojourn.engine.kernels.customers import Chooser, CustomersFold
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.engine.kernels.funnels.detail import FunnelDetailFold
from sojourn.engine.kernels.funnels.ordered import FunnelFold
from sojourn.engine.kernels.gaps import GapsFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.lifecycle import LifecycleFold
from sojourn.engine.kernels.paths import PathsFold
from sojourn.engine.kernels.patterns import AroundFold, MatchFold, bind, compile_pattern, read
from sojourn.engine.kernels.retention import RetentionFold
from sojourn.engine.kernels.running import require_order
from sojourn.engine.kernels.sessions import SessionsFold
from sojourn.engine.kernels.sides.graph import GraphSidesFold
from sojourn.engine.kernels.sides.traits import TraitSidesFold
from sojourn.engine.kernels.steps import StepsFold
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import AnyFold, Slice

NICENESS: Final = 5  # of the process that compiles, behind its parent's own


def warm() -> None:
    """Compile every kernel now (about forty seconds), or load it from the cache (two)."""
    tiny = Slice(
        customer=np.arange(2),
        offset=np.array([0, 2, 3]),
        at=np.array([0, 1, 2]),
        event=np.array([0, 1, 0], np.uint16),
        row=np.arange(3),
    )
    masked = replace(tiny, keep=np.ones(3, np.uint8), customer_keep=np.ones(2, np.uint8))
    require_order(tiny)
    shown, matched = lens.every(2), bind(compile_pattern(read("a -> b")), ("a", "b"), {})
    folds: tuple[AnyFold, ...] = (
        GraphFold(shown),
        GapsFold(shown, source=0, target=1),
        StepsFold(),
        VariantsFold(shown),
        FunnelFold([[0], [1]], window_us=1),
        CompletionFold(start=0, goals=[1], outcomes=[], window_us=1, as_of_us=9),
        *(FunnelDetailFold([[0], [1]], window_us=1, order=order) for order in Order),
        RetentionFold(start=[0], returns=[1], edges=[0, 2, 4], brackets=[(0, 0)], as_of_us=9),
        LifecycleFold(active=[0], edges=[0, 2, 4]),
        PathsFold(shown, root=0, collapse=True),
        PathsFold(shown, root=0, window_us=1, since_us=0),
        SessionsFold(shown),
        MatchFold(matched),
        AttributionFold(outcomes=[1], touchpoints={0: 0}, window_us=1, half_life_us=1, paths=True),
    )
    sided = replace(tiny, dimensions={"channel": np.zeros(3, np.uint16)})
    compared: tuple[AnyFold, ...] = (
        GraphSidesFold(shown),
        TraitSidesFold({"channel": ("web",)}),
        CasesFold([0], start=0, goals=[1], window_us=1, as_of_us=9, stages=[[0]], across="channel", channels=("web",)),
    )
    funnel = FunnelDetailFold([[0], [1]], window_us=1)
    choosers: tuple[Chooser, ...] = (
        PatternChooser(matched),
        FunnelChooser(funnel, step=0, lost=False, codes=[0, 1]),
        CellChooser(start=[0], returns=[1], edges=[0, 2, 4], cohorts=[0], cohort=0, bracket=(0, 0), as_of_us=9),
    )
    listed: tuple[AnyFold, ...] = (
        AroundFold(matched, marks=[1]),
        *(CustomersFold(each, limit=1) for each in choosers),
    )
    for fold in folds:  # the explorer's come first: it is what people open first
        left, right = (fold.fold(each, fold.start()) for each in (tiny, masked))
        fold.finish(fold.merge(left, right))
    for fold in (*compared, *listed):
        fold.finish(fold.fold(sided, fold.start()))
    gathering.warm()


def warm_in_background() -> threading.Thread:
    """Start a thread that has every kernel compiled in a process of low priority, then loads them from the cache.

    The compiler is Python that holds the interpreter's lock: in a server's own process it would make answers wait.
    """
    thread = threading.Thread(target=_warm_aside, name="warm-kernels", daemon=True)
    thread.start()
    return thread


def _warm_aside() -> None:
    command = [sys.executable, "-m", __name__]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode == 0:
        warm()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    os.nice(NICENESS)
    warm()
