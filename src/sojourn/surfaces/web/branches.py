"""A tree of paths as the page shows it: rows with bars, and where each of them leads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.domains.journeys.contracts import PathNode, PathNodeKind, PathTree
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.questions import MOST_FUNNEL_STEPS, Asked

OPEN_LEVELS = 3  # shown unfolded at first; deeper ones when asked for
BETWEEN = " › "


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A row: its bar's length in per cent of the root, its place in the tree, and where its name leads."""

    place: int
    before: int | None
    node: PathNode
    name: str
    way: str  # the names from the root on: the row's name in the address
    length: float
    level: int
    nth: int
    of: int  # rows with the same one before
    has_more: bool
    is_unfolded: bool
    is_shown: bool
    is_chosen: bool
    address: str

    @property
    def has_time(self) -> bool:
        """Whether a time from the root says something: not at the root, nor where nothing more was seen."""
        return self.before is not None and self.node.kind is not PathNodeKind.END


@dataclass(frozen=True, kw_only=True)
class BranchPanel:
    """What is open beside the tree: a row in numbers, and what can be done with it."""

    branch: Branch
    onward: str  # the tree from this step, "" where it is none
    backward: str
    funnel: str
    only: str
    closed: str


def changed(asked: Asked, **own: str) -> str:
    """Write the page's address with its own parameters changed; "" takes one away."""
    kept = tuple((name, value) for name, value in asked.own if name not in own)
    return asked.query(own=(*kept, *((name, value) for name, value in own.items() if value)))


def branches(tree: PathTree, asked: Asked, chosen: str) -> tuple[Branch, ...]:
    """Lay a tree out in rows; `chosen` is the way of the row that is open."""
    ways = _ways(tree)
    families = Counter(node.before for node in tree.nodes)
    seen: Counter[int | None] = Counter()
    most = max(tree.nodes[0].customers, 1)
    rows: list[Branch] = []
    for place, node in enumerate(tree.nodes):
        seen[node.before] += 1
        parent = None if node.before is None else rows[node.before]
        leads_to_chosen = chosen.startswith(ways[place] + BETWEEN)
        rows.append(
            Branch(
                place=place,
                before=node.before,
                node=node,
                name=_name(node, forward=tree.asked.forward),
                way=ways[place],
                length=100 * node.customers / most,
                level=node.depth + 1,
                nth=seen[node.before],
                of=families[node.before],
                has_more=families[place] > 0,
                is_unfolded=families[place] > 0 and (node.depth + 1 < OPEN_LEVELS or leads_to_chosen),
                is_shown=parent is None or (parent.is_shown and parent.is_unfolded),
                is_chosen=chosen == ways[place],
                address=changed(asked, node=ways[place]),
            )
        )
    return tuple(rows)


def panel(rows: tuple[Branch, ...], tree: PathTree, asked: Asked) -> BranchPanel | None:
    """Give what is open beside the tree; None when nothing is, or it is not there any more."""
    branch = next((row for row in rows if row.is_chosen), None)
    if branch is None:
        return None
    name = branch.node.name
    steps = tuple(dict.fromkeys(steps_to(branch, rows)))
    return BranchPanel(
        branch=branch,
        onward=changed(asked, root=name, way="", node="") if name else "",
        backward=changed(asked, root=name, way="to", node="") if name else "",
        funnel=_explorer(asked, funnel=steps if tree.asked.forward else steps[::-1]) if len(steps) > 1 else "",
        only=replace(asked, own=_without_node(asked)).query(having=(name,)) if name else "",
        closed=changed(asked, node=""),
    )


def sentence(tree: PathTree) -> str:
    """Say in one sentence where most customers go, or come from."""
    root = tree.nodes[0]
    nearest = [node for node in tree.nodes if node.depth == 1]
    steps = [node for node in nearest if node.kind is PathNodeKind.STEP]
    if not root.customers:
        return _("Nobody had this step in the period.")
    if not steps or steps[0].share.too_few:
        return _("Too few customers to say where they go.")
    said = (
        _("Of %(n)s customers with %(root)s, %(share)s had %(step)s next")
        if tree.asked.forward
        else _("Of %(n)s customers with %(root)s, %(share)s had %(step)s just before")
    ) % {
        "n": figures.whole(root.customers),
        "root": root.name,
        "share": figures.percent(steps[0].share.value),
        "step": steps[0].name,
    }
    ended = next((node for node in nearest if node.kind is PathNodeKind.END), None)
    if ended is None or ended.share.too_few:
        return f"{said}."
    more = (
        _("for %(share)s nothing more was seen") if tree.asked.forward else _("for %(share)s nothing was seen before")
    )
    return f"{said}; {more % {'share': figures.percent(ended.share.value)}}."


def _ways(tree: PathTree) -> list[str]:
    ways: list[str] = []
    for node in tree.nodes:
        own = node.name or f"({node.kind.value})"
        ways.append(own if node.before is None else f"{ways[node.before]}{BETWEEN}{own}")
    return ways


def _name(node: PathNode, *, forward: bool) -> str:
    if node.kind is PathNodeKind.OTHERS:
        n = node.gathered
        return ngettext("%(n)s other step", "%(n)s other steps", n) % {"n": figures.whole(n)}
    if node.kind is PathNodeKind.END:
        return _("Nothing more") if forward else _("Nothing before")
    return node.name


def steps_to(branch: Branch, rows: tuple[Branch, ...]) -> list[str]:
    """Name the steps from the root to a row."""
    names: list[str] = []
    at: int | None = branch.place
    while at is not None:
        if rows[at].node.name:
            names.append(rows[at].node.name)
        at = rows[at].before
    return names[::-1]


def _explorer(asked: Asked, funnel: tuple[str, ...]) -> str:
    return reverse("explorer") + replace(asked, own=()).query(funnel=funnel[:MOST_FUNNEL_STEPS])


def _without_node(asked: Asked) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in asked.own if name != "node")
