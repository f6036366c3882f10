"""Markers go through every door of a running server, good and bad requests alike; no log and no open store has them.

Meanwhile a key is rotated and a backup made, as they would be.
"""

from __future__ import annotations

import json

import httpx
import pytest

from sojourn.engine.scanning.folder import scan_folder
from sojourn.engine.scanning.raw import look_at_file
from sojourn.engine.scanning.searching import Searcher
from sojourn.engine.scanning.words import Look, Needles
from sojourn.kit.sealing import sealer
from sojourn.kit.settings import Settings
from surfaces.cli.serving import RunningServer, until

MAIL, PHONE, NAME, WORD = "quilla.marker@example.com", "+4915199887766", "Quilla Marker-Zorn", "zornmarker4711"
WANTED = Needles(texts=(MAIL, PHONE, NAME, WORD, "Marker-Zorn"))


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    return RunningServer.any(tmp_path_factory.mktemp)


def made_source(server: RunningServer) -> str:
    body = {"slug": "markers"}
    return str(httpx.post(f"{server.url}/api/v1/sources", json=body, headers=server.token).json()["write_key"])


def send_good(server: RunningServer, key: str) -> None:
    said = {"comment": f"{NAME} {MAIL}"}
    where = {"url": f"https://a.example/{MAIL}?q={MAIL}"}
    items = [
        {"type": "identify", "traits": {"email": MAIL, "phone": PHONE, "name": NAME}},
        {"type": "track", "event": "Asked", "properties": said},
        {"type": "page", "properties": where},
        {"type": "track", "event": "", "properties": {"who": NAME}},
    ]
    batch = [{**item, "userId": MAIL, "messageId": f"x{number}"} for number, item in enumerate(items)]
    assert httpx.post(f"{server.intake_url}/v1/batch", json={"batch": batch}, auth=(key, "")).status_code == 200


def send_bad(server: RunningServer, key: str) -> None:
    """Knock at intake, pages and API with markers in addresses, headers, bodies and keys."""
    intake, web = server.intake_url, server.url
    bodies = [f"{MAIL} is no JSON", json.dumps({"batch": MAIL}), json.dumps([MAIL]), f'{{"{NAME}": ' * 50]
    with httpx.Client() as client:
        for body in bodies:
            for address in (
                f"{intake}/v1/track",
                f"{intake}/v1/batch",
                f"{web}/api/v1/people",
                f"{web}/api/v1/plan/check",
            ):
                client.post(address, content=body.encode(), headers=server.token | {"content-type": "application/json"})
        for address in (
            f"{intake}/v1/{MAIL}",
            f"{web}/customers/{MAIL}",
            f"{web}/journeys/explorer?f={MAIL}",
            f"{web}/{NAME}",
            f"{web}/api/v1/events?name={MAIL}&since={MAIL}",
            f"{web}/api/v1/sources/{WORD}",
            f"{web}/api/v1/kpis/{MAIL}",
            f"{web}/api/v1/backups/{WORD}/verify",
        ):
            client.get(address)
            client.get(address, headers=server.token)
            client.post(address, headers=server.token, json={"text": MAIL})
        client.post(f"{intake}/v1/track", auth=(WORD, MAIL), json={"userId": MAIL})
        client.get(
            f"{web}/api/v1/people", headers={"Authorization": f"Bearer {WORD}", "User-Agent": f"{NAME}".encode()}
        )
        client.post(f"{web}/account/login/", data={"login": MAIL, "password": WORD})


def test_no_log_and_no_open_store_has_what_went_through_the_doors(server: RunningServer) -> None:
    key = made_source(server)
    send_good(server, key)
    send_bad(server, key)
    rotated = httpx.post(f"{server.url}/api/v1/encryption/keys", headers=server.token)
    assert rotated.status_code == 200, rotated.text
    assert httpx.post(f"{server.url}/api/v1/backups", headers=server.token, timeout=60).status_code == 200
    until(lambda: httpx.get(f"{server.url}/api/v1/backups", headers=server.token).json()["items"])
    until(lambda: not _waiting(server))
    settings = Settings(data=server.data)
    searcher = Searcher(WANTED)
    stores = scan_folder(server.data, searcher, sealer(settings), without=["spool"])  # its frames are what was sent
    assert {name: each.found for name, each in stores.items() if each.found} == {}
    log = Look("log", "log", searcher.zeros())
    look_at_file(server.log, log, searcher)
    assert log.counts.tolist() == [0] * len(WANTED)
    assert log.bytes > 0


def _waiting(server: RunningServer) -> int:
    found = httpx.get(f"{server.url}/api/v1/encryption", headers=server.token).json()
    return sum(each["waiting"] for each in found["columns"])
