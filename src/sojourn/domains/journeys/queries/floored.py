"""What is taken out of tables for a viewer who may not see single customers, and what would tell it by subtraction.

A figure of 1 to k - 1 customers is not shown, nor is one whose rest to a total that is shown would be of so few. What
is not shown of a sum that is adds up to nothing or to at least k: where it would be less, the next smallest figure is
hidden too (complementary suppression, see `engine.answers.floors`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sojourn.domains.journeys.contracts import (
    Cohort,
    JourneyGraph,
    LifecycleTable,
    Path,
    PathNode,
    PathTree,
    RetentionCell,
    RetentionColumn,
    RetentionTable,
    Step,
)
from sojourn.engine.answers.floors import shown
from sojourn.engine.answers.words import NO_SHARE

WITHHELD = RetentionCell(returned=None, share=None, is_withheld=True)


def is_few(count: int, fewest: int) -> bool:
    """Say whether a count is of some customers and of fewer than the floor."""
    return 0 < count < fewest


def retention_above(table: RetentionTable, fewest: int) -> RetentionTable:
    """Take small cohorts and cells out of a retention table, and what would tell them from the pooled row."""
    sizes = [each.customers or 0 for each in table.cohorts]
    whole = [not size or kept for size, kept in zip(sizes, _shown_some(sizes, fewest), strict=True)]
    keeps = [
        _row(each, fewest, or_after=table.or_after) if is_whole else set()
        for each, is_whole in zip(table.cohorts, whole, strict=True)
    ]
    columns = []
    for place, column in enumerate(table.columns):
        counted = {row: each for row, each in enumerate(table.cohorts) if each.cells[place].returned is not None}
        kept = _column({row: _halves(each, place) for row, each in counted.items()}, place, keeps, fewest)
        for row in counted.keys() - kept:
            keeps[row].discard(place)
        columns.append(_pooled(column, fewest))
    cohorts = tuple(
        replace(
            each,
            customers=each.customers if is_whole else None,
            cells=tuple(
                cell if cell.returned is None or place in keeps[row] else WITHHELD
                for place, cell in enumerate(each.cells)
            ),
        )
        for row, (each, is_whole) in enumerate(zip(table.cohorts, whole, strict=True))
    )
    return replace(table, cohorts=cohorts, columns=tuple(columns))


def lifecycle_above(table: LifecycleTable, fewest: int) -> LifecycleTable:
    """Leave out the days, weeks or months of which a figure is of few: their figures add up to each other's."""
    few = [
        any(is_few(n, fewest) for n in (each.new, each.retained, each.resurrected, each.dormant, each.active))
        for each in table.periods
    ]
    kept = tuple(each for each, is_out in zip(table.periods, few, strict=True) if not is_out)
    return replace(table, periods=kept, withheld=len(table.periods) - len(kept))


def graph_above(graph: JourneyGraph, every: Sequence[Path], fewest: int) -> JourneyGraph:
    """Take steps, paths, starts and ends of few out of a graph, and those that would tell them.

    `every` are all paths of the graph, shown or not: times into a step and out of it add up to the step's own.
    """
    steps = _steps_above(graph.steps, fewest)
    names = {each.name for each in steps}
    flows = {(each.source, each.target): each.customers for each in every}
    flows |= {("", each.name): each.starts or 0 for each in graph.steps}
    flows |= {(each.name, ""): each.ends or 0 for each in graph.steps}
    listed = {(each.source, each.target) for each in graph.paths}
    kept = {
        flow
        for flow, customers in flows.items()
        if not is_few(customers, fewest) and (not all(flow) or flow in listed) and {*flow} - {""} <= names
    }
    kept = _balanced(flows, kept, fewest)
    paths = tuple(each for each in graph.paths if (each.source, each.target) in kept)
    times = sum(each.times for each in every)
    return replace(
        graph,
        steps=tuple(_step(each, kept, fewest) for each in steps),
        paths=paths,
        covers=sum(each.times for each in paths) / times if times else graph.covers,
        events_covered=_covered(graph, steps),
        withheld=len(graph.steps) - len(steps) + len(graph.paths) - len(paths),
    )


