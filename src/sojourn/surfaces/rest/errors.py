"""What an error looks like, for the description of each endpoint."""

from __future__ import annotations

from ninja import Schema


class FieldError(Schema):
    """One field that does not fit."""

    field: str
    message: str


class Problem(Schema):
    """Problem details (RFC 9457); `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError] | None = None


PROBLEMS: dict[int, type[Problem]] = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429), Problem)
