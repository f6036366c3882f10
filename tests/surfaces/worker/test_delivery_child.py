"""The child that loads deliveries ends well when it is done, and at once when the work process is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from surfaces.worker.theatre import ROOT, Company, Theatre


@pytest.fixture(scope="module")
def theatre(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Theatre:
    """A data folder with tables."""
    made = Theatre(tmp_path_factory.mktemp("child") / "data", company)
    made.data.mkdir()
    made.run("migrate")
    return made


def _child(data: Path) -> subprocess.Popen[bytes]:
    environ = {**os.environ, "SOJOURN_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}
    environ["DJANGO_SETTINGS_MODULE"] = "sojourn.settings"
    command = [sys.executable, "-m", "sojourn.surfaces.worker.deliver"]
    return subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_child_with_nothing_to_do_ends_well_while_its_parent_lives(theatre: Theatre) -> None:
    child = _child(theatre.data)
    assert child.stdin is not None
    assert child.stderr is not None
    assert (child.wait(timeout=120), child.stderr.read()) == (0, b"")
    child.stdin.close()
    child.stderr.close()


def test_a_child_ends_when_its_parent_is_gone(theatre: Theatre) -> None:
    child = _child(theatre.data)
    child.communicate(timeout=120)  # closes its standard input
    assert child.returncode == 1
