"""The customers behind a number: telling single customers is an act, and leaves an audit entry."""

from __future__ import annotations

from datetime import datetime

from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.journeys import rules
from sojourn.domains.journeys.chosen import Asking, behind, hidden
from sojourn.domains.journeys.contracts import Chosen, CustomerPage, CustomerRow, Question, StripEvent
from sojourn.domains.privacy import actions as privacy
from sojourn.domains.privacy.contracts import Codes, Purpose
from sojourn.engine.kernels.customers import CustomersFold, Strip
from sojourn.kit.errors import InvalidError
from sojourn.kit.ids import short
from sojourn.kit.period import instant

LIMIT_MOST = 100


def customers(
    *,
    chosen: Chosen,
    question: Question,
    viewer: Viewer,
    limit: int = 20,
    after: str | None = None,
    purpose: Purpose = Purpose.ANALYTICS,
    now: datetime | None = None,
) -> CustomerPage:
    """List the customers behind a number that the question's answers show; `total` is that number.

    Each with what the question's events tell around what was chosen, pseudonymous. Raise ForbiddenError below the
    right to list customers, and InvalidError or NotFoundError for a number that is not there.
    """
    viewer.require(Right.CUSTOMERS_LIST)
    viewer = viewer.within(Right.CUSTOMERS_LIST)
    if not 1 <= limit <= LIMIT_MOST:
        raise InvalidError(f"limit: choose 1 to {LIMIT_MOST} customers, not {limit}.")
    found = behind(chosen, Asking(question=question, viewer=viewer, purpose=purpose, now=now))
    place = _place(after)

    def fold_for(codes: Codes) -> CustomersFold:
        table = hidden(codes, question)
        return CustomersFold(found.chooser_for(codes), limit=limit, after=place, hidden=table)

    answer = privacy.list_customers(
        fold_for=fold_for,
        said=found.says,
        period=found.period,
        events=found.events,
        purpose=purpose,
        viewer=viewer,
        key=("journeys.customers", found.key, limit, place, question.identity_steps),
        told=found.told,
    )
    value = answer.value
    rows = tuple(_row(each, answer.names) for each in value.strips)
    return CustomerPage(
        total=value.total,
        before=value.total - value.ahead,
        rows=rows,
        next=rows[-1].customer if rows and value.ahead > len(rows) else None,
        too_few=not rows and value.ahead > 0,
        pattern=found.pattern,
        coverage=answer.coverage,
    )


def _place(after: str | None) -> int | None:
    if not after:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 19 or int(after) >= 1 << 63:
        raise InvalidError("after: give the number of the last customer on the page before.")
    return int(after)


def _row(strip: Strip, names: tuple[str, ...]) -> CustomerRow:
    begun = next(at for at, is_chosen in zip(strip.at.tolist(), strip.is_chosen.tolist(), strict=True) if is_chosen)
    columns = (strip.code.tolist(), strip.at.tolist(), strip.is_chosen.tolist())
    return CustomerRow(
        customer=str(strip.customer),
        token=short(strip.customer),
        events=strip.events,
        first_at=instant(strip.first_at),
        last_at=instant(strip.last_at),
        strip=tuple(
            StripEvent(name=names[code], offset_s=(at - begun) / rules.MICROS, is_chosen=is_chosen)
            for code, at, is_chosen in zip(*columns, strict=True)
        ),
        earlier=strip.earlier,
        later=strip.later,
    )
