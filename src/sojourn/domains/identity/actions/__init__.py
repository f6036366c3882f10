"""Do: resolve, link, decide, forget."""

from __future__ import annotations

from sojourn.domains.identity.actions.burying import bury, lift_tombstone
from sojourn.domains.identity.actions.catching_up import catch_up
from sojourn.domains.identity.actions.correcting import correct
from sojourn.domains.identity.actions.deciding import merge, unmerge
from sojourn.domains.identity.actions.forget import forget, forget_cases, forget_in_part
from sojourn.domains.identity.actions.indexing import reindex
from sojourn.domains.identity.actions.linking import link
from sojourn.domains.identity.actions.matching import match_when_due, request_match, run_match, set_matching
from sojourn.domains.identity.actions.proposing import forget_proposals, propose
from sojourn.domains.identity.actions.rebuilding import rebuild
from sojourn.domains.identity.actions.replaying import beneath, lay_again, standing_tombstones
from sojourn.domains.identity.actions.resolve import Resolver, resolve, resolver
from sojourn.domains.identity.actions.reviewing import Verdict, accept, decide_many, meant, reject, reopen
from sojourn.domains.identity.actions.ruling import apply_rules, save_rules, try_rules, undo_rules
from sojourn.domains.identity.actions.words import index_words

__all__ = [
    "Resolver",
    "Verdict",
    "accept",
    "apply_rules",
    "beneath",
    "bury",
    "catch_up",
    "correct",
    "decide_many",
    "forget",
    "forget_cases",
    "forget_in_part",
    "forget_proposals",
    "index_words",
    "lay_again",
    "lift_tombstone",
    "link",
    "match_when_due",
    "meant",
    "merge",
    "propose",
    "rebuild",
    "reindex",
    "reject",
    "reopen",
    "request_match",
    "resolve",
    "resolver",
    "run_match",
    "save_rules",
    "set_matching",
    "standing_tombstones",
    "try_rules",
    "undo_rules",
    "unmerge",
]
