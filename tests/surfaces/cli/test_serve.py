"""`sojourn serve` is one command for three processes."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from surfaces.cli.serving import RunningServer, free_port, is_alive, until


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> RunningServer:
    return RunningServer.any(tmp_path_factory.mktemp)


def serve(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("sojourn"), "serve", "--data", str(data), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_pages_and_intake_answer_and_the_local_token_opens_the_api(server: RunningServer) -> None:
    assert httpx.get(f"{server.intake_url}/healthz").json()["status"] == "ok"
    assert httpx.get(f"{server.url}/api/v1/health").status_code == 200
    assert httpx.get(f"{server.url}/api/v1/sources").status_code == 401
    assert httpx.get(f"{server.url}/api/v1/sources", headers=server.token).status_code == 200


def test_the_file_with_the_token_is_its_owners_alone(server: RunningServer) -> None:
    assert stat.S_IMODE((server.data / "server.json").stat().st_mode) == 0o600
    assert server.told["pid"] == server.process.pid


def test_a_second_server_on_the_same_data_is_refused_and_names_the_first(server: RunningServer) -> None:
    second = serve(server.data, "--port", str(free_port()), "--intake-port", str(free_port()))
    assert second.returncode == 3
    assert f"in use by process {server.process.pid}" in second.stderr
    assert httpx.get(f"{server.intake_url}/healthz").status_code == 200


@pytest.mark.parametrize("option", ["--port", "--intake-port"])
def test_a_port_in_use_is_refused_before_anything_starts(option: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        other = "--intake-port" if option == "--port" else "--port"
        done = serve(tmp_path / "data", option, port, other, str(free_port()))
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert f"Choose another with {option}" in done.stderr
    assert not (tmp_path / "data" / "server.json").exists()


def test_what_the_server_writes_is_its_owners_alone(server: RunningServer) -> None:
    files = [path for path in server.data.rglob("*") if path.is_file() and "static" not in path.parts]
    assert [path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


def test_killed_processes_come_back(server: RunningServer) -> None:
    before = [until(lambda name=name: server.child(name)) for name in ("intake", "web", "worker")]
    for each in before:
        each.kill()
    gone = {each.pid for each in before}
    for name in ("intake", "web", "worker"):
        until(lambda name=name: (found := server.child(name)) and found.pid not in gone)
    until(lambda: _answers(f"{server.intake_url}/healthz") and _answers(f"{server.url}/api/v1/health"))


def test_sigterm_stops_everything_and_leaves_no_address_behind(server: RunningServer) -> None:
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert len(children) >= 3
    assert server.stop() == 0
    until(lambda: not any(is_alive(each.pid) for each in children))
    assert not (server.data / "server.json").exists()
    assert "serve  | stopped" in server.log.read_text()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False
