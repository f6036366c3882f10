"""The inductive miner: from ways through to a process tree that replays every one of them.

Leemans, Fahland and van der Aalst (2013), "Discovering block-structured process models from event logs: a constructive
approach"; what is tried when no cut is found is from Leemans (2017), "Robust process mining with guarantees",
section 6.2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from sojourn.engine.discovery import cuts
from sojourn.engine.discovery.cuts import Follows, Groups, Log
from sojourn.engine.discovery.trees import SILENT, Leaf, Operator, Tree, block

Cut = Callable[[Follows], Groups | None]
Split = Callable[[Log, Groups], list[Log]]

CUTS: tuple[tuple[Operator, Cut, Split], ...] = (
    (Operator.CHOICE, cuts.choice, cuts.split_choice),
    (Operator.SEQUENCE, cuts.sequence, cuts.split_projected),
    (Operator.PARALLEL, cuts.parallel, cuts.split_projected),
    (Operator.LOOP, cuts.loop, cuts.split_loop),
)


def mine(ways: Mapping[Sequence[str], int] | Iterable[Sequence[str]]) -> Tree:
    """Mine a tree from ways through; every way is one of those that the tree allows, however rare it is.

    How many took a way does not matter: leave rare ways out before for a simpler tree.

    >>> from sojourn.engine.discovery.trees import written
    >>> written(mine([("ask", "offer", "buy"), ("ask", "offer", "leave")]))
    "->( 'ask', 'offer', X( 'buy', 'leave' ) )"
    """
    listed = [tuple(way) for way in ways]
    names = sorted({name for way in listed for name in way})
    number = {name: place for place, name in enumerate(names)}
    log = {tuple(number[name] for name in way): 1 for way in listed}
    return _Miner(names).tree(log) if log else SILENT


class _Miner:
    def __init__(self, names: list[str]) -> None:
        self._names = names

    def tree(self, log: Log) -> Tree:
        if () in log:
            rest = {way: times for way, times in log.items() if way}
            return block(Operator.CHOICE, [SILENT, self.tree(rest)]) if rest else SILENT
        relation = cuts.follows(log)
        if len(relation.activities) == 1 and all(len(way) == 1 for way in log):
            return self._leaf(min(relation.activities))
        for operator, cut, split in CUTS:
            if groups := cut(relation):
                return block(operator, [self.tree(part) for part in split(log, groups)])
        return self._fallen_through(log, relation)

    def _fallen_through(self, log: Log, relation: Follows) -> Tree:
        if (once := self._once_each_way(log, relation)) is not None:
            return self._beside(log, once)
        if (beside := self._makes_a_cut(log, relation)) is not None:
            return self._beside(log, beside)
        for is_border in (self._from_end_to_start(relation), self._to_start(relation)):
            if (pieces := _pieces(log, is_border)) is not None:
                return block(Operator.LOOP, [self.tree(pieces), SILENT])
        every = [self._leaf(each) for each in sorted(relation.activities)]
        return block(Operator.LOOP, [block(Operator.CHOICE, every), SILENT])  # anything goes

    def _leaf(self, activity: int) -> Leaf:
        return Leaf(self._names[activity])

    def _beside(self, log: Log, activity: int) -> Tree:
        rest = cuts.follows(log).activities - {activity}
        return block(Operator.PARALLEL, [self.tree(part) for part in cuts.split_projected(log, [{activity}, rest])])

    @staticmethod
    def _once_each_way(log: Log, relation: Follows) -> int | None:
        if len(relation.activities) == 1:
            return None
        left = set(relation.activities)
        for way in log:
            left = {each for each in left if way.count(each) == 1}
        return min(left, default=None)

    @staticmethod
    def _makes_a_cut(log: Log, relation: Follows) -> int | None:
        """Find an activity without which the rest falls apart."""
        if len(relation.activities) == 1:
            return None
        for activity in sorted(relation.activities):
            rest = cuts.follows(tuple(each for each in way if each != activity) for way in log)
            if any(cut(rest) for _, cut, _ in CUTS):
                return activity
        return None

    @staticmethod
    def _from_end_to_start(relation: Follows) -> Callable[[int, int], bool]:
        return lambda before, after: before in relation.ends and after in relation.starts

    @staticmethod
    def _to_start(relation: Follows) -> Callable[[int, int], bool]:
        return lambda _, after: after in relation.starts


def _pieces(log: Log, is_border: Callable[[int, int], bool]) -> Log | None:
    """Cut ways at borders between two activities; None when there is none."""
    pieces: Log = defaultdict(int)
    for way, times in log.items():
        begin = 0
        for here in range(1, len(way)):
            if is_border(way[here - 1], way[here]):
                pieces[way[begin:here]] += times
                begin = here
        pieces[way[begin:]] += times
    return None if pieces.keys() == log.keys() else dict(pieces)
