"""The explorer's filters: what can be chosen, what is chosen, and how to take it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sojourn.domains.privacy.contracts import Term, Vocabulary
from sojourn.engine.kernels.patterns import PatternError
from sojourn.surfaces.web.questions import MOST_VALUES, Asked, parameter

SHORT = {"os": "OS", "url": "Address"}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One dimension that can be filtered: its values with their counts, and those kept."""

    dimension: str
    parameter: str
    label: str
    values: tuple[Term, ...]
    kept: tuple[str, ...]

    @property
    def says(self) -> str:
        """Say what is kept, in words."""
        if not self.kept:
            return self.label
        if len(self.kept) > 3:
            return _("%(what)s is one of %(count)s") % {"what": self.label, "count": len(self.kept)}
        return _("%(what)s is %(values)s") % {"what": self.label, "values": _(" or ").join(self.kept)}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A filter that is on, with the address without it."""

    says: str
    without: str


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A pattern that means nothing: why, and its text before, at and after the mistake."""

    reason: str
    before: str
    meant: str
    after: str
    character: int  # from 1


def refused(error: PatternError) -> Refused:
    """Show a pattern's mistake in its place."""
    end = error.position + error.length
    return Refused(
        reason=error.reason,
        before=error.pattern[: error.position],
        meant=error.pattern[error.position : end],
        after=error.pattern[end:],
        character=error.position + 1,
    )


def choices(asked: Asked, vocabulary: Vocabulary) -> tuple[Choice, ...]:
    """Give the dimensions that have more than one value, or a value that is kept."""
    inner = {"unit": vocabulary.units}
    listed = (_choice(asked, name, (*inner.get(name, ()), *terms)) for name, terms in vocabulary.dimensions.items())
    return tuple(each for each in listed if len(each.values) > 1 or each.kept)


def chosen(asked: Asked) -> tuple[Chip, ...]:
    """Give what is on and has no control of its own: groups that are opened, customers who did something."""
    opened = (
        Chip(
            says=_("%(group)s by its events") % {"group": group},
            without=asked.query(expand=tuple(each for each in asked.expand if each != group)),
        )
        for group in asked.expand
    )
    having = (
        Chip(
            says=_("customers who did %(event)s") % {"event": event},
            without=asked.query(having=tuple(each for each in asked.having if each != event)),
        )
        for event in asked.having
    )
    return (*opened, *having)


def label(dimension: str) -> str:
    """Name a dimension for people: `$app_version` is "App version"."""
    name = parameter(dimension).replace("_", " ")
    return SHORT.get(name, name[:1].upper() + name[1:])


def _choice(asked: Asked, dimension: str, terms: tuple[Term, ...]) -> Choice:
    kept = asked.dimensions.get(dimension, ())
    shown = [term for term in terms if term.name][:MOST_VALUES]
    missing = set(kept) - {term.name for term in shown}
    shown += [Term(name=name, events=0, customers=0) for name in sorted(missing)]
    return Choice(
        dimension=dimension,
        parameter=parameter(dimension),
        label=label(dimension),
        values=tuple(shown),
        kept=kept,
    )
