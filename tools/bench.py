"""Measure Sojourn beside its peers and write the tables into `docs/benchmarks.md`.

``python -m tools.bench [intake import ...]``, without a name all of `SECTIONS`: each module `tools/bench_<name>.py` has
``TITLE`` and ``measure() -> str``, which returns Markdown; its section of the page, or of its own ``PAGE``, is
replaced, the others stay.
``--keep FOLDER`` lets a bench that prepares much (customers) leave it there, and take it as it is the next time.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
SECTIONS = (
    *("intake", "import", "timeline", "erasure", "kernels", "groups", "large", "miners", "logs", "simulation", "pages"),
    *("customers", "identity", "matching", "personal", "text"),
)


def main(arguments: list[str]) -> int:
    """Run the named benches, or all, and rewrite their sections."""
    asked = argparse.ArgumentParser(prog="python -m tools.bench")
    asked.add_argument("names", nargs="*")
    asked.add_argument("--keep", metavar="FOLDER")
    given = asked.parse_args(arguments)
    names = given.names
    if given.keep:
        os.environ["SOJOURN_BENCH_KEEP"] = given.keep
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        print(f"no bench is called {', '.join(unknown)}; there are: {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    for name in names or SECTIONS:
        module = importlib.import_module(f"tools.bench_{name}")
        print(f"bench: {module.TITLE}", flush=True)
        body = module.measure().strip()
        print(body, flush=True)
        page = getattr(module, "PAGE", PAGE)
        page.write_text(replaced(page.read_text(), module.TITLE, body))
    return 0


def replaced(page: str, title: str, body: str) -> str:
    """Put a section into the page, in place of the one with the same title."""
    section = f"## {title}\n\nMeasured {datetime.now(UTC):%Y-%m-%d}.\n\n{body}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if pattern.search(page):
        return pattern.sub(lambda _: section + "\n", page, count=1).rstrip() + "\n"
    return page.rstrip() + "\n\n" + section


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
