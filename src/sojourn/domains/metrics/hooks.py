"""Invitations of metrics: what else may drive a score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sojourn.domains.access.contracts import Viewer
from sojourn.domains.metrics.words import Answers, DriverColumn
from sojourn.kit.hooks import Hook

# Gives columns with a value for each of the answers (in their order), such as the themes of their comments.
driver_columns: Final[Hook[Callable[[Answers, Viewer], Sequence[DriverColumn]]]] = Hook("metrics.driver_columns")
