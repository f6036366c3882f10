"""A comparison as the page shows it: the picture of the difference, and everything in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sojourn.domains.journeys.contracts import (
    Companion,
    ComparedGraph,
    Finding,
    PaceDifference,
    PathDifference,
    ShareDifference,
    Verdict,
)
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.filters import label
from sojourn.surfaces.web.questions import MOST_PATHS

SCALE = 1_000  # the picture's widths are thousandths of a side's customers
BUSY = 0.86  # of the traffic of both sides is drawn at most, and every path that differs
SIGNS = {Verdict.MORE: "▲", Verdict.LESS: "▼", Verdict.SAME: "=", Verdict.TOO_FEW: "?"}
LOOKS = {Verdict.MORE: "more", Verdict.LESS: "less", Verdict.SAME: "same", Verdict.TOO_FEW: "same"}


def drawn(found: ComparedGraph) -> dict[str, Any]:
    """Give what the script draws: nodes and edges with their difference; texts are ready for people."""
    nodes = [
        {
            "id": step.name,
            "name": step.name,
            "customers": round(SCALE * (step.share.a.value + step.share.b.value) / 2),
            "count": short(step.share),
            "again": "",
            "drop": 0,
            "look": LOOKS[step.share.verdict],
            "says": f"{step.name}: {said(step.share)}",
        }
        for step in found.steps
    ]
    return {
        "colour": "difference",
        "most": SCALE,
        "nodes": nodes,
        "edges": [_edge(path, traffic) for path, traffic in _busy(found)],
        "words": {"start": _("Start"), "end": _("Ends"), "of": _("of")},
    }


def sentence(found: ComparedGraph) -> str:
    """Say in one or two sentences what differs; it is the picture's name for a screen reader."""
    tested = found.comparison.tested
    if not tested:
        return _("Too few customers on one of the sides to say anything.")
    if not found.findings:
        return ngettext(
            "No difference seen: %(n)s was tested.", "No difference seen: %(n)s were tested together.", tested
        ) % {"n": figures.whole(tested)}
    many = len(found.findings)
    first = found.findings[0]
    return ngettext(
        "%(many)s of %(tested)s differences is real. It is at %(what)s: %(size)s.",
        "%(many)s of %(tested)s differences are real. The largest is at %(what)s: %(size)s.",
        many,
    ) % {
        "many": many,
        "tested": tested,
        "what": named(first),
        "size": said(first.share) if first.share else said_pace(first.pace),
    }


def named(each: Finding) -> str:
    """Name what differs."""
    if each.kind == "property":
        return _("%(dimension)s is %(value)s") % {"dimension": label(each.names[0]), "value": each.names[1]}
    return " → ".join(each.names)


def companion_named(each: Companion) -> str:
    """Name what goes with success."""
    if each.kind == "property":
        return _("%(dimension)s is %(value)s") % {"dimension": label(each.names[0]), "value": each.names[1]}
    return each.names[0]


def kind(each: Finding) -> str:
    """Say what kind of thing differs."""
    return {"step": _("Step"), "path": _("Path"), "pace": _("Time"), "property": _("Property")}[each.kind]


def sized(each: Finding) -> str:
    """Say by how much it differs, without saying which way in words."""
    if each.share is not None:
        return by(each.share)
    return _times(each.pace) if each.pace else ""


def short(share: ShareDifference) -> str:
    """Write a difference as a sign and points: ▲ +12.3."""
    if share.verdict is Verdict.TOO_FEW:
        return _("? few")
    return f"{SIGNS[share.verdict]} {figures.points(share.difference)}"


def said(share: ShareDifference) -> str:
    """Write a difference of shares in words, with its interval."""
    words = {
        Verdict.MORE: _("more in B, %(size)s"),
        Verdict.LESS: _("less in B, %(size)s"),
        Verdict.SAME: _("no difference seen, %(size)s"),
        Verdict.TOO_FEW: _("too few to say, %(size)s"),
    }
    return words[share.verdict] % {"size": by(share)}


def by(share: ShareDifference) -> str:
    """Write a difference of shares in points with its interval, or how many customers are too few."""
    if share.verdict is Verdict.TOO_FEW:
        return _("n = %(a)s and %(b)s") % {"a": figures.whole(share.a.n), "b": figures.whole(share.b.n)}
    return _("%(size)s points (95%%: %(low)s to %(high)s)") % {
        "size": figures.points(share.difference),
        "low": figures.points(share.low),
        "high": figures.points(share.high),
    }


def said_pace(pace: PaceDifference | None) -> str:
    """Write a difference of typical times in words, with its interval."""
    if pace is None or pace.verdict is Verdict.TOO_FEW:
        return _("too few to say")
    words = {
        Verdict.MORE: _("slower in B, %(size)s"),
        Verdict.LESS: _("quicker in B, %(size)s"),
        Verdict.SAME: _("no difference seen, %(size)s"),
    }
    return words[pace.verdict] % {"size": _times(pace)}


def _times(pace: PaceDifference) -> str:
    if pace.low is None or pace.high is None:
        return ""
    low, ratio, high = (figures.decimal(each, 2) for each in (pace.low, pace.ratio, pace.high))
    return _("%(ratio)s times as long (95%%: %(low)s to %(high)s)") % {"ratio": ratio, "low": low, "high": high}


def _busy(found: ComparedGraph) -> list[tuple[PathDifference, float]]:
    """Give the busiest paths and those that differ, with their share of the customers of a side."""
    customers = (max(found.comparison.a.customers, 1), max(found.comparison.b.customers, 1))
    traffic = [
        (
            path,
            (path.share.a.value * path.share.a.n / customers[0] + path.share.b.value * path.share.b.n / customers[1])
            / 2,
        )
        for path in found.paths
        if path.source != path.target
    ]
    traffic.sort(key=lambda each: (-each[1], each[0].source, each[0].target))
    wanted, carried, kept = BUSY * sum(share for _, share in traffic), 0.0, list[tuple[PathDifference, float]]()
    joined: set[str] = set()
    for path, share in traffic:  # busiest first: a step's first path is drawn in any case, so that none hangs loose
        if (carried < wanted and len(kept) < MOST_PATHS) or _differs(path) or not {path.source, path.target} <= joined:
            kept.append((path, share))
            joined |= {path.source, path.target}
        carried += share
    return kept


def _differs(path: PathDifference) -> bool:
    real = (Verdict.MORE, Verdict.LESS)
    return path.share.verdict in real or (path.pace is not None and path.pace.verdict in real)


def _edge(path: PathDifference, traffic: float) -> dict[str, Any]:
    words = [short(path.share)]
    if path.pace is not None and path.pace.verdict in (Verdict.MORE, Verdict.LESS):
        words.append(_("%(ratio)s × time") % {"ratio": figures.decimal(path.pace.ratio)})
    return {
        "from": path.source,
        "to": path.target,
        "customers": round(SCALE * traffic),
        "look": LOOKS[path.share.verdict],
        "label": words,
        "says": _("%(source)s to %(target)s: %(share)s; time: %(pace)s")
        % {"source": path.source, "target": path.target, "share": said(path.share), "pace": said_pace(path.pace)},
    }
