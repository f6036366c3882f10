"""Do: open customer cases and work on them, keep the rules by which comments open them."""

from __future__ import annotations

from sojourn.domains.desk.ruling import cases_wanted, delete_rule, save_rule
from sojourn.domains.desk.working import (
    assign_case,
    escalate,
    forget_cases,
    move_case,
    note_case,
    open_case,
    set_due,
)

__all__ = [
    "assign_case",
    "cases_wanted",
    "delete_rule",
    "escalate",
    "forget_cases",
    "move_case",
    "note_case",
    "open_case",
    "save_rule",
    "set_due",
]
