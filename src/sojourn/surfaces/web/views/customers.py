"""Journeys > Customers: who is behind a number of the other pages; pseudonymous, and every look is audited."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sojourn.domains.access.contracts import Right
from sojourn.domains.journeys import actions
from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import (
    BranchChosen,
    CellChosen,
    Chosen,
    FunnelChosen,
    PathChosen,
    PatternChosen,
    StepChosen,
    StepPlace,
    VariantChosen,
)
from sojourn.engine.kernels.patterns import PatternError
from sojourn.kit.errors import InvalidError, NotFoundError
from sojourn.surfaces.web.analysis import Analysis, opened
from sojourn.surfaces.web.branches import branches, steps_to
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.filters import refused
from sojourn.surfaces.web.funnel_settings import PARAMETERS, settings
from sojourn.surfaces.web.strips import lines
from sojourn.surfaces.web.views import paths, retention

MINE: Final = ("of", "place", "ways", "match", "k", "lost", "part")
OWN: Final = tuple(dict.fromkeys((*MINE, *PARAMETERS, *paths.OWN, *retention.OWN)))
IN_FORM: Final = frozenset({"steps", "paths", "colour", "f", "window", "at", "from", "to", *OWN})  # no control has them
ON_A_PAGE: Final = 20


@dataclass(frozen=True, kw_only=True)
class Meant:
    """The number that an address means, what it is called, and the page that shows it."""

    chosen: Chosen
    says: str
    shown_at: str


@page(Right.CUSTOMERS_LIST)
def customers(request: PageRequest) -> HttpResponse:
    """List the customers behind the number that the address names."""
    analysis = opened(request, OWN)
    context = analysis.context() | {"kept": [pair for pair in analysis.asked.hidden() if pair[0] in IN_FORM]}
    if analysis.vocabulary.names:
        context |= _answer(request, analysis)
    return render(request, "web/customers.html", context)


def _answer(request: PageRequest, analysis: Analysis) -> dict[str, Any]:
    try:
        meant = _meant(request, analysis)
        found = actions.customers(
            chosen=meant.chosen,
            question=analysis.question,
            viewer=analysis.viewer,
            limit=ON_A_PAGE,
            after=request.GET.get("after") or None,
        )
    except PatternError as error:
        return {"match_refused": refused(error)}
    except (InvalidError, NotFoundError) as refusal:
        return {"refused": refusal.message}
    asked = analysis.asked
    return {
        "meant": meant,
        "found": found,
        "coverage": found.coverage,
        "lines": lines(found),
        "following": asked.query(own=(*asked.own, ("after", found.next))) if found.next else "",
        "first": asked.query() if found.before else "",
        "last_shown": found.before + len(found.rows),
        "as_filter": _as_filter(analysis, meant.chosen),
        "how": _(
            "The same events, of the same customers, as the number counts. Customers bear random numbers; who looked, "
            "at what and how many is written to the audit log. Of fewer customers than the privacy minimum none is "
            "listed. Events are those that the question reads, at most 40 around what was chosen."
        ),
    }


def _as_filter(analysis: Analysis, chosen: Chosen) -> str:
    if not isinstance(chosen, PatternChosen):
        return ""
    return reverse("explorer") + replace(analysis.asked, own=()).query(having_pattern=chosen.pattern)


def _meant(request: PageRequest, analysis: Analysis) -> Meant:
    of = request.GET.get("of", "")
    if of not in READERS:
        raise InvalidError("of: this address names no number; open the list from a number of another page.")
    return READERS[of](request, analysis)


def _step(request: PageRequest, analysis: Analysis) -> Meant:
    asked, place = analysis.asked, request.GET.get("place", "any")
    if not asked.at or place not in set(StepPlace):
        raise InvalidError("at: name a step.")
    says = {
        StepPlace.ANY: "%(step)s",
        StepPlace.FIRST: _("Begin with %(step)s"),
        StepPlace.LAST: _("End with %(step)s"),
    }
    chosen = StepChosen(name=asked.at, place=StepPlace(place))
    return _in_explorer(analysis, chosen, says[chosen.place] % {"step": asked.at})


def _path(request: PageRequest, analysis: Analysis) -> Meant:
    ends = analysis.asked.path
    if ends is None:
        raise InvalidError("from: name two steps.")
    return _in_explorer(analysis, PathChosen(source=ends[0], target=ends[1]), " → ".join(ends))


def _variant(request: PageRequest, analysis: Analysis) -> Meant:
    try:
        steps = json.loads(request.GET.get("ways", ""))
    except ValueError:
        steps = None
    if not isinstance(steps, list) or not all(isinstance(each, str) for each in steps):
        raise InvalidError("ways: name the steps of a variant.")
    shown = " → ".join(steps[:5]) + (" …" if len(steps) > 5 else "")
    return _in_explorer(analysis, VariantChosen(steps=tuple(steps)), _("The whole way %(way)s") % {"way": shown})


def _pattern(request: PageRequest, analysis: Analysis) -> Meant:
    pattern = request.GET.get("match", "").strip()
    if not pattern:
        raise InvalidError("match: give a path pattern.")
    return Meant(
        chosen=PatternChosen(pattern=pattern),
        says=pattern,
        shown_at=reverse("patterns") + analysis.asked.query(own=(("match", pattern),)),
    )


def _branch(request: PageRequest, analysis: Analysis) -> Meant:
    node, asked = request.GET.get("node", ""), analysis.asked
    tree = journeys.paths(question=analysis.question, viewer=analysis.viewer, asked=paths.wanted(request))
    rows = branches(tree, asked, node)
    found = next((row for row in rows if row.is_chosen), None)
    if found is None:
        raise NotFoundError("The tree of paths does not show this line any more.")
    way = tuple(steps_to(found, rows))[1:]
    return Meant(
        chosen=BranchChosen(asked=tree.asked, way=way, kind=found.node.kind),
        says=found.way,
        shown_at=reverse("paths") + _own_only(analysis, paths.OWN),
    )


def _funnel(request: PageRequest, analysis: Analysis) -> Meant:
    asked, chosen = analysis.asked, settings(replace(analysis.asked, own=_only(analysis, PARAMETERS)))
    number = request.GET.get("k", "1")
    step = int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 0
    if not 1 <= step <= len(asked.funnel):
        raise InvalidError("k: name a step of the funnel.")
    lost, part = request.GET.get("lost") == "1", request.GET.get("part") or None
    says = _("Came to %(step)s and no further") if lost else _("Reached %(step)s")
    named = says % {"step": f"{step} {asked.funnel[step - 1]}"}
    return Meant(
        chosen=FunnelChosen(
            steps=tuple((name,) for name in asked.funnel),
            window_days=asked.window,
            step=step,
            lost=lost,
            part=part,
            options=chosen.options(),
        ),
        says=named if part is None else f"{named}, {part}",
        shown_at=reverse("explorer") + _own_only(analysis, PARAMETERS) + "#funnel",
    )


def _cell(request: PageRequest, analysis: Analysis) -> Meant:
    own = retention.own_of(analysis)
    day, _dot, column = own.get("cell", ("",))[0].rpartition(".")
    try:
        cohort = date.fromisoformat(day)
    except ValueError:
        raise InvalidError("cell: name a cohort and a column.") from None
    if not column.isascii() or not column.isdigit() or len(column) > 2:
        raise InvalidError("cell: name a cohort and a column.")
    is_whole = request.GET.get("k") == "all"
    return Meant(
        chosen=CellChosen(asked=retention.asked_of(own), cohort=cohort, column=None if is_whole else int(column)),
        says=(_("Started in the cohort of %(day)s") if is_whole else _("Cohort of %(day)s, came back")) % {"day": day},
        shown_at=reverse("retention") + _own_only(analysis, retention.OWN),
    )


READERS: Final[dict[str, Callable[[PageRequest, Analysis], Meant]]] = {
    "step": _step,
    "path": _path,
    "variant": _variant,
    "pattern": _pattern,
    "branch": _branch,
    "funnel": _funnel,
    "cell": _cell,
}


def _in_explorer(analysis: Analysis, chosen: Chosen, says: str) -> Meant:
    return Meant(chosen=chosen, says=says, shown_at=reverse("explorer") + _own_only(analysis, PARAMETERS))


def _only(analysis: Analysis, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in analysis.asked.own if name in names)


def _own_only(analysis: Analysis, names: tuple[str, ...]) -> str:
    return analysis.asked.query(own=_only(analysis, names))
