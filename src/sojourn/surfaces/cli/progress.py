"""A progress bar on standard error, only where a person looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import IO, Any

BLOCK_BYTES = 1 << 20


class Progress:
    """How far something has come, in bytes; silent unless standard error is a terminal."""

    def __init__(self, what: str, total: int) -> None:
        self._what = what
        self._total = max(total, 1)
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        """Begin."""
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.markup import escape
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"))
            self._bar = Bar(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(escape(self._what), total=self._total, note="")
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, leaving no trace."""
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, note: str = "") -> None:
        """Move to a number of bytes."""
        if self._bar is not None:
            self._bar.update(self._task, completed=min(done, self._total), note=note)

    def read(self, content: IO[bytes]) -> Iterator[bytes]:
        """Read a file block by block, moving on with each."""
        done = 0
        while block := content.read(BLOCK_BYTES):
            yield block
            done += len(block)
            self.show(done)
