"""Live freshness: for signed-in people only, for many at once."""

from __future__ import annotations

import asyncio
import json

import httpx

from surfaces.web.bank import Served

LISTENERS = 150


def test_a_stranger_hears_nothing(served: Served) -> None:
    assert httpx.get(f"{served.url}/sse").status_code == 401


def test_a_closed_session_hears_nothing(served: Served) -> None:
    with served.client("viewer") as client:
        session = dict(client.cookies)
        client.post("/account/logout/", data={"csrfmiddlewaretoken": client.cookies["csrftoken"]})
        assert httpx.get(f"{served.url}/sse", cookies=session).status_code == 401


def test_many_listeners_hear_how_far_the_stream_is(served: Served) -> None:
    with served.client("viewer") as client:
        cookies = {"sessionid": client.cookies["sessionid"]}
        heard = asyncio.run(_listen(served.url, cookies))
    assert len(heard) == LISTENERS
    assert all(each == heard[0] for each in heard)
    assert heard[0]["events"] > 1_000


async def _listen(url: str, cookies: dict[str, str]) -> list[dict[str, int]]:
    limits = httpx.Limits(max_connections=LISTENERS)
    async with httpx.AsyncClient(base_url=url, cookies=cookies, limits=limits, timeout=60) as client:
        return await asyncio.gather(*(_first(client) for _ in range(LISTENERS)))


async def _first(client: httpx.AsyncClient) -> dict[str, int]:
    async with client.stream("GET", "/sse") as answer:
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                told: dict[str, int] = json.loads(line.removeprefix("data: "))
                told.pop("age_s")
                return told
    raise AssertionError("the stream ended")
