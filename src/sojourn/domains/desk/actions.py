"""Do: open customer cases and work on them."""

from __future__ import annotations

from sojourn.domains.desk.working import (
    assign_case,
    escalate,
    forget_cases,
    move_case,
    note_case,
    open_case,
    set_due,
)

__all__ = ["assign_case", "escalate", "forget_cases", "move_case", "note_case", "open_case", "set_due"]
