"""What the bank's customers hold: the same for the same bank, and true to its population."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict

from sojourn.engine.simulation.bank import Bank
from sojourn.engine.simulation.holdings import accounts_csv
from sojourn.engine.simulation.population import FAR
from sojourn.engine.simulation.words import DAY

ANCHOR = 20_000 * DAY


def test_couples_hold_one_account_and_who_never_joined_holds_none() -> None:
    bank = Bank(seed=3, size=2_000, anchor=ANCHOR)
    rows = list(csv.DictReader(io.StringIO(accounts_csv(bank))))
    assert accounts_csv(bank) == accounts_csv(Bank(seed=3, size=2_000, anchor=ANCHOR))
    holders = defaultdict[str, list[int]](list)
    for each in rows:
        holders[each["key"]].append(int(each["user_id"].removeprefix("HB-")) - 100_000)
    joint = [theirs for key, theirs in holders.items() if key.startswith("CA-") and len(theirs) == 2]
    assert joint and all(one + 1 == other and bank.people.is_joint[one] for one, other in joint)
    assert sum(key.startswith("HH-") for key in holders) == len(joint)
    assert all(bank.people.member_from[each] < FAR for theirs in holders.values() for each in theirs)
    kinds = Counter(each["kind"] for each in rows)
    assert kinds["company"] > 100 and 0 < 2_000 - len({each["user_id"] for each in rows}) < 200
