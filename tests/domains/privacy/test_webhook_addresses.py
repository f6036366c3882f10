"""A webhook leads to public addresses only, and to the very number that was checked."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from domains.privacy.receiver import receiving
from sojourn.domains.privacy.webhooks.addresses import ClosedAddressError, check_url, target
from sojourn.domains.privacy.webhooks.posting import Post, post_all
from sojourn.kit.errors import InvalidError

POST = Post(body=b"{}", headers={"webhook-id": "msg_1"})
INSIDE = (
    "127.0.0.1",
    "127.8.9.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[fe80::1]",
    "[fd00::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:10.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
)


def resolves_to(monkeypatch: pytest.MonkeyPatch, *numbers: str) -> None:
    """Stand in for the name server, at the edge of the network."""

    def found(host: str, port: int, **how: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize("host", INSIDE)
def test_a_private_address_is_refused_when_said_and_when_sent_to(host: str) -> None:
    with pytest.raises(ClosedAddressError):
        check_url(f"https://{host}/hooks", private=False)
    with pytest.raises(ClosedAddressError):
        target(f"https://{host}/hooks", private=False)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost."])
def test_another_way_to_write_loopback_is_refused_when_looked_up(host: str) -> None:
    with pytest.raises(ClosedAddressError):
        target(f"https://{host}/hooks", private=False)


@pytest.mark.parametrize("numbers", [("127.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("::1",)])
def test_a_name_with_any_private_number_is_refused(monkeypatch: pytest.MonkeyPatch, numbers: tuple[str, ...]) -> None:
    resolves_to(monkeypatch, *numbers)
    with pytest.raises(ClosedAddressError):
        target("https://hooks.example.com/", private=False)


def test_what_is_connected_to_is_the_number_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "93.184.216.34")
    found = target("https://hooks.example.com/in?a=1#part", private=False)
    assert found.url == "https://93.184.216.34:443/in?a=1"
    assert (found.host, found.header) == ("hooks.example.com", "hooks.example.com")
    resolves_to(monkeypatch, "2606:2800:220:1::1")
    assert target("https://hooks.example.com:8443/in", private=False).url == "https://[2606:2800:220:1::1]:8443/in"


def test_plain_http_is_for_this_machine_and_when_allowed() -> None:
    with pytest.raises(InvalidError):
        check_url("http://127.0.0.1/", private=False)
    with pytest.raises(ClosedAddressError):
        check_url("http://10.0.0.1/", private=True)
    assert target("http://127.0.0.1:8000/", private=True).url == "http://127.0.0.1:8000/"
    assert target("https://10.0.0.1/", private=True).url == "https://10.0.0.1:443/"


def test_nothing_reaches_a_listener_on_loopback_that_is_closed() -> None:
    with receiving() as receiver:
        for url in (receiver.url, receiver.url.replace("http:", "https:")):
            (answer,) = post_all(url, [POST], private=False)
            assert answer.status is None and answer.said.startswith("url: ")
        assert receiver.came == []
        (answer,) = post_all(receiver.url.replace("127.0.0.1", "localhost"), [POST], private=True)
        assert answer.is_success
        ((headers, _),) = receiver.came
        assert headers["host"].startswith("localhost:")
