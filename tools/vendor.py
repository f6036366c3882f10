"""Copy the browser files that Sojourn ships from npm packages into the static folder.

Run it (``.venv/bin/python -m tools.vendor``, needs npm) to change a version or add an icon, then commit the result:
nobody who installs or serves Sojourn needs Node.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "src/sojourn/surfaces/web/static"

PACKAGES = {
    "@tabler/core@1.6.1": ("tabler-1.6.1", {"dist/css/tabler.min.css": "tabler.min.css"}),
    "htmx.org@4.0.1": ("htmx-4.0.1", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}),
    "echarts@6.1.0": (
        "echarts-6.1.0",
        {"dist/echarts.common.min.js": "echarts.common.min.js", "LICENSE": "LICENSE", "NOTICE": "NOTICE"},
    ),
    "@dagrejs/dagre@3.1.3": (
        "dagre-3.1.3",
        {"dist/dagre.esm.js": "dagre.esm.js", "dist/dagre.esm.js.LEGAL.txt": "LEGAL.txt", "LICENSE": "LICENSE"},
    ),
}
ICONS = "@tabler/icons@3.51.0"
ICON_NAMES = [
    "home",
    "route",
    "ruler-measure",
    "settings",
    "search",
    "sun",
    "message",
    "moon",
    "logout",
    "key",
    "user",
    "users",
    "plug-connected",
    "list-check",
    "file-import",
    "shield-exclamation",
    "activity-heartbeat",
    "stethoscope",
    "clock",
    "filter",
    "plus",
    "x",
    "arrow-up",
    "arrow-down",
    "arrow-right",
    "alert-triangle",
    "circle-check",
    "info-circle",
    "copy",
    "download",
    "upload",
    "table",
    "chart-line",
    "adjustments-horizontal",
    "menu-2",
    "player-play",
    "player-stop",
    "trash",
    "device-floppy",
    "lock",
    "refresh",
    "share",
    "chevron-right",
    "ban",
    "eye",
]


def main() -> None:
    """Fetch each package, copy what is wanted, and make the icon sprite."""
    with tempfile.TemporaryDirectory() as folder:
        for package, (name, files) in PACKAGES.items():
            unpacked = _packed(package, Path(folder) / name)
            target = STATIC / "vendor" / name
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            for source, copy in files.items():
                (target / copy).write_text(_without_map(unpacked / source))
        icons = _packed(ICONS, Path(folder) / "icons")
        (STATIC / "web" / "icons.svg").write_text(sprite(icons))
        licence = (icons / "LICENSE").read_text()  # the package of the style sheet carries none; same authors, same MIT
        for name in ("tabler-icons-3.51.0", PACKAGES["@tabler/core@1.6.1"][0]):
            (STATIC / "vendor" / name).mkdir(exist_ok=True)
            (STATIC / "vendor" / name / "LICENSE").write_text(licence)


def sprite(icons: Path) -> str:
    """Join the outlines of the named icons into one SVG of symbols."""
    symbols = [_symbol(name, (icons / "icons/outline" / f"{name}.svg").read_text()) for name in sorted(ICON_NAMES)]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _symbol(name: str, svg: str) -> str:
    inner = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    assert inner is not None, name
    paths = " ".join(line.strip() for line in inner.group(1).splitlines() if 'd="M0 0h24v24H0z"' not in line)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{paths}</symbol>'


def _without_map(path: Path) -> str:
    """Read a text file without its source map's address, which static file storage would look for and not find."""
    return re.sub(r"\n?(//[#@] sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)", "", path.read_text())


def _packed(package: str, folder: Path) -> Path:
    folder.mkdir()
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


if __name__ == "__main__":
    main()
