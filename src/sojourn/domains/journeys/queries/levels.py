"""What a group of events stands for."""

from __future__ import annotations

from dataclasses import replace

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.journeys.contracts import Question
from sojourn.domains.journeys.queries.door import present_steps
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Purpose, Term


def group_members(
    *, name: str, question: Question, viewer: Viewer, purpose: Purpose = Purpose.ANALYTICS
) -> tuple[Term, ...]:
    """List what is seen one level lower where the question sees a group or kind, most customers first.

    Events and customers are those of the question; repeats count each. What nobody did is not listed.
    """
    seen = question.events.abstraction
    lower = replace(seen, once=False, expanded=tuple(sorted({*seen.expanded, name})))
    present = present_steps(replace(question, events=replace(question.events, abstraction=lower)), viewer, purpose)
    names = [each.name for each in privacy.vocabulary(purpose=purpose, viewer=viewer).names]
    upper, below = (catalogue.shown_as(names=names, level=seen.level, expanded=each.expanded) for each in (seen, lower))
    mine = {below[each] for each in names if upper[each] == name}
    found = zip(present.value.node.tolist(), present.value.times.tolist(), present.value.visitors.tolist(), strict=True)
    terms = [
        Term(name=label, events=times, customers=visitors)
        for code, times, visitors in found
        if (label := present.names[code]) in mine
    ]
    return tuple(sorted(terms, key=lambda term: (-term.customers, term.name)))
