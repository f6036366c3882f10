"""Do: let events in, record them, hand them on, merge and remove them."""

from __future__ import annotations

from sojourn.domains.collection.actions.commands import erase, request_compaction, request_erasure, run_commands
from sojourn.domains.collection.actions.commit import Load, commit, commit_tables, withdrawal
from sojourn.domains.collection.actions.compaction import compact, delete_retired, tidy
from sojourn.domains.collection.actions.loading import (
    commit_loaded,
    known_messages,
    message_hashes,
    pass_on_observations,
)
from sojourn.domains.collection.actions.outbox import clear_taken, record, waiting
from sojourn.domains.collection.actions.tail import follow, new_rows, run_tail
from sojourn.domains.collection.writing import writing

__all__ = [
    "Load",
    "clear_taken",
    "commit",
    "commit_loaded",
    "commit_tables",
    "compact",
    "delete_retired",
    "erase",
    "follow",
    "known_messages",
    "message_hashes",
    "new_rows",
    "pass_on_observations",
    "record",
    "request_compaction",
    "request_erasure",
    "run_commands",
    "run_tail",
    "tidy",
    "waiting",
    "withdrawal",
    "writing",
]
