"""Invitations of identity: who of its customers may a viewer see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sojourn.domains.access.contracts import Viewer
from sojourn.engine.kernels.words import Flags, Int64s
from sojourn.kit.hooks import Hook

# Mask the customers whom a viewer may see to serve them. Without an answer nobody may be seen; with several, whom all
# let through.
reach: Final[Hook[Callable[[Int64s, Viewer], Flags]]] = Hook("identity.reach")
