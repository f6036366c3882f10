"""A panel of the customer's page: what they allow and refuse."""

from __future__ import annotations

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers.contracts import Panel, PanelAsked, PanelLine
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import Basis, Standing


def consents(asked: PanelAsked) -> Panel | None:
    """Tell where a customer stands with each purpose that they can refuse; nothing to who may not read consents."""
    if not asked.viewer.can(Right.CONSENTS_READ):
        return None
    standings = privacy.standings(customer=asked.customer, viewer=asked.viewer)
    lines = tuple(_line(each, asked.customer) for each in standings if each.basis in (Basis.OPT_IN, Basis.OPT_OUT))
    return Panel(key="consents", title="Consents", lines=lines, empty="There is no purpose that customers can refuse.")


def _line(each: Standing, customer: int) -> PanelLine:
    said = "" if each.said is not None else ", nothing said"
    return PanelLine(
        label=each.title,
        value=f"{'allowed' if each.allowed else 'refused' if each.said is not None else 'not allowed'}{said}",
        at=each.said_at,
        page=("customer-consents", {"number": str(customer)}),
    )
