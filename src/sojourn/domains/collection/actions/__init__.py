"""Do: let events in, record them, hand them on, merge and remove them."""

from __future__ import annotations

from sojourn.domains.collection.actions.backups import (
    is_backup_due,
    keep_tombstones,
    make_backup,
    replay,
    request_backup,
)
from sojourn.domains.collection.actions.commands import (
    erase,
    is_requested,
    request,
    request_compaction,
    request_erasure,
    run_commands,
)
from sojourn.domains.collection.actions.commit import Load, commit, commit_tables, withdrawal
from sojourn.domains.collection.actions.compaction import compact, delete_retired, tidy
from sojourn.domains.collection.actions.deliveries import begin, cancel, start
from sojourn.domains.collection.actions.delivering import run_deliveries
from sojourn.domains.collection.actions.incoming import take_incoming
from sojourn.domains.collection.actions.keys import needs_resealing, reindex, reseal, retire_keys, rotate_key
from sojourn.domains.collection.actions.loading import (
    commit_loaded,
    known_messages,
    message_hashes,
    pass_on_observations,
)
from sojourn.domains.collection.actions.originals import clear_originals, forget_originals, originals_naming
from sojourn.domains.collection.actions.outbox import clear_taken, record, record_many, waiting
from sojourn.domains.collection.actions.picking import is_pickup_due, pick_up
from sojourn.domains.collection.actions.pickups import ask_pickup, change_pickup, delete_pickup, make_pickup
from sojourn.domains.collection.actions.retaining import retain
from sojourn.domains.collection.actions.tail import follow, new_rows, run_tail
from sojourn.domains.collection.actions.traces import (
    cases_of,
    forget_refused,
    forget_removals,
    settle_databases,
    settle_spool,
)
from sojourn.domains.collection.actions.upkeep import trim_quarantine, upkeep
from sojourn.domains.collection.control import stated
from sojourn.domains.collection.snapshots.postgres import bring_back, let_go
from sojourn.domains.collection.writing import writing

__all__ = [
    "Load",
    "ask_pickup",
    "begin",
    "bring_back",
    "cancel",
    "cases_of",
    "change_pickup",
    "clear_originals",
    "clear_taken",
    "commit",
    "commit_loaded",
    "commit_tables",
    "compact",
    "delete_pickup",
    "delete_retired",
    "erase",
    "follow",
    "forget_originals",
    "forget_refused",
    "forget_removals",
    "is_backup_due",
    "is_pickup_due",
    "is_requested",
    "keep_tombstones",
    "known_messages",
    "let_go",
    "make_backup",
    "make_pickup",
    "message_hashes",
    "needs_resealing",
    "new_rows",
    "originals_naming",
    "pass_on_observations",
    "pick_up",
    "record",
    "record_many",
    "reindex",
    "replay",
    "request",
    "request_backup",
    "request_compaction",
    "request_erasure",
    "reseal",
    "retain",
    "retire_keys",
    "rotate_key",
    "run_commands",
    "run_deliveries",
    "run_tail",
    "settle_databases",
    "settle_spool",
    "start",
    "stated",
    "take_incoming",
    "tidy",
    "trim_quarantine",
    "upkeep",
    "waiting",
    "withdrawal",
    "writing",
]
