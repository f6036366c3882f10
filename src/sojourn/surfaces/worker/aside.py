"""Work beside the loader in a process of its own: timeline, merging segments, loading small files, webhooks.

They take seconds of Python under load. In the loader's process they would take turns with it at every step, and a
thread of low priority that holds the interpreter's lock makes the loader wait for its turn on the processor too.
The child is asked by lines on its standard input and answers by lines on its standard output; it ends with its parent.
`python -m sojourn.surfaces.worker.aside`.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, Final

from sojourn.kit.errors import SojournError

NICENESS: Final = 2  # behind the loader, before the pages: events are to be seen soon under load too
STOP_SECONDS: Final = 5.0
DONE: Final = "done"
ENDED: Final = "ended"


class AsideError(SojournError):
    """Work beside the loader failed; the child's own line says where, and the next turn tries again."""

    code = "aside"
    status = 500


class Aside:
    """The child, as its parent sees it: started when first asked, and again after it ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._waiting: dict[str, queue.SimpleQueue[str]] = {}
        self._is_stopped = False

    @property
    def pid(self) -> int | None:
        """The child's process id; None when there is none."""
        return None if self._child is None else self._child.pid

    def ask(self, name: str) -> None:
        """Have one task of `TASKS` done and wait for its end; one thread a name. Raise AsideError."""
        answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self._lock:
            if self._is_stopped:
                return
            child = self._running()
            self._waiting[name] = answers
            assert child.stdin is not None
            try:
                child.stdin.write(f"{name}\n")
                child.stdin.flush()
            except OSError:
                answers.put(ENDED)
        said = answers.get()
        if said != DONE and not self._is_stopped:
            raise AsideError(f"{name}: {said}.")

    def stop(self) -> None:
        """End the child; what it was at begins again with the next one."""
        with self._lock:
            self._is_stopped = True
            child = self._child
        if child is not None:
            child.kill()
            child.wait(STOP_SECONDS)

    def _running(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None:
            self._child = subprocess.Popen(
                [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            threading.Thread(target=self._listen, args=(self._child,), daemon=True).start()
        return self._child

    def _listen(self, child: subprocess.Popen[str]) -> None:
        assert child.stdout is not None
        for line in child.stdout:
            name, _, said = line.rstrip("\n").partition(" ")
            if (answers := self._waiting.get(name)) is not None:
                answers.put(said)
        with self._lock:
            for answers in self._waiting.values():
                answers.put(ENDED)
            self._waiting = {}
            if self._child is child:
                self._child = None
        if child.stdin is not None:
            child.stdin.close()
        child.stdout.close()
        child.wait()


def main() -> int:
    """Do what the lines ask for, each task in a thread of its own, until the input ends."""
    os.nice(NICENESS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sojourn.settings")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what anybody prints is not an answer
    asked: dict[str, queue.SimpleQueue[None]] = {}
    reader = os.fdopen(0)
    import django

    django.setup()
    tasks = _tasks()
    for line in reader:
        name = line.strip()
        if name not in asked:
            asked[name] = queue.SimpleQueue()
            threading.Thread(target=_serve, args=(name, tasks[name], asked[name], out), daemon=True).start()
        asked[name].put(None)
    os._exit(0)  # a thread may be at work; a crash at any point is provided for


def _tasks() -> dict[str, Callable[[], object]]:
    from django.utils.module_loading import autodiscover_modules

    from sojourn.domains.collection import actions as collection
    from sojourn.domains.privacy import actions as privacy
    from sojourn.engine.stream.files import warming
    from sojourn.surfaces.worker.hooks import Hooks

    autodiscover_modules("plugins", "tasks")

    def load_small_files() -> None:
        warming.warm()
        collection.run_deliveries(only_small=True)

    return {
        "timeline": privacy.refresh_timeline,
        "compaction": collection.compact,
        "deliveries": load_small_files,
        "hooks": Hooks(privacy.due_webhooks, privacy.send_webhook).turn,
    }


def _serve(name: str, run: Callable[[], object], asked: queue.SimpleQueue[None], out: IO[str]) -> None:
    from django.db import close_old_connections

    from sojourn.surfaces.worker import journal

    while True:
        asked.get()
        close_old_connections()
        said = DONE
        try:
            run()
        except Exception as error:
            journal.failure(f"{name}.failed", error)
            said = type(error).__name__
        out.write(f"{name} {said}\n")
        out.flush()


if __name__ == "__main__":
    sys.exit(main())
