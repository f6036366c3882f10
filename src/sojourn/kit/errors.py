"""The root of every refusal that Sojourn expects.

Each subclass stands beside the verb that raises it. A surface maps these once: problem+json, a form
message, an exit code, retry or drop. Anything else that is raised is a bug.
"""

from __future__ import annotations

from typing import ClassVar


class SojournError(Exception):
    """A refusal with a stable code, a message for people and an HTTP status.

    The message says what happened, what is unharmed and what to do; it never carries personal data.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFoundError(SojournError):
    """What was asked for is not there, or not for this viewer (the two are not told apart)."""

    code = "not_found"
    status = 404


class ForbiddenError(SojournError):
    """The viewer may not do this."""

    code = "forbidden"
    status = 403


class InvalidError(SojournError):
    """The input does not mean anything here; the message names the field."""

    code = "invalid"
    status = 422


class ConflictError(SojournError):
    """The state has moved on, or somebody else holds what is needed."""

    code = "conflict"
    status = 409
