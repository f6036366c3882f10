"""The network's side of webhooks: bodies posted at once to one receiver, and what it answered."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import httpx

from sojourn import __version__
from sojourn.domains.privacy.webhooks.addresses import ClosedAddressError, Target
from sojourn.domains.privacy.webhooks.addresses import target as looked_up
from sojourn.kit.errors import InvalidError

TIMEOUT_SECONDS: Final = 15.0  # for all of it: connecting, sending, the answer's head
AT_ONCE: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A body with its headers."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a receiver answered; `status` is None when nothing came, `said` then says why."""

    status: int | None
    said: str = ""
    retry_after: str = ""

    @property
    def is_success(self) -> bool:
        """Say whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def post_all(url: str, posts: Sequence[Post], *, private: bool) -> list[Answer]:
    """Post to an address that is looked up and checked now, some at a time; no redirect is followed."""
    try:
        target = looked_up(url, private=private)
    except (ClosedAddressError, InvalidError) as refusal:
        return [Answer(status=None, said=refusal.message)] * len(posts)
    return asyncio.run(_post_all(target, posts))


async def _post_all(target: Target, posts: Sequence[Post]) -> list[Answer]:
    limits = httpx.Limits(max_connections=AT_ONCE)
    secure = _trusted() if target.url.startswith("https:") else False
    gate = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(
        verify=secure, limits=limits, timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
    ) as client:

        async def one(post: Post) -> Answer:
            async with gate:
                return await _post(client, target, post)

        return list(await asyncio.gather(*(one(each) for each in posts)))


async def _post(client: httpx.AsyncClient, target: Target, post: Post) -> Answer:
    headers = {
        **post.headers,
        "Host": target.header,
        "Content-Type": "application/json",
        "User-Agent": f"Sojourn/{__version__}",
    }
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            request = client.build_request(
                "POST", target.url, content=post.body, headers=headers, extensions={"sni_hostname": target.host}
            )
            answer = await client.send(request, stream=True)  # its body is nobody's business
            await answer.aclose()
    except (TimeoutError, httpx.TimeoutException):
        return Answer(status=None, said=f"No answer within {TIMEOUT_SECONDS:.0f} seconds.")
    except httpx.HTTPError as error:
        return Answer(status=None, said=f"The connection failed: {type(error).__name__}.")
    return Answer(status=answer.status_code, retry_after=answer.headers.get("Retry-After", ""))


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
