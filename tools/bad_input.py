"""Write the rows of malformed requests into `docs/reference/bad-input.md`: `python -m tools.bad_input`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "bad-input.md"
BEGIN, END = "<!-- requests -->", "<!-- end of requests -->"


def main() -> None:
    """Replace what stands between the two marks."""
    sys.path.insert(0, str(ROOT / "tests"))
    from surfaces.intake.test_bad_requests import table_rows

    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    head = ["| What was sent | Answer | Code | What the sender sees |", "| --- | --- | --- | --- |"]
    PAGE.write_text("\n".join([before + BEGIN, *head, *table_rows(), END]) + after)


if __name__ == "__main__":
    main()
