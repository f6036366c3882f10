"""Thought of comparing two graphs: one family of differences from sums over two sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.engine.answers import differences
from sojourn.engine.answers.differences import PaceDifference, ShareDifference, Tested, Verdict
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stats.looking import Looks

StepRow = tuple[str, Int64s]
PathRow = tuple[tuple[str, str], Int64s, Int64s]  # source and target; who took it; how long they took
PropertyRow = tuple[tuple[str, str], Int64s]  # dimension and value


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDifference:
    """A step: the share of the side's customers who had it."""

    name: str
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class PathDifference:
    """A path: the share of the customers at its source who took it, and how long they took; None: on one side only."""

    source: str
    target: str
    share: ShareDifference
    pace: PaceDifference | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertyDifference:
    """A dimension's value: the share of the side's customers who have an event with it."""

    dimension: str
    value: str
    share: ShareDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A difference that is real, by kind: `step`, `path`, `pace` or `property`; one of `share` and `pace` is there."""

    kind: str
    names: tuple[str, ...]  # a step; source and target; dimension and value
    share: ShareDifference | None
    pace: PaceDifference | None
    effect: float


@dataclass(frozen=True)
class GraphsApart:
    """Everything compared between two graphs, corrected as one family of `tested` differences."""

    steps: tuple[StepDifference, ...]
    paths: tuple[PathDifference, ...]
    properties: tuple[PropertyDifference, ...]
    tested: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is real, largest effect first, ties by name."""
        real = [each for each in self._all() if _verdict_of(each) in (Verdict.MORE, Verdict.LESS)]
        return tuple(sorted(real, key=lambda each: (-each.effect, each.kind, each.names)))

    def _all(self) -> list[Finding]:
        found = [
            Finding(kind="step", names=(s.name,), share=s.share, pace=None, effect=s.share.effect) for s in self.steps
        ]
        for path in self.paths:
            names = (path.source, path.target)
            found.append(Finding(kind="path", names=names, share=path.share, pace=None, effect=path.share.effect))
            if path.pace is not None:
                found.append(Finding(kind="pace", names=names, share=None, pace=path.pace, effect=path.pace.effect))
        found += [
            Finding(kind="property", names=(v.dimension, v.value), share=v.share, pace=None, effect=v.share.effect)
            for v in self.properties
        ]
        return found


def graphs_apart(
    steps: Sequence[StepRow], paths: Sequence[PathRow], values: Sequence[PropertyRow], looks: Looks
) -> GraphsApart:
    """Compare steps, paths, times and properties of two sides, corrected together."""

    def share_of(row: Int64s) -> Tested:
        return differences.shares(differences.sides_of(row), looks)

    had = [share_of(row) for _, row in steps]
    took = [share_of(row) for _, row, _ in paths]
    pace = [differences.paces(row, looks) for _, _, row in paths]
    have = [share_of(row) for _, row in values]
    family = [*had, *took, *pace, *have]
    p = iter(differences.corrected(family))
    # in the order of the family
    step_shares = [differences.share_difference(each, next(p)) for each in had]
    path_shares = [differences.share_difference(each, next(p)) for each in took]
    paces = [differences.pace_difference(each, next(p)) for each in pace]
    return GraphsApart(
        steps=tuple(
            StepDifference(name=name, share=share) for (name, _), share in zip(steps, step_shares, strict=True)
        ),
        paths=tuple(
            PathDifference(source=edge[0], target=edge[1], share=share, pace=times)
            for (edge, _, _), share, times in zip(paths, path_shares, paces, strict=True)
        ),
        properties=tuple(
            PropertyDifference(dimension=place[0], value=place[1], share=differences.share_difference(each, next(p)))
            for (place, _), each in zip(values, have, strict=True)
        ),
        tested=differences.tested(family),
    )


def _verdict_of(each: Finding) -> Verdict:
    if each.share is not None:
        return each.share.verdict
    return Verdict.TOO_FEW if each.pace is None else each.pace.verdict
