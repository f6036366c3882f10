"""The desk's answers to the hooks of rooms below."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from sojourn.domains.collection import hooks
from sojourn.domains.collection.contracts import Held
from sojourn.domains.desk import actions, queries
from sojourn.domains.feedback.contracts import Understood
from sojourn.domains.feedback.hooks import understood
from sojourn.kit.sealed import seals

seals("desk.StepRow", "sealed", use="case")


@understood.answer
def open_cases(found: Sequence[Understood]) -> Callable[[Collection[int]], object]:
    """Open cases where a rule says so, in the transaction of the reading."""
    return actions.cases_wanted(found)


@hooks.erase_persons.answer
def forget_cases(persons: tuple[int, ...]) -> None:
    """Delete the cases of erased persons."""
    actions.forget_cases(persons)


@hooks.about_persons.answer
def tell_cases(persons: tuple[int, ...]) -> Iterable[Held]:
    """Tell which cases there are of persons."""
    return queries.told_of_cases(persons)


hooks.holds("desk.CaseRow", "desk.StepRow", erased_by=forget_cases, told_by=tell_cases)
