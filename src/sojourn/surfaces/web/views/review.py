"""Customers > Identity review: who may be one, side by side; accept, reject, undo, many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from sojourn.domains.access import queries as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.identity import actions, queries
from sojourn.domains.identity.contracts import (
    ComparedField,
    MatchingTerms,
    MatchState,
    Proposal,
    ProposalSource,
    ProposalState,
    SideBySide,
)
from sojourn.kit.errors import InvalidError, NotFoundError, SojournError
from sojourn.surfaces.web import numbers
from sojourn.surfaces.web.doors import PageRequest, page
from sojourn.surfaces.web.proposals import field_words, level_words, source_words

ON_A_PAGE: Final = 10
FULL_BAR_BITS: Final = 16.0
OWN: Final = ("state", "source", "from")
VERBS: Final[dict[str, Callable[..., Proposal]]] = {
    "accept": actions.accept, "reject": actions.reject, "reopen": actions.reopen,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Line:
    """A field of two customers as the page shows it; `width` is a share of the longest bar."""

    words: str
    field: ComparedField
    level: str
    width: float
    differs: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    """A proposal as the page shows it."""

    seen: SideBySide
    source: str
    lines: tuple[Line, ...]
    has_values: bool


@page(Right.IDENTITY_REVIEW)
def review(request: PageRequest) -> HttpResponse:
    """List the proposals of the filter, the most probable first."""
    asked = {name: request.GET.get(name, "").strip() for name in OWN}
    mistake = ""
    try:
        state, source, least = _read(asked)
    except InvalidError as error:
        state, source, least, mistake = ProposalState.OPEN, None, None, error.message
    found = queries.proposals(
        state=state,
        source=source,
        probability_from=least,
        after=numbers.plain(request.GET.get("after", "")) or 0,
        limit=ON_A_PAGE,
        viewer=request.viewer,
    )
    kept = {name: value for name, value in asked.items() if value}
    runs, set_terms = queries.matching_runs(viewer=request.viewer)[:3], queries.matching_terms()
    context = {
        "cards": [_card(each) for each in queries.listed(page=found, viewer=request.viewer)],
        "names": access.names({each.decided_by for each in found.rows if each.decided_by}),
        "total": found.total,
        "asked": asked,
        "mistake": mistake,
        "kept": urlencode(kept),
        "is_filtered": bool(kept),
        "next": "?" + urlencode(kept | {"after": found.next}) if found.next else "",
        "states": [(each.value, words) for each, words in _states().items()],
        "sources": [(each.value, source_words(each)) for each in ProposalSource],
        "bulk": _bulk(state, source, least, request.viewer),
        "undo": _undo(request.GET.get("undo", ""), request.viewer),
        "runs": runs,
        "is_running": any(each.state in (MatchState.WAITING, MatchState.RUNNING) for each in runs),
        "terms": set_terms,
        "merge_above": _percent(set_terms.merge_above),
    }
    return render(request, "web/review.html", context)


@page(Right.IDENTITY_REVIEW)
@require_POST
def decide(request: PageRequest, number: int, verb: str) -> HttpResponse:
    """Accept, reject or open again, and go back to the list with a way to undo it."""
    if verb not in VERBS:
        raise NotFoundError("There is no such page.")
    try:
        VERBS[verb](proposal=number, viewer=request.viewer)
    except NotFoundError:
        raise
    except SojournError as error:
        messages.error(request, error.message)
        return redirect(_back(request))
    return redirect(_back(request, undo="" if verb == "reopen" else str(number)))


@page(Right.IDENTITY_REVIEW)
@require_POST
def decide_many(request: PageRequest) -> HttpResponse:
    """Accept or reject all that the page counted, if they are still as many."""
    try:
        _state, source, least = _read({name: request.POST.get(name, "") for name in OWN})
        expected, verdict = request.POST.get("expected", ""), request.POST.get("verdict", "")
        if least is None or not expected.isdecimal() or verdict not in [each.value for each in actions.Verdict]:
            raise InvalidError(_("Choose a probability first."))
        done = actions.decide_many(
            verdict=actions.Verdict(verdict), probability_from=least, expected=int(expected), source=source,
            viewer=request.viewer,
        )  # fmt: skip
        messages.success(request, ngettext("%(n)s pair decided.", "%(n)s pairs decided.", done) % {"n": done})
    except SojournError as error:
        messages.error(request, error.message)
    return redirect(_back(request))


@page(Right.IDENTITY_REVIEW)
@require_POST
def match(request: PageRequest) -> HttpResponse:
    """Look for pairs in the background."""
    try:
        actions.request_match(viewer=request.viewer)
        messages.success(request, _("Looking for pairs. They appear here when it is done."))
    except SojournError as error:
        messages.error(request, error.message)
    return redirect("identity-review")


@page(Right.IDENTITY_RULES)
@require_POST
def terms(request: PageRequest) -> HttpResponse:
    """Set how matching runs by itself."""
    try:
        actions.set_matching(
            terms=MatchingTerms(
                every_days=_whole(request.POST.get("every_days", "")),
                merge_above=_share(request.POST.get("merge_above", "")),
            ),
            viewer=request.viewer,
        )
        messages.success(request, _("Changed."))
    except SojournError as error:
        messages.error(request, error.message)
    return redirect("identity-review")


def _read(asked: dict[str, str]) -> tuple[ProposalState, ProposalSource | None, float | None]:
    """Read the filter; raise InvalidError for what means nothing."""
    if asked["state"] and asked["state"] not in [each.value for each in ProposalState]:
        raise InvalidError(_("There is no such state."))
    if asked["source"] and asked["source"] not in [each.value for each in ProposalSource]:
        raise InvalidError(_("There is no such origin."))
    return (
        ProposalState(asked["state"] or "open"),
        ProposalSource(asked["source"]) if asked["source"] else None,
        _share(asked["from"]),
    )


def _share(text: str) -> float | None:
    """Read a percentage as a share."""
    if not text.strip():
        return None
    try:
        share = float(text.replace(",", ".")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise InvalidError(_("Give a percentage from 0 to 100."))
    return share


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:g}"


def _whole(text: str) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or len(text) > 6:
        raise InvalidError(_("Give a whole number of days."))
    return int(text)


def _bulk(
    state: ProposalState, source: ProposalSource | None, least: float | None, viewer: Viewer
) -> dict[str, int] | None:
    if state is not ProposalState.OPEN or least is None:
        return None
    return {
        each.value: len(actions.meant(verdict=each, probability_from=least, source=source, viewer=viewer))
        for each in actions.Verdict
    }


def _undo(number: str, viewer: Viewer) -> Proposal | None:
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        found = queries.proposal(number=int(number), viewer=viewer).proposal
    except NotFoundError:
        return None
    return found if found.state in (ProposalState.ACCEPTED, ProposalState.REJECTED) else None


def _back(request: PageRequest, *, undo: str = "") -> str:
    kept = {name: request.POST[name] for name in OWN if request.POST.get(name)}
    query = urlencode(kept | ({"undo": undo} if undo else {}))
    return reverse("identity-review") + (f"?{query}" if query else "")


def _card(seen: SideBySide) -> Card:
    lines = tuple(
        Line(
            words=field_words(each.field),
            field=each,
            level=level_words(each.level),
            width=min(abs(each.weight or 0.0) / FULL_BAR_BITS, 1.0) * 100,
            differs=each.values[0] != each.values[1],
        )
        for each in seen.fields
    )
    return Card(
        seen=seen,
        source=source_words(seen.proposal.source),
        lines=lines,
        has_values=any(any(each.field.values) for each in lines),
    )


def _states() -> dict[ProposalState, str]:
    return {
        ProposalState.OPEN: _("waiting"),
        ProposalState.ACCEPTED: _("accepted"),
        ProposalState.REJECTED: _("rejected"),
        ProposalState.GONE: _("no longer alike"),
    }
