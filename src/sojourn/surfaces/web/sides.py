"""The two sides of a comparison as the page's address says them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext as _

from sojourn.domains.journeys import queries as journeys
from sojourn.domains.journeys.contracts import FunnelOptions, Question
from sojourn.domains.privacy.contracts import Term
from sojourn.engine.kernels.funnels.asked import Order
from sojourn.kit.errors import InvalidError
from sojourn.kit.period import Period
from sojourn.surfaces.web.analysis import Analysis
from sojourn.surfaces.web.filters import Choice, choices, label
from sojourn.surfaces.web.questions import parameter
from sojourn.surfaces.web.templatetags.sojourn import period as period_words

OWN = (
    "against",
    "a",
    "b",
    "a_since",
    "a_until",
    "looks",
    "show",
    "soon",
    "kinds",
    "a_pattern",
    "b_pattern",
    "forder",
    "fx",
)
BEFORE, DATES, PATTERNS = "before", "dates", "patterns"
KINDS = 25  # of steps shown where the address says nothing: a comparison looks wider than a picture
SHOWS = ("graph", "sides", "variants", "funnel", "endings", "success")
LOOKS = ("once", "daily")


@dataclass(frozen=True, kw_only=True)
class Sides:
    """What the page compares: both questions with their names, and what stands in its controls."""

    against: str
    a: str
    b: str
    a_since: str
    a_until: str
    looks: str
    show: str
    kinds: int
    soon: str  # hours after the start, for what goes with success
    order: str  # of a funnel's steps
    broken: str  # what breaks a funnel
    values: tuple[Term, ...]  # that side a and b may be, when they are values of a dimension
    dimensions: tuple[Choice, ...]
    questions: tuple[Question, Question] | None
    names: tuple[str, str]
    refused: str = ""

    def options(self) -> FunnelOptions:
        """Say how a funnel is compared; raise InvalidError for an exclusion that names no event."""
        exclusions = (journeys.written_exclusion(self.broken),) if self.broken.strip() else ()
        return FunnelOptions(order=Order(self.order or Order.ORDERED), exclusions=exclusions)


def sides(analysis: Analysis) -> Sides:
    """Read the sides; what cannot be is said, not raised, so that the controls stay."""
    own = dict(analysis.asked.own)
    against = own.get("against", BEFORE)
    dimensions = tuple(
        each
        for each in choices(replace(analysis.asked, dimensions={}), analysis.vocabulary)
        if each.parameter not in {parameter(name) for name in analysis.asked.dimensions}
    )
    dimension = next((each for each in dimensions if each.parameter == against), None)
    a, b = _values(dimension, own)
    said = Sides(
        against=against if dimension or against in (DATES, PATTERNS) else BEFORE,
        a=own.get("a_pattern", "") if against == PATTERNS else a,
        b=own.get("b_pattern", "") if against == PATTERNS else b,
        a_since=own.get("a_since", ""),
        a_until=own.get("a_until", ""),
        looks=own["looks"] if own.get("looks") in LOOKS else "",
        show=own["show"] if own.get("show") in SHOWS else SHOWS[0],
        kinds=max(2, min(int(kinds[:3]), 60)) if (kinds := own.get("kinds", "")).isdigit() else KINDS,
        soon=own.get("soon", ""),
        order=own["forder"] if own.get("forder") in set(Order) else "",
        broken=own.get("fx", ""),
        values=dimension.values if dimension else (),
        dimensions=dimensions,
        questions=None,
        names=("", ""),
    )
    try:
        asked = replace(analysis.question, steps_shown=said.kinds)
        questions, names = _questions(asked, said, dimension)
    except InvalidError as refusal:
        return replace(said, refused=refusal.message)
    return replace(said, questions=questions, names=names)


def _values(dimension: Choice | None, own: dict[str, str]) -> tuple[str, str]:
    """Give the two values compared; where the address names none, the two that most customers have."""
    if dimension is None:
        return "", ""
    known = [term.name for term in dimension.values]
    b = own.get("b") or (known[1] if len(known) > 1 else known[0])
    a = own.get("a") or next((name for name in known if name != b), b)
    return a, b


def _questions(
    asked: Question, said: Sides, dimension: Choice | None
) -> tuple[tuple[Question, Question], tuple[str, str]]:
    if dimension is not None:
        first, second = (
            replace(
                asked, events=replace(asked.events, dimensions=asked.events.dimensions | {dimension.dimension: (v,)})
            )
            for v in (said.a, said.b)
        )
        names = tuple(
            _("%(what)s %(value)s") % {"what": label(dimension.dimension), "value": v} for v in (said.a, said.b)
        )
        return (first, second), (names[0], names[1])
    if said.against == PATTERNS:
        return _by_pattern(asked, said), (said.a, said.b)
    if said.against == DATES:
        since, until = _midnight(said.a_since, 0), _midnight(said.a_until, 1)
        if until <= since:
            raise InvalidError(_("Side A ends before it begins."))
        own = Period(since=since, until=until)
    else:
        own = journeys.period_before(asked.period)
    return (replace(asked, period=own), asked), (period_words(own), period_words(asked.period))


def _by_pattern(asked: Question, said: Sides) -> tuple[Question, Question]:
    if not said.a or not said.b:
        raise InvalidError(_("Write a path pattern for each side, such as ^ -> search -> buy -> $."))
    if asked.events.having_pattern:
        raise InvalidError(_("Take the pattern of both sides away to give each side its own."))
    a, b = (replace(asked, events=replace(asked.events, having_pattern=each)) for each in (said.a, said.b))
    return a, b


def _midnight(day: str, later_days: int) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), tzinfo=UTC) + timedelta(days=later_days)
    except (ValueError, OverflowError):
        raise InvalidError(_("Choose the first and the last day of side A.")) from None
