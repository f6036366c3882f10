"""The wheel carries everything: it runs outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_templates_static_files_migrations_and_demo_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "surfaces/web/templates/",
        "surfaces/web/static/vendor/",
        "domains/collection/migrations/0001_initial.py",
        "demo/bank/plan.yaml",
        "demo/retail/online_retail.parquet",
        "demo/retail/ATTRIBUTION",
        "domains/metrics/catalogue/kpis.csv",
    ):
        assert any(f"sojourn/{part}" in name for name in names), part
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]


def test_the_installed_wheel_runs_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "installed"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(place)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    probe = "import sojourn; print(sojourn.__file__); from sojourn.surfaces.cli.main import main; main()"
    environment = {"PYTHONPATH": str(place), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", probe, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=tmp_path,
    )
    assert str(place) in done.stdout
    assert "serve" in done.stdout
    assert "import" in done.stdout
