"""Keeping processes alive: start, restart after a pause that grows, pass on their output, stop them all."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sojourn.kit.errors import SojournError

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
STEADY_SECONDS: Final = 60.0  # alive for so long: the next pause is the first one again
STOP_SECONDS: Final = 25.0
TICK_SECONDS: Final = 0.1
STARTS_BEFORE_GIVING_UP: Final = 3


class StartError(SojournError):
    """A process of the server does not come up; what it wrote stands above."""

    code = "start"
    status = 500


@dataclass(slots=True)
class Child:
    """One process: what it runs, and how its last starts went."""

    name: str
    module: str
    waits: bool = True  # for the preparation
    nice: int = 0  # how far it stands back from what answers at once
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0  # not before
    pause: float = FIRST_PAUSE_SECONDS
    failures: int = 0
    _echo: threading.Thread | None = field(default=None, repr=False)

    def start(self, environ: Mapping[str, str], tell: Callable[[str], None]) -> None:
        """Start the process in a session of its own, so that Ctrl+C reaches the supervisor alone."""
        command = [sys.executable, "-m", "sojourn.surfaces.cli.child", str(self.nice), self.module]
        self.process = subprocess.Popen(
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self._echo = threading.Thread(target=_echo, args=(self.process, self.name, tell), daemon=True)
        self._echo.start()

    def is_running(self) -> bool:
        """Say whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def ended(self, now: float) -> int:
        """Note an end that nobody asked for, and when to start again; give the exit code."""
        assert self.process is not None
        if now - self.started_at >= STEADY_SECONDS:
            self.pause, self.failures = FIRST_PAUSE_SECONDS, 0
        self.failures += 1
        self.start_at = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        code = self.process.wait()
        self.process = None
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if the process is there."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)

    def drain(self) -> None:
        """Wait until the process's last lines were passed on."""
        if self._echo is not None:
            self._echo.join(timeout=2)


class Supervisor:
    """Runs children until it is told to stop."""

    def __init__(
        self,
        children: list[Child],
        environ: Mapping[str, str],
        tell: Callable[[str], None],
        *,
        preparation: Child | None = None,
    ) -> None:
        self._children, self._environ, self._tell = children, environ, tell
        self._preparation = preparation
        self._is_stopping = False

    def stop(self) -> None:
        """Ask for the end; safe in a signal handler.

        That is why it sets no threading.Event: the loop may hold its lock when the signal comes, and would wait on.
        """
        self._is_stopping = True

    def run(self, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Start everything, call ``on_ready`` once all answer, keep it running until ``stop``.

        The preparation runs once, beside the children that do not wait for it. Raise StartError when it fails, or
        when a process fails several times before all were ready.
        """
        ready = False
        try:
            if self._preparation is not None:
                self._preparation.start(self._environ, self._tell)
            while not self._is_stopping:
                self._end_preparation()
                self._revive(give_up=not ready)
                if not ready and all(child.is_running() for child in self._children) and is_ready():
                    ready = True
                    on_ready()
                time.sleep(TICK_SECONDS)
        finally:
            self._end_all()

    def _revive(self, *, give_up: bool) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.is_running() or (child.waits and self._preparation is not None):
                continue
            if child.process is not None:
                code = child.ended(now)
                self._tell(f"{child.name} ended with {_told(code)}; starting it again in {child.start_at - now:.1f} s")
                if give_up and child.failures >= STARTS_BEFORE_GIVING_UP:
                    child.drain()
                    raise StartError(f"The {child.name} process does not start: {_told(code)}. Its lines stand above.")
            elif now >= child.start_at:
                child.start(self._environ, self._tell)

    def _end_preparation(self) -> None:
        if self._preparation is None or self._preparation.is_running():
            return
        assert self._preparation.process is not None
        if code := self._preparation.process.wait():
            self._preparation.drain()
            raise StartError(f"The data folder could not be prepared ({_told(code)}); the lines above say why.")
        self._preparation = None

    def _end_all(self) -> None:
        """Stop the children in their order: first what takes events in, last what loads them."""
        deadline = time.monotonic() + STOP_SECONDS
        children = [*self._children, self._preparation] if self._preparation else self._children
        for child in children:
            child.signal(signal.SIGTERM)
        for child in children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._tell(f"{child.name} did not stop in {STOP_SECONDS:.0f} s and was ended")
                child.signal(signal.SIGKILL)
                child.process.wait()
            child.drain()


def _echo(process: subprocess.Popen[bytes], name: str, tell: Callable[[str], None]) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            tell(f"{name:6} | {line.decode(errors='replace').rstrip()}")


def _told(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def to_stderr(line: str) -> None:
    """Write one whole line to standard error; a reader that went away is no reason to stop."""
    with contextlib.suppress(OSError):
        os.write(2, line.encode(errors="replace") + b"\n")
