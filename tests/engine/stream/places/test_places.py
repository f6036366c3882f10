"""Files elsewhere: an SFTP server whose key was confirmed, an object store."""

from __future__ import annotations

import dataclasses
import io
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import paramiko
import pytest

from engine.stream.places.servers import PASSWORD, USER, Sftp, sending_on, store
from sojourn.engine.stream import places
from sojourn.engine.stream.places.relay import relayed
from sojourn.engine.stream.places.sftp import fingerprint
from sojourn.engine.stream.places.words import (
    DatabaseAddress,
    HostKeyError,
    PlaceError,
    Remote,
    SftpAddress,
    StoreAddress,
)

MOST = 1 << 20


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Sftp]:
    """Serve a folder with two files and a folder in it."""
    folder = tmp_path / "served"
    (folder / "out" / "older").mkdir(parents=True)
    (folder / "out" / "visits.csv").write_text("user_id,event,timestamp\n")
    (folder / "out" / "large.bin").write_bytes(bytes(range(256)) * 4_000)
    with Sftp(folder).serving() as server:
        yield server


def _address(server: Sftp, **other: object) -> SftpAddress:
    said = SftpAddress(host="127.0.0.1", port=server.port, user=USER, folder="out", host_key=fingerprint(server.key))
    return dataclasses.replace(said, **other)  # type: ignore[arg-type]


def test_files_of_an_sftp_server_are_listed_and_fetched_whole(sftp: Sftp, tmp_path: Path) -> None:
    with places.opened(_address(sftp), PASSWORD) as place:
        listed = place.files()
        place.fetch(listed[0], tmp_path / "here", most=MOST)
    assert [each.name for each in listed] == ["large.bin", "visits.csv"]
    assert (tmp_path / "here").read_bytes() == bytes(range(256)) * 4_000


def test_a_private_key_lets_in(sftp: Sftp) -> None:
    key = paramiko.ECDSAKey.generate()
    sftp.allowed, written = key, io.StringIO()
    key.write_private_key(written)
    with places.opened(_address(sftp), written.getvalue()) as place:
        assert len(place.files()) == 2


def test_nothing_secret_goes_to_a_server_with_another_key(sftp: Sftp) -> None:
    for host_key in ("", "SHA256:another"):
        with (
            pytest.raises(HostKeyError, match="SHA256:") as refused,
            places.opened(_address(sftp, host_key=host_key), PASSWORD),
        ):
            pass
        assert refused.value.fingerprint == fingerprint(sftp.key)
    assert sftp.asked == []


@pytest.mark.parametrize(
    ("other", "secret", "said"),
    [
        ({}, "a wrong one", "does not let branch in"),
        ({"folder": "nowhere"}, PASSWORD, "refused or broke off"),
        ({"host": "127.0.0.2", "port": 1}, PASSWORD, "cannot be reached"),
        ({}, "-----BEGIN OPENSSH PRIVATE KEY-----\nnone", "private key cannot be read"),
    ],
)
def test_what_an_sftp_server_refuses_is_said_in_a_sentence(
    sftp: Sftp, other: dict[str, object], secret: str, said: str
) -> None:
    with pytest.raises(PlaceError, match=said), places.opened(_address(sftp, **other), secret) as place:
        place.files()


def test_a_file_that_changed_meanwhile_or_is_too_large_is_left(sftp: Sftp, tmp_path: Path) -> None:
    with places.opened(_address(sftp), PASSWORD) as place:
        large, visits = place.files()
        (sftp.folder / "out" / "visits.csv").write_text("longer than before, and still growing\n")
        with pytest.raises(PlaceError, match="changed while"):
            place.fetch(visits, tmp_path / "one", most=MOST)
        with pytest.raises(PlaceError, match="larger than"):
            place.fetch(large, tmp_path / "two", most=1_000)


def test_files_of_an_object_store_are_listed_and_fetched(tmp_path: Path) -> None:
    files = {"nightly/a.csv": b"one\n", "nightly/b.csv": b"two\n" * 1_000, "nightly/older/c.csv": b"", "other": b""}
    with store("exports", files) as endpoint:
        address = StoreAddress(bucket="exports", folder="nightly", endpoint=endpoint, access_key="an-access-key")
        with places.opened(address, "a secret key") as place:
            listed = place.files()
            place.fetch(listed[1], tmp_path / "here", most=MOST)
            with pytest.raises(PlaceError, match="larger than"):
                place.fetch(listed[1], tmp_path / "there", most=100)
    assert [(each.name, each.size) for each in listed] == [("a.csv", 4), ("b.csv", 4_000)]
    assert (tmp_path / "here").read_bytes() == files["nightly/b.csv"]


def test_an_object_store_that_sends_on_to_another_machine_leads_nowhere(tmp_path: Path) -> None:
    asked, asked_inside = list[str](), list[str]()
    with sending_on("/", asked_inside) as inside, sending_on(f"{inside}/secret.csv", asked) as endpoint:
        address = StoreAddress(bucket="exports", endpoint=endpoint, access_key="an-access-key")
        with places.opened(address, "a secret key") as place:
            with pytest.raises(PlaceError):
                place.files()
            with suppress(PlaceError):  # an empty answer is an empty file to Arrow
                place.fetch(Remote(name="a.csv", mark=""), tmp_path / "here", most=MOST)
    assert f"{inside}/secret.csv" in asked, "Arrow follows, and arrives where it came from"
    assert asked_inside == []


def test_a_relay_leads_to_its_own_place_only() -> None:
    with store("exports", {}) as endpoint:
        port = int(endpoint.rpartition(":")[2])
        with relayed(host="127.0.0.1", port=port, numbers=["127.0.0.1"]) as way:
            for place, said in ((f"127.0.0.1:{port}", b" 200 "), (f"127.0.0.2:{port}", b" 403 "), ("", b" 403 ")):
                with socket.create_connection(("127.0.0.1", way), timeout=10) as line:
                    line.sendall(f"CONNECT {place} HTTP/1.1\r\n\r\n".encode())
                    assert said in line.recv(1_000)
                    if said == b" 200 ":
                        line.sendall(b"GET /exports HTTP/1.0\r\n\r\n")
                        assert b" 403 " in line.recv(1_000), "the store itself asks for a signature"


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "2852039166", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1", "fd00:ec2::254", "0"],
)
def test_services_of_the_machines_host_are_no_places(host: str) -> None:
    link = f"http://[{host}]" if ":" in host else f"http://{host}"
    question = {"database": "d", "user": "u", "query": "SELECT 1", "name": "a.csv"}
    for address in (
        SftpAddress(host=host, user="u"),
        StoreAddress(bucket="b", access_key="a", endpoint=link),
        DatabaseAddress(host=host, **question),
    ):
        with pytest.raises(PlaceError, match=r"nothing is fetched|leads nowhere"), places.opened(address, "secret"):
            pass


def test_what_an_object_store_refuses_is_said_in_a_sentence() -> None:
    with store("exports", {}) as endpoint:
        address = StoreAddress(bucket="exports", endpoint=endpoint, access_key="another")
        with pytest.raises(PlaceError, match="access denied"), places.opened(address, "a secret key") as place:
            place.files()
