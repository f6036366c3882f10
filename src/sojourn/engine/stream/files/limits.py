"""How long the parts of an event may be; longer ones are refused with the row."""

from __future__ import annotations

from typing import Final

NAME_MAX: Final = 200  # characters of an event's name
IDENTIFIER_MAX: Final = 500  # of user, anonymous, agent and case ids, and of message ids
WORD_MAX: Final = 200  # of channel, touchpoint, unit, product
PROPERTIES_MAX: Final = 32 * 1024  # characters of an event's properties as JSON
COLUMN_NAME_MAX: Final = 100  # of a property's name; longer ones are cut
