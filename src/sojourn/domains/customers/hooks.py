"""Invitations of customers: what other rooms know about one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sojourn.domains.customers.contracts import Panel, PanelAsked
from sojourn.kit.hooks import Hook

# A panel on the customer's page, in the order in which rooms stand. It is asked for a customer whom the viewer reaches
# for the purpose; None when the room has nothing to say to this viewer. It has a few tens of milliseconds.
panels: Final[Hook[Callable[[PanelAsked], Panel | None]]] = Hook("customers.panels")
