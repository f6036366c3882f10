"""Answers that a client need not load twice."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers


def kept(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Say of an answer for whom it is, and give one to a read an ETag, or 304 to who has it already."""
    answer["Cache-Control"] = "private, no-cache"
    patch_vary_headers(answer, ("Accept", "Authorization", "Cookie"))
    if request.method not in {"GET", "HEAD"} or answer.status_code != 200:
        return answer
    etag = f'W/"{hashlib.blake2b(answer.content, digest_size=12).hexdigest()}"'
    answer["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=answer) or answer
