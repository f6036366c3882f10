"""Runs a notebook's cells and writes what they show into it: `python -m tools.notebook docs/guide/library.ipynb`."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any


def run(notebook: dict[str, Any], name: str = "notebook") -> list[Any]:
    """Run the code cells in one namespace; give the value of each one's last expression, None where it has none."""
    space: dict[str, Any] = {"__name__": "__main__"}
    values = []
    for at, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]), f"{name}, cell {at}")
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{name}, cell {at}", "exec"), space)
        values.append(
            eval(compile(ast.Expression(last.value), f"{name}, cell {at}", "eval"), space)
            if isinstance(last, ast.Expr)
            else None
        )
    return values


def shown(value: Any) -> dict[str, list[str]]:
    """Give what a notebook would show of a value, by kind."""
    found = {"text/plain": repr(value)}
    for kind, method in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_")):
        if hasattr(value, method):
            found[kind] = getattr(value, method)()
    return {kind: text.splitlines(keepends=True) for kind, text in found.items()}


def main(path: Path) -> None:
    """Run a notebook and write it back with its outputs."""
    notebook = json.loads(path.read_text())
    values = run(notebook, path.name)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for count, (cell, value) in enumerate(zip(cells, values, strict=True), 1):
        cell["execution_count"] = count
        cell["outputs"] = []
        if value is not None:
            made = {"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": shown(value)}
            cell["outputs"].append(made)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
