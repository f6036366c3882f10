"""Do: let events in, record them, hand them on, merge and remove them."""

from __future__ import annotations

from sojourn.domains.collection.actions.commit import Load, commit, commit_tables, withdrawal
from sojourn.domains.collection.writing import writing

__all__ = ["Load", "commit", "commit_tables", "withdrawal", "writing"]
