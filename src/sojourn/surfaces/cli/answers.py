"""Answers of the API as tables, for what asks for several at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sojourn.surfaces.cli import attribution, cases, comparison, explorer, funnels, paths, patterns, process
from sojourn.surfaces.cli.asked import coverage_line
from sojourn.surfaces.cli.tables import Columns, Shown, percent

POOLED: Final[Columns] = [
    ("distance", lambda row: str(row["first"]) if row["first"] == row["last"] else f"{row['first']}-{row['last']}"),
    ("customers", "customers"),
    ("came back", lambda row: percent(row["share"])),
]
LIFECYCLE: Final[Columns] = [
    ("from", lambda row: row["since"][:10]),
    *((name, name) for name in ("active", "new", "retained", "resurrected", "dormant")),
]


@dataclass(frozen=True, kw_only=True)
class ShownInParts(Shown):
    """Several tables under each other, each with its name."""

    parts: tuple[tuple[str, Shown], ...] = ()

    def write(self) -> None:
        """Write them for people."""
        Shown(data=None, before=self.before).write()
        for name, part in self.parts:
            Shown(data=None, before=("", f"{name}:")).write()
            part.write()


def shown(answer: str, found: dict[str, Any]) -> Shown:
    """Show an answer of the API by its name."""
    columns, rows = TABLES[answer](found)
    return Shown(data=found, columns=columns, rows=rows, after=_after(found))


def _after(found: dict[str, Any]) -> list[str]:
    if "coverage" in found:
        return [coverage_line(found["coverage"])]
    about = found["comparison"]
    return [about["method"], f"a: {coverage_line(about['a'])}", f"b: {coverage_line(about['b'])}"]


def _retention(found: dict[str, Any]) -> tuple[Columns, list[Any]]:
    return POOLED, [each for each in found["columns"] if each["share"]]


def _attribution(found: dict[str, Any]) -> tuple[Columns, list[Any]]:
    columns: Columns = [
        ("touchpoint", "name"),
        ("conversions touched", "touched"),
        *((model, _credit(model)) for model in attribution.USUAL),
    ]
    return columns, found["touchpoints"]


def _credit(model: str) -> Callable[[Any], str]:
    return lambda row: percent(row["credits"].get(model, {}).get("share"))


TABLES: Final[dict[str, Callable[[dict[str, Any]], tuple[Columns, list[Any]]]]] = {
    "graph": lambda found: (explorer.PATHS, found["paths"]),
    "variants": lambda found: (explorer.VARIANTS, found["rows"]),
    "funnel": lambda found: (funnels.STEPS, found["steps"]),
    "paths": lambda found: (paths.TREE, found["nodes"]),
    "sessions": lambda found: (paths.EDGES, [{"edge": "begin"} | each for each in found["entries"]]),
    "retention": _retention,
    "lifecycle": lambda found: (LIFECYCLE, found["periods"]),
    "process": lambda found: (process.COLUMNS, [found]),
    "attribution": _attribution,
    "cases": lambda found: (cases.ENDINGS, found["endings"]),
    "patterns": lambda found: (patterns.COLUMNS, [found]),
    "compare/graph": lambda found: (comparison.FINDINGS, found["findings"]),
    "compare/funnel": lambda found: (comparison.FUNNEL, found["steps"]),
    "compare/variants": lambda found: (comparison.VARIANTS, found["variants"]),
    "compare/journeys": lambda found: (comparison.ENDINGS, found["endings"]),
    "success": lambda found: (comparison.COMPANIONS, found["companions"]),
}
