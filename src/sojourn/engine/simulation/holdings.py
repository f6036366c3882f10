"""What the bank's customers hold and belong to: current accounts, joint ones, households, small companies.

It follows from the population alone: a couple with a joint account (`Population.is_joint`) is a household, every 40th
customer is the contact of a company, and who began to open an account and was declined or left is a prospect.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.population import FAR, OPENED
from sojourn.kit.period import instant

MOST: Final = 100_000  # customers whose accounts are written down
COMPANY_EVERY: Final = 40
COLLEAGUES: Final = 4
SAVERS_EVERY: Final = 3
COMPANIES: Final = ("Harbour Tools", "Quay Bakery", "Linden Dental", "Castle Books", "Mole Marine", "Weir Works")
HEADER: Final = ("kind", "key", "product", "name", "unit", "opened_on", "user_id", "role")
Line = tuple[object, ...]


def accounts_csv(bank: Bank) -> str:
    """Write a row for each account and household that somebody belongs to, and for each company's people."""
    people, count = bank.people, min(bank.size, MOST)
    here = np.arange(count)
    has_joined = (people.member_from[:count] < FAR) & (
        (people.opens_at[:count] < 0) | (people.opening[:count] == OPENED)
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    for customer in here[has_joined].tolist():
        partner = customer ^ 1  # 2k and 2k + 1
        writer.writerows(_held(bank, customer, has_partner=partner < count and bool(has_joined[partner])))
    for customer in here[has_joined][::COMPANY_EVERY].tolist():
        writer.writerows(_company(customer, count, has_joined))
    return out.getvalue()


def _held(bank: Bank, customer: int, *, has_partner: bool) -> list[Line]:
    people, user, first = bank.people, f"HB-{customer + 100_000}", customer // 2 * 2
    unit = f"BR-{int(people.branch[customer]) + 1:02}"
    opened = _opened(int(people.opens_at[customer]), bank.anchor, customer)
    found: list[Line] = []
    if people.is_joint[customer] and has_partner:
        role = "holder" if customer == first else "joint_holder"
        found.append(("account", f"CA-{first + 500_000}", "current-account", "", unit, "", user, role))
        found.append(("household", f"HH-{first + 500_000}", "", "", unit, "", user, "member"))
    else:
        found.append(("account", f"CA-{customer + 500_000}", "current-account", "", unit, opened, user, "holder"))
    if customer % SAVERS_EVERY == 0:
        found.append(("account", f"SA-{customer + 500_000}", "savings-account", "", unit, opened, user, "holder"))
    return found


def _company(customer: int, count: int, has_joined: npt.NDArray[np.bool_]) -> list[Line]:
    number = customer // COMPANY_EVERY
    name = f"{COMPANIES[number % len(COMPANIES)]} {number}"
    members = [each for each in range(customer, min(customer + COLLEAGUES, count)) if has_joined[each]]
    return [
        ("company", f"CO-{number + 1_000}", "", name, "", "", f"HB-{each + 100_000}", role)
        for each, role in zip(members, ("owner", *["contact"] * COLLEAGUES), strict=False)
    ]


def _opened(opens_at: int, anchor: int, customer: int) -> str:
    if opens_at >= 0:
        return instant(opens_at).date().isoformat()
    years = 2 + customer * 7 % 20
    begun = instant(anchor).date()
    return date(begun.year - years, customer % 12 + 1, customer % 28 + 1).isoformat()
