"""The guide and the notebook do what they say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tools.notebook import run, shown

from surfaces.library.clicks import clicks
from surfaces.library.conftest import written

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide"


def test_the_notebook_runs_and_shows_what_is_written_in_it() -> None:
    notebook = json.loads((GUIDE / "library.ipynb").read_text())
    values = run(notebook)
    kept = [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for value, outputs in zip(values, kept, strict=True):
        if type(value).__module__.startswith("sojourn"):
            assert outputs[0]["data"] == shown(value)


def test_the_guides_code_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(clicks(), tmp_path / "clicks.csv")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (GUIDE / "library.md").read_text(), re.S)
    values = run({"cells": [{"cell_type": "code", "source": [block]} for block in blocks]})
    assert len(blocks) > 4
    assert values[-1] is True
    assert (tmp_path / "funnel.svg").exists()
