"""Panels of the customer's page: what they hold, their household, their company, each with who else belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

from sojourn.domains.customers.accounts import reading
from sojourn.domains.customers.contracts import Account, AccountKind, Panel, PanelAsked, PanelLine


def holds(asked: PanelAsked) -> Panel | None:
    """Tell which products a customer holds."""
    return _panel(asked, AccountKind.ACCOUNT, "holds", "Holds", "Holds no product that we know of.")


def household(asked: PanelAsked) -> Panel | None:
    """Tell to which household a customer belongs; nothing of who belongs to none."""
    return _panel(asked, AccountKind.HOUSEHOLD, "household", "Household")


def company(asked: PanelAsked) -> Panel | None:
    """Tell to which companies a customer belongs; nothing of who belongs to none."""
    return _panel(asked, AccountKind.COMPANY, "company", "Company")


def _panel(asked: PanelAsked, kind: AccountKind, key: str, title: str, empty: str = "") -> Panel | None:
    found = reading.of_customer(customer=asked.customer, viewer=asked.viewer)
    lines = tuple(_line(each, asked.customer) for each in found if each.kind is kind)
    return Panel(key=key, title=title, lines=lines, empty=empty) if lines or empty else None


def _line(account: Account, customer: int) -> PanelLine:
    return PanelLine(
        label=account.name or account.product or account.key,
        value=", ".join(filter(None, (_own(account, customer), _others(account, customer), _span(account)))),
        page=("account", {"number": str(account.id)}),
    )


def _own(account: Account, customer: int) -> str:
    own = next((each for each in account.members if each.customer == customer), None)
    if own is None:
        return ""
    left = f" until {own.until.isoformat()}" if own.until is not None else ""
    return f"{own.role.value.replace('_', ' ')}{left}"


def _others(account: Account, customer: int) -> str:
    others = [each for each in account.members if each.customer != customer and each.until is None]
    names = [each.name or f"customer {str(each.customer)[:6]}" for each in others[:3]]
    more = account.people - len(names) - any(each.customer == customer for each in account.members)
    unseen = account.hidden
    said: Sequence[str] = [*names, *([f"{more - unseen} more"] if more > unseen else [])]
    told = f"with {', '.join(said)}" if said else ""
    return "; ".join(filter(None, (told, f"{unseen} not shown to you" if unseen else "")))


def _span(account: Account) -> str:
    if account.closed_on is not None:
        return f"closed on {account.closed_on.isoformat()}"
    return f"since {account.opened_on.isoformat()}" if account.opened_on is not None else ""
