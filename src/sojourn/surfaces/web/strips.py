"""Single customers as a page lists them: pseudonymous, with what they did around what was chosen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from sojourn.domains.journeys.contracts import CustomerPage, CustomerRow, StripEvent
from sojourn.surfaces.web import figures
from sojourn.surfaces.web.questions import Asked


@dataclass(frozen=True, kw_only=True)
class StripCell:
    """An event of a strip, and when it was, from the first event of what was chosen."""

    name: str
    when: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Line:
    """A customer, with the strip."""

    row: CustomerRow
    cells: tuple[StripCell, ...]


def lines(page: CustomerPage) -> tuple[Line, ...]:
    """Lay the customers of a page out."""
    return tuple(Line(row=row, cells=tuple(_cell(each) for each in row.strip)) for row in page.rows)


def customers_url(asked: Asked, of: str, own: Iterable[tuple[str, str]]) -> str:
    """Give the address of the list of a number's customers, under the question of the page that shows the number."""
    mine = (("of", of), *((name, value) for name, value in own if value))
    others = (pair for pair in asked.own if pair[0] not in {name for name, _value in mine})
    return reverse("customers") + asked.query(own=(*others, *mine))


def written_steps(steps: Iterable[str]) -> str:
    """Write steps as one part of an address; a step may come twice."""
    return json.dumps(list(steps), ensure_ascii=False, separators=(",", ":"))


def _cell(event: StripEvent) -> StripCell:
    return StripCell(name=event.name, when=_when(event.offset_s), is_chosen=event.is_chosen)


def _when(offset_s: float) -> str:
    if offset_s == 0:
        return figures.duration(0)
    time = figures.duration(abs(offset_s))
    return (_("%(time)s before") if offset_s < 0 else _("+%(time)s")) % {"time": time}
