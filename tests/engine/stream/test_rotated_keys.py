"""A new key seals at once, an old one still opens; what must stay the same does; a key that is missing is noticed."""

from __future__ import annotations

import base64
import dataclasses
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sojourn.engine.stream.spool import MAGIC, Frame, Position, SpoolReader, SpoolWriter
from sojourn.kit import keyring, sealing
from sojourn.kit.sealing import Sealer, SealingError, sealer
from sojourn.kit.settings import Settings


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(sealing, "LOOK_SECONDS", 0.0)
    return Settings(data=tmp_path)


def rotate(place: Settings) -> None:
    keyring.add(place)
    keyring.keep_root(place, sealing.seal_root(sealer(place)))


def frame(text: bytes) -> Frame:
    return Frame("web", "items", 0, items=[text])


def test_values_from_before_keys_had_names_are_opened() -> None:
    master = secrets.token_bytes(32)
    nonce = secrets.token_bytes(12)
    old = nonce + AESGCM(Sealer(master).derive("trait")).encrypt(nonce, b"ana", None)
    assert Sealer(secrets.token_bytes(32), master).open(old, use="trait") == b"ana"


def test_a_running_process_seals_under_the_new_key_and_opens_under_both(place: Settings) -> None:
    running = sealer(place)
    old = running.seal(b"ana", use="trait")
    blind, lasting = running.blind("email", "a@b.example"), running.derive("tombstone")
    rotate(place)
    new = running.seal(b"ana", use="trait")
    assert new[:5] != old[:5]
    assert {running.open(each, use="trait") for each in (old, new)} == {b"ana"}
    fresh = sealer(place)
    assert fresh.derive("tombstone") == lasting
    assert blind == fresh.fixed("email", "a@b.example")
    for each in (fresh, running):
        newest = each.blind("email", "a@b.example")
        assert newest != blind and each.sought("email", ["a@b.example"]).keys() == {newest, blind}
    keyring.keep_index(place, running.newest.name)
    running.refresh()
    for each in (sealer(place), running):
        assert each.is_indexed and each.sought("email", ["a@b.example"]).keys() == {newest}


def test_the_old_key_can_go_and_what_must_stay_the_same_does(place: Settings) -> None:
    before = sealer(place)
    old = before.seal(b"ana", use="trait")
    rotate(place)
    rotate(place)
    assert keyring.drop_older(place) == 2
    after = sealer(place)
    assert after.derive("tombstone") == before.derive("tombstone")
    assert len(place.keys_file.read_text().split()) == 1
    with pytest.raises(SealingError):
        after.open(old, use="trait")


def test_a_key_that_may_still_seal_something_must_not_be_missing(place: Settings) -> None:
    sealer(place)
    rotate(place)
    newest, _ = place.keys_file.read_text().split()
    place.keys_file.write_text(newest)
    with pytest.raises(SealingError, match="put that key back"):
        sealer(place)


def test_keys_of_the_environment_are_read_newest_first(tmp_path: Path) -> None:
    old, new = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    place = Settings(data=tmp_path, key=old)
    sealed = sealer(place).seal(b"ana", use="trait")
    both = dataclasses.replace(place, key=f"{new},{old}")
    assert sealer(both).open(sealed, use="trait") == b"ana"
    assert sealer(both).seal(b"", use="trait")[:5] != sealed[:5]
    with pytest.raises(SealingError, match="SOJOURN_KEY"):
        keyring.add(both)
    keyring.keep_root(both, sealing.seal_root(sealer(both)))
    keyring.drop_older(both)
    assert sealer(dataclasses.replace(place, key=new)).derive("x") == sealer(place_of(tmp_path / "b", old)).derive("x")


def place_of(folder: Path, key: str) -> Settings:
    folder.mkdir()
    return Settings(data=folder, key=key)


def test_the_spool_goes_on_under_the_new_key_in_a_new_file(place: Settings) -> None:
    writer = SpoolWriter(place.spool, sealer(place), 1 << 20)
    writer.append([frame(b"one")])
    rotate(place)
    writer.append([frame(b"two")])
    reader = SpoolReader(place.spool, sealer(place))
    found = reader.read(Position(), 10)
    assert [each.items for _, each in found] == [[b"one"], [b"two"]]
    assert len(reader.keys_in_use(Position())) == 2
    read_one = found[0][0]
    assert len(reader.keys_in_use(read_one)) == 1
    keyring.drop_older(place)
    after = SpoolReader(place.spool, sealer(place))
    assert [each.items for _, each in after.read(read_one, 10)] == [[b"two"]]
    with pytest.raises(SealingError, match="put it back"):
        after.read(Position(), 10)
    writer.close()


def test_a_spool_file_of_the_first_form_is_read_after_rotations(
    place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sealer(place)
    with monkeypatch.context() as past:
        past.setattr("sojourn.engine.stream.spool.MAGIC", b"SJSPOOL1")
        past.setattr(
            "sojourn.engine.stream.spool._named_cipher",
            lambda it, number, salt: AESGCM(it.derive(f"spool:{number}:{salt.hex()}")),
        )
        writer = SpoolWriter(place.spool, first, 1 << 20)
        writer.append([frame(b"old")])
        writer.close()
    rotate(place)
    keyring.drop_older(place)
    found = SpoolReader(place.spool, sealer(place)).read(Position(), 10)
    assert [each.items for _, each in found] == [[b"old"]]
    assert MAGIC == b"SJSPOOL2"
