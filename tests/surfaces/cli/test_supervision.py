"""Children live as long as the supervisor wants, and no longer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sojourn.surfaces.cli.supervision import Child, StartError, Supervisor
from surfaces.cli.serving import is_alive, until

SLEEPER = "import time; print('hello', flush=True); time.sleep(60)"
FAILS = "import sys; sys.exit('no room')"


@pytest.fixture
def modules(tmp_path: Path) -> dict[str, str]:
    for name, text in {"sleeper": SLEEPER, "fails": FAILS}.items():
        (tmp_path / f"{name}_module.py").write_text(text)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}


def running(supervisor: Supervisor, ready: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=supervisor.run, args=(lambda: True, ready.set))
    thread.start()
    return thread


def test_a_dead_child_is_started_again_and_all_end_with_the_supervisor(modules: dict[str, str]) -> None:
    lines: list[str] = []
    child, ready = Child("work", "sleeper_module"), threading.Event()
    supervisor = Supervisor([child], modules, lines.append)
    thread = running(supervisor, ready)
    assert ready.wait(20)
    until(lambda: "work   | hello" in lines)
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    second = until(lambda: child.process and child.process.pid != first and child.process.pid)
    assert any("work ended with SIGKILL; starting it again in 0.5 s" in line for line in lines)
    supervisor.stop()
    thread.join(20)
    assert not is_alive(first) and not is_alive(second)


HIT_AT_ANY_MOMENT = """
import signal, sys
from sojourn.surfaces.cli import supervision
supervision.TICK_SECONDS = 1e-6  # so that a signal nearly always comes within a step of the loop
for turn in range(300):
    supervisor = supervision.Supervisor([], {}, print)
    signal.signal(signal.SIGALRM, lambda *_: supervisor.stop())
    supervisor.run(lambda: True, lambda: signal.setitimer(signal.ITIMER_REAL, 0.0002 + turn * 1e-6))
"""


def test_a_signal_ends_the_supervisor_at_whatever_moment_it_comes() -> None:
    subprocess.run([sys.executable, "-c", HIT_AT_ANY_MOMENT], check=True, timeout=60)


def test_a_child_that_never_comes_up_ends_the_start_with_its_own_words(modules: dict[str, str]) -> None:
    lines: list[str] = []
    supervisor = Supervisor([Child("web", "fails_module")], modules, lines.append)
    with pytest.raises(StartError, match="web process does not start: exit code 1"):
        supervisor.run(lambda: False, lambda: None)
    assert "web    | no room" in lines


def test_what_waits_for_the_preparation_starts_after_it_and_not_when_it_fails(modules: dict[str, str]) -> None:
    lines: list[str] = []
    children = [Child("intake", "sleeper_module", waits=False), Child("web", "sleeper_module")]
    supervisor = Supervisor(children, modules, lines.append, preparation=Child("serve", "fails_module"))
    with pytest.raises(StartError, match="could not be prepared"):
        supervisor.run(lambda: False, lambda: None)
    assert "serve  | no room" in lines
    assert children[0].process is not None and children[1].process is None


def test_the_pause_before_a_restart_doubles_up_to_half_a_minute(modules: dict[str, str]) -> None:
    child = Child("web", "fails_module")
    pauses = []
    for _ in range(8):
        child.start(modules, lambda _: None)
        until(lambda: not child.is_running())
        child.ended(child.started_at + 1)
        pauses.append(child.start_at - child.started_at - 1)
    assert [round(pause, 1) for pause in pauses] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    child.start(modules, lambda _: None)
    until(lambda: not child.is_running())
    child.ended(child.started_at + 61)
    assert round(child.start_at - child.started_at - 61, 1) == 0.5


def test_children_of_a_killed_supervisor_end_too(modules: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "boss.py"
    script.write_text(
        "import os\n"
        "from sojourn.surfaces.cli.supervision import Child, Supervisor, to_stderr\n"
        "child = Child('work', 'sleeper_module')\n"
        "Supervisor([child], os.environ, to_stderr).run(lambda: True, lambda: print(child.process.pid, flush=True))\n"
    )
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, env=modules, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as boss:
        assert boss.stdout is not None and boss.stderr is not None
        child = int(boss.stdout.readline())
        assert boss.stderr.readline() == b"work   | hello\n"  # it follows its parent by now
        boss.kill()
        boss.wait()
        until(lambda: not is_alive(child))
