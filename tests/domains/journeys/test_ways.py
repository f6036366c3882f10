"""Patterns made of steps, paths, variants and branches find just the customers whom the kernels count there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.kernels.histories import Histories, histories, slice_of
from engine.kernels.paths import NAMES
from sojourn.domains.journeys import ways
from sojourn.domains.journeys.contracts import BranchChosen, PathNodeKind, PathsAsked, StepPlace
from sojourn.engine.kernels import lens, running
from sojourn.engine.kernels.choosing import PatternChooser
from sojourn.engine.kernels.customers import CustomersFold
from sojourn.engine.kernels.graph import GraphFold
from sojourn.engine.kernels.paths import ENDED, OTHERS, STEP, PathsFold
from sojourn.engine.kernels.patterns import bind, compile_pattern, read
from sojourn.engine.kernels.patterns.words import Step
from sojourn.engine.kernels.variants import VariantsFold
from sojourn.engine.kernels.words import Slice

KINDS = {STEP: PathNodeKind.STEP, ENDED: PathNodeKind.END, OTHERS: PathNodeKind.OTHERS}
shown = st.sets(st.integers(0, 3), min_size=1)


def number(pattern: str, events: Slice, codes: set[int]) -> int:
    over = [name for code, name in enumerate(NAMES) if code not in codes]
    bound = bind(compile_pattern(read(pattern)), NAMES, {}, passed_over=over)
    return int(running.run(CustomersFold(PatternChooser(bound), limit=1), [events]).total)


@settings(max_examples=60, deadline=None)
@given(histories, st.booleans(), shown)
def test_steps_paths_and_variants_have_the_numbers_of_the_graph(made: Histories, mask: bool, codes: set[int]) -> None:
    events, view = slice_of(made, masked=mask), lens.only(codes)
    graph = running.run(GraphFold(view), [events])
    for node, visitors, starts, ends in zip(graph.node, graph.visitors, graph.starts, graph.ends, strict=True):
        counted = (visitors, starts, ends)
        if visitors:
            found = [number(ways.step(NAMES[node], place), events, codes) for place in StepPlace]
            assert found == [int(each) for each in counted]
    for source, target, customers in zip(graph.source, graph.target, graph.customers, strict=True):
        assert number(ways.path(NAMES[source], NAMES[target]), events, codes) == customers
    for each in running.run(VariantsFold(view, top=9), [events]).top:
        assert number(ways.variant(NAMES[code] for code in each.events), events, codes) == each.customers


@settings(max_examples=150, deadline=None)
@given(
    histories, st.booleans(), shown, st.integers(0, 3), st.booleans(), st.booleans(), st.booleans(), st.integers(1, 3)
)
def test_branches_have_the_numbers_of_the_tree(
    made: Histories, mask: bool, codes: set[int], root: int, forward: bool, every: bool, collapse: bool, breadth: int
) -> None:
    codes = codes | {root}
    events = slice_of(made, masked=mask)
    asked = PathsAsked(root=NAMES[root], forward=forward, every=every, collapse=collapse)
    fold = PathsFold(
        lens.only(codes), root=root, forward=forward, depth=3, breadth=breadth, every=every, collapse=collapse
    )
    tree = running.run(fold, [events])
    told: list[tuple[str, ...]] = []
    for place, before in enumerate(tree.before.tolist()):
        kind = KINDS[int(tree.kind[place])]
        way = () if before < 0 else told[before]
        is_step = kind is PathNodeKind.STEP and before >= 0
        told.append((*way, NAMES[tree.code[place]]) if is_step else way)
        chosen = BranchChosen(asked=asked, way=told[place], kind=kind)
        siblings = np.flatnonzero((tree.before == before) & (tree.kind == STEP)) if before >= 0 else []
        pattern = ways.branch(chosen, [NAMES[tree.code[each]] for each in siblings])
        assert number(pattern, events, codes) == int(tree.customers[place]), (told[place], kind, pattern)


def test_a_name_of_any_kind_is_read_back() -> None:
    for name in ('say "hi"', "back\\slash", 'both \\"', "within", "a -> b", "É ☃", "tab\there"):
        step = read(ways.step(name, StepPlace.ANY)).root
        assert isinstance(step, Step)
        assert [each.text for each in step.names] == [name]
