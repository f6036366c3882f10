"""What Sojourn stands on: a bill of materials (CycloneDX 1.6) and a check of licences, from installed metadata.

``python -m tools.dependencies`` writes ``var/sbom.json`` and fails, naming the package, on a licence that is not
allowed, or on none that can be told. Permissive ones are; MPL for what is listed and for development tools; LGPL for
an extra alone. ``--advisories FILE --owner NAME`` brings the register of findings up to date from a file in the OSV
format (`tools.advisories`) and fails on what is overdue; without it the register is only read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import advisories

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "var" / "sbom.json"
FINDINGS = ROOT / "docs" / "security" / "findings.json"
PRODUCT = "sojourn"
DEVELOPMENT = "dev"
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0",
    "Python-2.0", "Unlicense", "Zlib", "ZPL-2.1",
}  # fmt: skip
# Who may, of what is shipped: certifi's and fido2's are lists of Mozilla's that stand in them unchanged (certificates;
# public suffixes), psycopg and paramiko are extras.
WEAK = {"MPL-2.0": {"certifi", "fido2"}, "LGPL-2.1": {"paramiko"}, "LGPL-3.0-only": {"psycopg", "psycopg-binary"}}
# Written many ways in older metadata: what is found there, and what it means.
WORDS = (
    (r"AFFERO|\bAGPL", "AGPL-3.0"),
    (r"\bLESSER GENERAL|\bLGPL", "LGPL-3.0-only"),
    (r"GENERAL PUBLIC|\bGPL", "GPL-3.0"),
    (r"MOZILLA PUBLIC|\bMPL", "MPL-2.0"),
    (r"\bAPACHE", "Apache-2.0"),
    (r"3-CLAUSE|NEW BSD|MODIFIED BSD", "BSD-3-Clause"),
    (r"2-CLAUSE|SIMPLIFIED BSD", "BSD-2-Clause"),
    (r"BSD|REDISTRIBUTION AND USE IN SOURCE AND BINARY", "BSD"),
    (r"\bMIT\b|PERMISSION IS HEREBY GRANTED, FREE OF CHARGE", "MIT"),
    (r"\bISC\b", "ISC"),
    (r"PYTHON SOFTWARE FOUNDATION|\bPSF", "PSF-2.0"),
    (r"UNLICENSE", "Unlicense"),
    (r"ZOPE|ZPL", "ZPL-2.1"),
    (r"ALTER IT AND REDISTRIBUTE IT FREELY", "Zlib"),
)


def main(arguments: Sequence[str] = ()) -> None:
    """Write the bill, say which licences are wrong and what is wrong with the findings."""
    asked = argparse.ArgumentParser(prog="python -m tools.dependencies")
    asked.add_argument("--advisories", type=Path, help="a file in the OSV format: JSON, or an archive of JSON files")
    asked.add_argument("--owner", default="", help="who owns new findings")
    given = asked.parse_args(arguments)
    extras = distribution(PRODUCT).metadata.get_all("Provides-Extra") or []
    shipped, tools = closure(tuple(each for each in extras if each != DEVELOPMENT)), closure(tuple(extras))
    wrong = [line for name in sorted(tools) for line in faults(name, is_shipped=name in shipped)]
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps(bill(shipped, tools), indent=1, sort_keys=True) + "\n")
    told = findings(sorted(tools), advised=given.advisories, owner=given.owner, today=datetime.now(UTC).date())
    if given.advisories:
        wrong += told
    else:
        sys.stderr.writelines(f"{line}\n" for line in told)  # a day that passes breaks no build
    if wrong:
        sys.exit("\n".join(wrong))


def findings(names: Sequence[str], *, advised: Path | None, owner: str, today: date) -> list[str]:
    """Bring the register up to date where there are advisories, and say what is wrong with it."""
    register = advisories.load(FINDINGS)
    if advised is not None:
        versions = {name: _version(name) for name in names}
        register = advisories.merged(register, advisories.read(advised), versions, owner=owner, today=today)
        advisories.save(FINDINGS, register)
    return list(advisories.complaints(register, today=today))


def closure(extras: tuple[str, ...]) -> dict[str, set[str]]:
    """Give each installed package that Sojourn needs with these extras, and what that needs."""
    found: dict[str, set[str]] = {}
    waiting = [(PRODUCT, frozenset(extras))]
    while waiting:
        name, wanted = waiting.pop()
        own = found.setdefault(name, set())
        for need in _needs(name, wanted):
            other = str(canonicalize_name(need.name))
            if other not in own and _installed(other):
                own.add(other)
                waiting.append((other, frozenset(need.extras)))
    found.pop(PRODUCT)
    return found


def licences(name: str) -> list[str]:
    """Say under which licences a package is, as SPDX names them; an empty list when it does not tell."""
    about = distribution(name).metadata
    said = about.get("License-Expression")
    if said:
        plain = re.sub(r"\s+WITH\s+\S+", "", said)  # an exception only gives more
        return [each for each in re.split(r"\s+(?:AND|OR)\s+|[()]", plain) if each.strip()]
    classified = [each.split("::")[-1] for each in about.get_all("Classifier") or [] if each.startswith("License ::")]
    texts = [each for each in classified if each.strip() != "OSI Approved"] or [about.get("License") or ""]
    if not any(texts) or not any(_word(each) for each in texts):
        texts += list(_files(name))
    return [word for each in texts if (word := _word(each))]


def faults(name: str, *, is_shipped: bool) -> Iterator[str]:
    """Say what is wrong with a package's licence."""
    found = licences(name)
    if not found:
        yield f"{name}: its metadata do not tell a licence"
    is_choice = " OR " in (distribution(name).metadata.get("License-Expression") or "")
    if is_choice and ALLOWED & set(found):
        return
    for each in found:
        if each not in ALLOWED and name not in WEAK.get(each, set()) and not (each == "MPL-2.0" and not is_shipped):
            yield f"{name}: {each} is not among the licences allowed"


def bill(shipped: dict[str, set[str]], tools: dict[str, set[str]]) -> dict[str, Any]:
    """Describe the packages as CycloneDX does."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": PRODUCT, "name": PRODUCT, "version": _version(PRODUCT)}
        },
        "components": [_component(name, is_shipped=name in shipped) for name in sorted(tools)],
        "dependencies": [{"ref": _purl(name), "dependsOn": sorted(map(_purl, tools[name]))} for name in sorted(tools)],
    }


def _component(name: str, *, is_shipped: bool) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(name),
        "name": name,
        "version": _version(name),
        "purl": _purl(name),
        "scope": "required" if is_shipped else "excluded",
        "licenses": [{"license": {"name" if each == "BSD" else "id": each}} for each in dict.fromkeys(licences(name))],
    }


def _needs(name: str, extras: frozenset[str]) -> Iterator[Requirement]:
    for text in distribution(name).requires or []:
        need = Requirement(text)
        if need.marker is None or any(need.marker.evaluate({"extra": each}) for each in (extras or {""})):
            yield need


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _files(name: str) -> Iterator[str]:
    found: Distribution = distribution(name)
    for file in found.files or []:
        if re.search(r"dist-info/.*(LICEN[CS]E|COPYING)", str(file), re.IGNORECASE):
            yield str(file.read_text())[:2_000]
            return


def _word(text: str) -> str:
    if text.strip() in ALLOWED:
        return text.strip()
    return next((word for pattern, word in WORDS if re.search(pattern, text.upper())), "")


def _version(name: str) -> str:
    return distribution(name).version


def _purl(name: str) -> str:
    return f"pkg:pypi/{name}@{_version(name)}"


if __name__ == "__main__":
    main(sys.argv[1:])
