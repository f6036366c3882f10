"""Prepare `.venv`: `run` for what serving needs, `dev` for tests too, `browser` for Chromium.

Runs on a machine that has only Python 3.11+; each step prints one line and is skipped when done.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CHROMIUM = "/usr/bin/chromium"


def main(step: str) -> int:
    """Run one step; the exit code is 0 when the machine is ready for it."""
    if sys.version_info < (3, 11):
        return _fail(
            f"Sojourn needs Python 3.11 or later; this is {sys.version.split()[0]}. Try make PYTHON=python3.11"
        )
    (ROOT / "var").mkdir(exist_ok=True)
    if step == "browser":
        return _browser()
    return _install(step)


def _install(step: str) -> int:
    if not PYTHON.exists():
        _say("making .venv")
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    target = ".[dev]" if step == "dev" else "."
    started = time.monotonic()
    what = "the tools for tests" if step == "dev" else "Sojourn and what it needs"
    _say(f"installing {what} (a minute or two the first time)")
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--constraint", str(ROOT / "constraints.txt"), "--editable", target]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        return _fail("pip could not install; the lines above say why. Nothing else was changed; run the command again.")
    (VENV / f".{step}").touch()
    _say(f"ready in {time.monotonic() - started:.0f} s")
    return 0


def _browser() -> int:
    if Path(CHROMIUM).exists():
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return _fail("The page tests need Chromium at /usr/bin/chromium; install Debian's package `chromium`.")
    _say("installing Debian's chromium for the page tests")
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode:
            return _fail(f"{' '.join(command)} failed: {done.stderr.strip()[-400:]}")
    return 0


def _say(text: str) -> None:
    print(f"sojourn: {text}", flush=True)


def _fail(text: str) -> int:
    print(f"sojourn: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
