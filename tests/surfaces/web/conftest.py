"""A small Harbour Bank in a data folder of its own, and the web process serving it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from surfaces.web.bank import Served, free_port, wait

CUSTOMERS = 240


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load a small bank through the real import."""
    folder = tmp_path_factory.mktemp("bank") / "data"
    command = [Path(sys.executable).with_name("sojourn"), "demo", "--no-serve"]
    made = subprocess.run(
        [*command, "--size", str(CUSTOMERS), "--data", str(folder)], capture_output=True, text=True, timeout=300
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


@pytest.fixture(scope="session")
def served(company: Path) -> Iterator[Served]:
    """Serve the pages of the bank."""
    port = free_port()
    environment = os.environ | {
        "SOJOURN_DATA": str(company),
        "SOJOURN_PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "sojourn.settings",
        "OMP_NUM_THREADS": "1",
    }
    log = company.parent / "web.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sojourn.surfaces.web"], env=environment, stdout=output, stderr=output
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait(url, process, log)
            known = json.loads((company / "demo.json").read_text())["sign_ins"]
            yield Served(url=url, data=company, sign_ins={role: tuple(pair) for role, pair in known.items()})
        finally:
            process.terminate()
            process.wait(timeout=30)