def tree_above(tree: PathTree, fewest: int) -> PathTree:
    """Take branches of few customers out of a tree of paths, and those that would tell them beside the step before."""
    if tree.nodes and is_few(tree.nodes[0].customers, fewest):
        nothing = replace(tree.nodes[0], customers=0, times=0, share=NO_SHARE, share_before=NO_SHARE, median_s=None)
        return replace(tree, nodes=(nothing,), withheld=len(tree.nodes))
    kept: set[int] = set()
    children: dict[int | None, list[int]] = {}
    for place, node in enumerate(tree.nodes):
        children.setdefault(node.before, []).append(place)
    for before in (None, *range(len(tree.nodes))):
        if before is not None and before not in kept:
            continue
        some = children.get(before, [])
        flags = _shown_some([tree.nodes[place].customers for place in some], fewest)
        kept.update(place for place, is_kept in zip(some, flags, strict=True) if is_kept)
    moved = {place: new for new, place in enumerate(sorted(kept))}
    nodes = tuple(_moved(tree.nodes[place], moved) for place in moved)
    return replace(tree, nodes=nodes, withheld=len(tree.nodes) - len(nodes))


def _moved(node: PathNode, moved: dict[int, int]) -> PathNode:
    return node if node.before is None else replace(node, before=moved[node.before])


def _shown_some(counts: Sequence[int], fewest: int) -> list[bool]:
    """Say of counts which may be shown, zeros always."""
    places = [place for place, count in enumerate(counts) if count]
    flags = dict(zip(places, shown([counts[place] for place in places], fewest=fewest), strict=True))
    return [flags.get(place, True) for place in range(len(counts))]


def _halves(cohort: Cohort, place: int) -> tuple[int, int]:
    returned = cohort.cells[place].returned or 0
    return returned, (cohort.customers or 0) - returned


def _row(cohort: Cohort, fewest: int, *, or_after: bool) -> set[int]:
    """Give the cells of a cohort that may be shown beside its size; cumulative ones also beside each other."""
    kept: set[int] = set()
    last: int | None = None
    for place in reversed(range(len(cohort.cells))):
        if cohort.cells[place].returned is None:
            continue
        returned, away = _halves(cohort, place)
        if is_few(returned, fewest) or is_few(away, fewest):
            continue
        if or_after and last is not None and is_few(abs(returned - last), fewest):
            continue
        kept.add(place)
        last = returned
    return kept


def _column(halves: dict[int, tuple[int, int]], place: int, keeps: Sequence[set[int]], fewest: int) -> set[int]:
    """Give the rows of which a cell may be shown beside the pooled one."""
    kept = {row for row in halves if place in keeps[row]}
    for row in sorted(kept, key=lambda row: min(halves[row])):
        hidden = [halves[each] for each in halves.keys() - kept]
        if not any(is_few(sum(half), fewest) for half in zip(*hidden, strict=True)):
            break
        kept.discard(row)
    return kept


def _pooled(column: RetentionColumn, fewest: int) -> RetentionColumn:
    if column.share is None:
        return column
    away = column.share.n - column.returned
    if is_few(column.returned, fewest) or is_few(away, fewest) or is_few(column.customers, fewest):
        return replace(column, share=None, returned=0, customers=0, is_withheld=True)
    return column


def _steps_above(steps: Iterable[Step], fewest: int) -> list[Step]:
    every = list(steps)
    flags = shown([each.customers for each in every], fewest=fewest)
    return [each for each, is_kept in zip(every, flags, strict=True) if is_kept]


def _balanced(flows: dict[tuple[str, str], int], kept: set[tuple[str, str]], fewest: int) -> set[tuple[str, str]]:
    """Hide flows until what is hidden at each step, on either side, is of no customers or of enough."""
    kept = set(kept)
    while True:
        before = len(kept)
        for side in (0, 1):
            for name in {flow[side] for flow in flows}:
                hidden = sum(n for flow, n in flows.items() if flow[side] == name and flow not in kept)
                here = [flow for flow in kept if flow[side] == name and flows[flow]]
                for flow in sorted(here, key=lambda flow: (flows[flow], flow)):
                    if not is_few(hidden, fewest):
                        break
                    kept.discard(flow)
                    hidden += flows[flow]
        if len(kept) == before:
            return kept


def _step(step: Step, kept: set[tuple[str, str]], fewest: int) -> Step:
    again = step.repeaters or 0
    is_told = not is_few(again, fewest) and not is_few(step.customers - again, fewest)
    return replace(
        step,
        starts=step.starts if ("", step.name) in kept else None,
        ends=step.ends if (step.name, "") in kept else None,
        repeaters=again if is_told else None,
    )


def _covered(graph: JourneyGraph, steps: Sequence[Step]) -> float:
    times = sum(each.times for each in graph.steps)
    return graph.events_covered * sum(each.times for each in steps) / times if times else graph.events_covered
