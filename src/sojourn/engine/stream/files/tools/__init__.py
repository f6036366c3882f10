"""Presets for what service desks, customer databases and shops export; docs/reference/import.md names the sources."""

from __future__ import annotations

from typing import Final

from sojourn.engine.stream.files.tools.orders import ORDERS
from sojourn.engine.stream.files.tools.people import PEOPLE
from sojourn.engine.stream.files.tools.tickets import TICKETS

EXPORTS_OF_TOOLS: Final = (*PEOPLE, *TICKETS, *ORDERS)
