"""Tables for people: rich on a terminal, plain columns in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import click

Cell = Callable[[Any], Any]
Columns = Sequence[tuple[str, str | Cell]]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A command's answer: what --json prints, and what people read."""

    data: Any
    columns: Columns = ()
    rows: Sequence[Any] = ()
    empty: str = "Nothing there."
    before: Sequence[str] = field(default_factory=tuple)
    after: Sequence[str] = field(default_factory=tuple)
    exit_code: int = 0

    def write(self) -> None:
        """Write it for people."""
        for line in self.before:
            click.echo(line)
        if self.columns:
            if self.rows:
                _write_table([name for name, _ in self.columns], [self._cells(row) for row in self.rows])
            else:
                click.echo(self.empty)
        for line in self.after:
            click.echo(line)

    def _cells(self, row: Any) -> list[Any]:
        return [cell(row) if callable(cell) else row.get(cell) for _, cell in self.columns]


def said(value: Any) -> str:
    """Write a value for people: numbers with thousands, instants to the second, nothing as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value) or "–"
    return str(value)


def moment(key: str) -> Cell:
    """Give a cell that shows an instant to the second, in UTC."""

    def cell(row: Any) -> str:
        text = str(row.get(key) or "")
        return text[:19].replace("T", " ") if text else "–"

    return cell


def percent(share: Any) -> str:
    """Write a share with its interval."""
    if not share:
        return "–"
    if share["too_few"]:
        return f"n = {share['n']:,}, too few to say"
    return f"{share['value']:.1%} ({share['low']:.1%}–{share['high']:.1%})"


def duration(seconds: float | None) -> str:
    """Write a duration in its two largest units."""
    if seconds is None:
        return "–"
    rest = round(seconds)
    parts: list[str] = []
    for name, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if rest >= size or (name == "s" and not parts):
            parts.append(f"{rest // size} {name}")
            rest %= size
        if len(parts) == 2:
            break
    return " ".join(parts)


def _write_table(names: list[str], rows: list[list[Any]]) -> None:
    right = [all(_is_number(row[at]) for row in rows) for at in range(len(names))]
    texts = [[_clean(said(cell)) for cell in row] for row in rows]
    if sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        _write_rich(names, texts, right)
        return
    widths = [max(len(name), *(len(row[at]) for row in texts)) for at, name in enumerate(names)]
    for row in [names, *texts]:
        cells = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _is_number(cell: Any) -> bool:
    return cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool))


def _write_rich(names: list[str], texts: list[list[str]], right: list[bool]) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, is_right in zip(names, right, strict=True):
        table.add_column(name, justify="right" if is_right else "left", overflow="fold")
    for row in texts:
        table.add_row(*(escape(each) for each in row))
    Console().print(table)


def _clean(text: str) -> str:
    # Names come from events: a control character must not steer the terminal.
    return "".join(each if each.isprintable() else "�" for each in text)
