"""Columns that several files of one tool, or of several, share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sojourn.engine.stream.files.mapping import Cell

# Columns of a company's own number of its customer: no tool ships one, so that every company adds its own.
NUMBER: Final = (
    "customer number", "customer no", "customer_number__c", "client number", "external id", "external_id__c",
    "unique external id",
)  # fmt: skip
CHECKSUM, MODIFIED = "(Do Not Modify) Row Checksum", "(Do Not Modify) Modified On"
FRESHDESK_WHO: Final = ("Contact ID", "Email", "Work phone", "Mobile phone")
FRESHDESK: Final = {"Email": "email", "Work phone": "phone", "Mobile phone": "mobile_phone", "Title": "title"}


def numbered(tool: str, columns: Sequence[str]) -> Cell:
    """Give the cell of by which one source of one tool knows somebody or something."""
    return Cell(columns=tuple(columns), prefix=f"{tool}:", scoped=True)
