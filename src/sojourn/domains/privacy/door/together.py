"""Who counts as one where sums are told per account, household or company, and whose answers hang together.

Customers are linked who share a group. What they say is not independent, so variances are of sums over linked sets of
customers (`cluster`): Cameron and Miller (2015), "A practitioner's guide to cluster-robust inference", Journal of Human
Resources 50(2), section II: clusters must be wide enough that no error reaches from one into another.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sojourn.domains.privacy.contracts import Groups
from sojourn.domains.privacy.door.persons import persons
from sojourn.engine.kernels import unions
from sojourn.engine.kernels.words import Int64s


def tables(groups: Groups, seen: Int64s) -> tuple[pa.Table, pa.Table]:
    """Give memberships and linked sets of the customers that a question sees; nobody hidden links two of them.

    Groups bear negative numbers, so that none is taken for a customer who is in no group and counts alone.
    """
    customer = persons().customers_of(groups.person)
    here = np.isin(customer, seen)
    customer, group = customer[here], groups.group[here]
    since, until = groups.since_us[here], groups.until_us[here]
    order = np.lexsort((group, customer))
    customer, group, since, until = (each[order] for each in (customer, group, since, until))
    first = np.flatnonzero(np.r_[True, (customer[1:] != customer[:-1]) | (group[1:] != group[:-1])][: len(customer)])
    if len(first):  # a customer's persons may each belong to a group: once is enough
        since, until = np.minimum.reduceat(since, first), np.maximum.reduceat(until, first)
    customer, group = customer[first], group[first]
    members = pa.table({"customer": customer, "one": -group, "since_us": since, "until_us": until})
    linked, cluster = _linked(customer, group)
    return members, pa.table({"customer": linked, "cluster": cluster})


def _linked(customer: Int64s, group: Int64s) -> tuple[Int64s, Int64s]:
    """Give the set of each customer, named by its smallest member."""
    known, place = np.unique(customer, return_inverse=True)
    _, at = np.unique(group, return_inverse=True)
    parent = np.arange(len(known) + (int(at.max()) + 1 if len(at) else 0), dtype=np.int64)
    unions.joined(
        parent, np.zeros(len(parent), np.bool_), place.astype(np.int64), (at + len(known)).astype(np.int64), True
    )
    root = unions.roots(parent)[: len(known)]
    _, smallest, of = np.unique(root, return_index=True, return_inverse=True)
    named: Int64s = known[smallest[of]]
    return known, named
