"""The process graph as the page's script draws it, and in words."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from django.utils.translation import gettext, ngettext

from sojourn.domains.journeys.contracts import JourneyGraph, Path, Share, Step
from sojourn.surfaces.web import figures

START, END = "\x00start", "\x00end"  # no event can be called so
FEW_PATHS = 6  # fewer have no slowest tenth
HARD_DROP, SOME_DROP = 0.4, 0.2  # shares of a step's customers who go no further


@dataclass(frozen=True, kw_only=True)
class Row:
    """A path as table and panel show it; `pace` is quick, slow or slowest among those shown."""

    path: Path
    pace: str

    @property
    def ends(self) -> tuple[str, str]:
        """The path's two steps."""
        return self.path.source, self.path.target


def rows(graph: JourneyGraph) -> tuple[Row, ...]:
    """Give the paths by customers, each with its pace."""
    slow, slowest = _bounds([path.median_s for path in graph.paths if path.source != path.target])
    ordered = sorted(graph.paths, key=lambda path: (-path.customers, path.source, path.target))
    return tuple(Row(path=path, pace=_pace(path.median_s, slow, slowest)) for path in ordered)


def drawn(
    graph: JourneyGraph, colour: str, finished: frozenset[str] = frozenset(), groups: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Give what the script draws: nodes, edges with their labels and look; texts are ready for people.

    Ending with one of the `finished` events is no loss. Steps that are `groups` look so.
    """
    return {
        "colour": colour,
        "most": max((step.customers for step in graph.steps), default=1),
        "nodes": [_node(step, finished, step.name in groups) for step in graph.steps],
        "edges": [
            *(_edge(row, colour) for row in rows(graph) if row.path.source != row.path.target),
            *_begins(graph),
            *_ends(graph, colour, finished),
        ],
        "words": {"start": gettext("Start"), "end": gettext("Ends"), "of": gettext("of")},
    }


def sentence(graph: JourneyGraph) -> str:
    """Say in one or two sentences what the picture shows; it is the picture's name for a screen reader."""
    if not graph.steps:
        return gettext("No events match this question.")
    first = max(graph.steps, key=lambda step: step.starts or 0)
    said = ngettext(
        "%(customers)s customer. Most begin with %(first)s (%(starts)s).",
        "%(customers)s customers. Most begin with %(first)s (%(starts)s).",
        graph.coverage.customers,
    ) % {
        "customers": figures.whole(graph.coverage.customers),
        "first": first.name,
        "starts": figures.whole(first.starts or 0),
    }
    onward = [path for path in graph.paths if path.source != path.target]
    if onward:
        busiest = max(onward, key=lambda path: path.customers)
        said += " " + gettext(
            "The busiest path is %(source)s → %(target)s: %(customers)s customers, half within %(time)s."
        ) % {
            "source": busiest.source,
            "target": busiest.target,
            "customers": figures.whole(busiest.customers),
            "time": figures.duration(busiest.median_s),
        }
    return said


def hidden(graph: JourneyGraph, wanted: float) -> tuple[str, ...]:
    """Say what the picture leaves out, and how much that is; `wanted` is the share of transitions asked for."""
    said = []
    if (steps := graph.steps_in_all - len(graph.steps)) > 0:
        said.append(
            ngettext(
                "%(n)s step is not shown: %(share)s of the events.",
                "%(n)s steps are not shown: %(share)s of the events.",
                steps,
            )
            % {"n": figures.whole(steps), "share": figures.percent(1 - graph.events_covered)}
        )
    if (paths := graph.paths_in_all - len(graph.paths)) > 0:
        said.append(
            ngettext(
                "%(n)s path between these steps is not shown: %(share)s of their transitions.",
                "%(n)s paths between these steps are not shown: %(share)s of their transitions.",
                paths,
            )
            % {"n": figures.whole(paths), "share": figures.percent(1 - graph.covers)}
        )
    if paths > 0 and graph.covers < wanted:
        said.append(gettext("More paths could not be read: see groups of events, or fewer steps."))
    return tuple(said)


def share_words(share: Share) -> str:
    """Write a proportion as the panel does, or that there are too few."""
    return figures.too_few(share.n) if share.too_few else figures.percent(share.value)


def _node(step: Step, finished: frozenset[str], is_group: bool) -> dict[str, Any]:
    return {
        "look": "group" if is_group else "",
        "id": step.name,
        "name": step.name,
        "customers": step.customers,
        "count": figures.whole(step.customers),
        "again": figures.whole(step.repeaters) if step.repeaters else "",
        "drop": step.ends / step.customers if step.ends and step.customers and step.name not in finished else 0,
        "says": gettext("%(name)s: %(customers)s customers, %(times)s times, %(ends)s end here")
        % {
            "name": step.name,
            "customers": figures.whole(step.customers),
            "times": figures.whole(step.times),
            "ends": "–" if step.ends is None else figures.whole(step.ends),
        },
    }


def _edge(row: Row, colour: str) -> dict[str, Any]:
    path = row.path
    label = figures.duration(path.median_s) if colour == "time" else share_words(path.share)
    return {
        "from": path.source,
        "to": path.target,
        "customers": path.customers,
        "look": row.pace if colour == "time" else "plain",
        "label": [figures.whole(path.customers), label],
        "says": gettext(
            "%(source)s to %(target)s: %(customers)s customers, %(share)s of those at %(source)s, half within %(time)s"
        )
        % {
            "source": path.source,
            "target": path.target,
            "customers": figures.whole(path.customers),
            "share": share_words(path.share),
            "time": figures.duration(path.median_s),
        },
    }


def _begins(graph: JourneyGraph) -> list[dict[str, Any]]:
    reached = {path.target for path in graph.paths if path.source != path.target}
    kept = _covering([(step.name, step.starts) for step in graph.steps if step.starts is not None], reached)
    return [
        {
            "from": START,
            "to": name,
            "customers": customers,
            "look": "begin",
            "label": [figures.whole(customers)],
            "says": gettext("%(customers)s customers begin with %(name)s")
            % {"customers": figures.whole(customers), "name": name},
        }
        for name, customers in kept
    ]


def _ends(graph: JourneyGraph, colour: str, finished: frozenset[str]) -> list[dict[str, Any]]:
    there = {step.name: step for step in graph.steps}
    edges = []
    left = {path.source for path in graph.paths if path.source != path.target}
    for name, customers in _covering([(step.name, step.ends) for step in graph.steps if step.ends is not None], left):
        dropped = customers / there[name].customers if there[name].customers else 0.0
        edges.append(
            {
                "from": name,
                "to": END,
                "customers": customers,
                "look": "end" if colour == "time" or name in finished else _drop_look(dropped),
                "label": [figures.whole(customers)] + ([figures.percent(dropped)] if colour == "drop" else []),
                "says": gettext("%(customers)s customers end with %(name)s, %(share)s of those there")
                % {"customers": figures.whole(customers), "name": name, "share": figures.percent(dropped)},
            }
        )
    return edges


def _covering(
    counts: list[tuple[str, int]], joined: set[str], share: float = 0.9, most: int = 6
) -> list[tuple[str, int]]:
    """Keep the largest counts until they carry `share` of all, at most so many: the table has the rest.

    A step that no path joins keeps its count in any case: nothing in the picture hangs loose.
    """
    total, carried, kept = sum(count for _, count in counts), 0, list[tuple[str, int]]()
    for name, count in sorted(counts, key=lambda each: -each[1]):
        if count and (name not in joined or (len(kept) < most and carried < share * total)):
            kept.append((name, count))
            carried += count
    return kept


def _drop_look(dropped: float) -> str:
    if dropped >= HARD_DROP:
        return "drop-hard"
    return "drop-some" if dropped >= SOME_DROP else "end"


def _bounds(medians: list[float]) -> tuple[float, float]:
    if len(medians) < 3:
        return float("inf"), float("inf")
    tenths = quantiles(medians, n=10, method="inclusive")
    return tenths[4], tenths[8] if len(medians) >= FEW_PATHS else float("inf")


def _pace(median_s: float, slow: float, slowest: float) -> str:
    if median_s >= slowest:
        return "slowest"
    return "slow" if median_s > slow else "quick"
