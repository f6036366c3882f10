"""Errors as problem+json (RFC 9457): one shape for every refusal under /api/."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from sojourn.kit.errors import SojournError

MEDIA_TYPE = "application/problem+json"
PLACES = ("/api/", "/metrics")
TYPE_BASE = "/api/v1/docs#error-"
logger = logging.getLogger("sojourn.rest")


class UnauthorizedError(SojournError):
    """No key, or one that opens nothing."""

    code = "unauthorized"
    status = 401


class TooManyRequestsError(SojournError):
    """More requests in a minute than the setting allows."""

    code = "too_many_requests"
    status = 429


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """Make a problem+json answer."""
    body = {"type": TYPE_BASE + code, "title": HTTPStatus(status).phrase, "status": status, "code": code}
    answer = JsonResponse({**body, "detail": detail, **more}, status=status, content_type=MEDIA_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="sojourn"'
    return answer


def install(api: NinjaAPI) -> None:
    """Map every refusal once."""

    @api.exception_handler(SojournError)
    def refused(request: HttpRequest, error: SojournError) -> HttpResponse:
        if error.status >= 500:
            logger.error("%s: %s", error.code, error.message)
        answer = problem(error.status, error.code, error.message)
        if isinstance(error, TooManyRequestsError):
            answer["Retry-After"] = "60"
        return answer

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = [{"field": _place(each["loc"]), "message": str(each["msg"])} for each in error.errors]
        first = f"{fields[0]['field']}: {fields[0]['message']}" if fields else "The request does not fit."
        return problem(422, "invalid", first, errors=fields)

    @api.exception_handler(AuthenticationError)
    def unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem(401, "unauthorized", "Give an API key: Authorization: Bearer <key>, or sign in.")

    @api.exception_handler(Throttled)
    def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
        return problem(429, "too_many_requests", "Too many requests; try again later.")

    @api.exception_handler(HttpError)
    def refused_by_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, _code(error.status_code), str(error))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, "not_found", "There is nothing at this address.")

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        return of_exception(error)


def of_exception(error: Exception) -> HttpResponse:
    """Turn what nobody expected into an answer: the caller's fault is a 4xx, everything else is a logged 500."""
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", "The request body is too large.")
    if isinstance(error, BadRequest | SuspiciousOperation | DisallowedHost | MultiPartParserError | UnicodeDecodeError):
        return problem(400, "bad_request", "The request cannot be read.")
    logger.error("a bug", exc_info=error)
    return problem(500, "internal", "Something is broken on our side. It was logged; nothing was changed.")


class ProblemMiddleware:
    """Gives answers under /api/ that did not come from an endpoint (404, 405, 500) the same shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        answer = self.get_response(request)
        if not request.path.startswith(PLACES) or answer.status_code < 400:
            return answer
        if answer.get("Content-Type", "").startswith(MEDIA_TYPE):
            return answer
        return _reshaped(answer)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Shape what escaped from a view."""
        if not request.path.startswith(PLACES) or isinstance(error, Http404):
            return None
        if isinstance(error, SojournError):
            return problem(error.status, error.code, error.message)
        return of_exception(error)


def _reshaped(answer: HttpResponse) -> HttpResponse:
    details = {
        404: "There is nothing at this address.",
        405: f"This address answers {answer.get('Allow', 'other methods')} only.",
        400: "The request cannot be read.",
        403: "This is not allowed.",
        413: "The request body is too large.",
    }
    shaped = problem(answer.status_code, _code(answer.status_code), details.get(answer.status_code, "Refused."))
    for header in ("Allow", "Retry-After"):
        if header in answer:
            shaped[header] = answer[header]
    return shaped


def _code(status: int) -> str:
    known = {400: "bad_request", 401: "unauthorized", 403: "forbidden", 404: "not_found", 413: "too_large"}
    return known.get(status) or HTTPStatus(status).phrase.lower().replace(" ", "_")


def _place(loc: Any) -> str:
    # ninja puts where it looked (body, query) and the parameter's name before the field
    parts = [str(each) for each in loc]
    return ".".join(parts[2:] if parts and parts[0] == "body" and len(parts) > 2 else parts[1:] or parts)
