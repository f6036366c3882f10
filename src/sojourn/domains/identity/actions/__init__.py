"""Do: resolve, link, decide, forget."""

from __future__ import annotations

from sojourn.domains.identity.actions.burying import bury, lift_tombstone, lift_tombstones
from sojourn.domains.identity.actions.deciding import merge, unmerge
from sojourn.domains.identity.actions.forget import forget, forget_cases, forget_in_part
from sojourn.domains.identity.actions.linking import link
from sojourn.domains.identity.actions.proposing import forget_proposals, propose
from sojourn.domains.identity.actions.resolve import Resolver, resolve, resolver
from sojourn.domains.identity.actions.words import index_words

__all__ = [
    "Resolver",
    "bury",
    "forget",
    "forget_cases",
    "forget_in_part",
    "forget_proposals",
    "index_words",
    "lift_tombstone",
    "lift_tombstones",
    "link",
    "merge",
    "propose",
    "resolve",
    "resolver",
    "unmerge",
]
