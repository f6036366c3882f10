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
    known, first = np.unique(customer, return_index=True)
    return members, pa.table({"customer": known, "cluster": linked(customer, group)[first]})


def linked(customer: Int64s, group: Int64s) -> Int64s:
    """Give the set of each membership: customers who share a group, named by the smallest of them.

    Each turn hands the smallest name on within the groups and takes the name's own name, so that turns are as many as
    the logarithm of the longest chain. NumPy, because the union-find kernel would be compiled while somebody waits.
    """
    known, place = np.unique(customer, return_inverse=True)
    kinds, at = np.unique(group, return_inverse=True)
    name = np.arange(len(known))
    while True:
        smallest = np.full(len(kinds), len(known))
        np.minimum.at(smallest, at, name[place])
        found = name.copy()
        np.minimum.at(found, place, smallest[at])
        found = found[found]
        if np.array_equal(found, name):
            found_sets: Int64s = known[name][place]
            return found_sets
        name = found
