"""JSON as every answer is written."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja.renderers import BaseRenderer


class JsonRenderer(BaseRenderer):
    """Writes sets in order, numbers that mean nothing as null, money as text."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Write an answer's body."""
        return msgspec.json.encode(data, order="deterministic")
