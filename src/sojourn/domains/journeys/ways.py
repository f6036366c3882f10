"""Thought: path patterns that find just the customers whom a step, a path, a variant or a branch counts."""

from __future__ import annotations

from collections.abc import Iterable

from sojourn.domains.journeys.contracts import BranchChosen, PathNodeKind, StepPlace


def quoted(name: str) -> str:
    r"""Write a name so that a pattern reads it back.

    >>> print(quoted('Log "in"'))
    "Log \"in\""
    """
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def any_but(names: Iterable[str]) -> str:
    """Write one event that is none of these.

    >>> any_but(["a", "b"]), any_but([])
    ('[^"a"|"b"]', '.')
    """
    told = "|".join(quoted(name) for name in dict.fromkeys(names))
    return f"[^{told}]" if told else "."


def step(name: str, place: StepPlace) -> str:
    """Write a step, wherever it stands or as the first or last one."""
    return {StepPlace.ANY: "{}", StepPlace.FIRST: "^ -> {}", StepPlace.LAST: "{} -> $"}[place].format(quoted(name))


def path(source: str, target: str) -> str:
    """Write a step directly before another."""
    return f"{quoted(source)} -> {quoted(target)}"


def variant(steps: Iterable[str]) -> str:
    """Write a whole way through.

    >>> variant(["a", "b"])
    '^ -> "a" -> "b" -> $'
    """
    return " -> ".join(["^", *map(quoted, steps), "$"])


def branch(chosen: BranchChosen, siblings: Iterable[str] = ()) -> str:
    """Write the way to a node of a tree of paths without limits of time; `siblings` are the steps shown beside others.

    A customer's first root is the one with none before it. Where repeats are passed over, each step before the node
    may come several times in a row.

    >>> from sojourn.domains.journeys.contracts import PathsAsked
    >>> branch(BranchChosen(asked=PathsAsked(root="a"), way=("b",)))
    '^ -> [^"a"]* -> "a"+ -> "b"'
    """
    asked = chosen.asked
    way = [asked.root, *chosen.way]
    is_step = chosen.kind is PathNodeKind.STEP
    again = "+" if asked.collapse else ""
    last = len(way) - 1 if is_step else len(way)  # the node itself may stand once
    # backward a root that is reached is the first of its run: what stands before it is another step
    told = [quoted(name) + (again if k < last and (asked.forward or k) else "") for k, name in enumerate(way)]
    if chosen.kind is PathNodeKind.END:
        told.append("$" if asked.forward else "^")
    elif chosen.kind is PathNodeKind.OTHERS:
        never = [*siblings, *(way[-1:] if asked.collapse else ())]
        if not asked.forward and not asked.every:
            never.append(asked.root)
        told.append(any_but(never))
    if not asked.forward:
        told.reverse()
    is_anchored = not asked.every and told[0] != "^"
    return " -> ".join(["^", f"{any_but([asked.root])}*", *told] if is_anchored else told)
