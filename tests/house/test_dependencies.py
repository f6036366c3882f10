"""The bill of materials names what is installed; a licence that is not allowed, or none, is found."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
from tools import dependencies


def test_the_bill_names_what_is_shipped_and_what_is_a_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "OUTPUT", tmp_path / "sbom.json")
    dependencies.main()
    bill = json.loads((tmp_path / "sbom.json").read_text())
    found = {each["name"]: each for each in bill["components"]}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert found["django"]["purl"] == f"pkg:pypi/django@{version('django')}"
    assert (found["django"]["scope"], found["pytest"]["scope"]) == ("required", "excluded")
    assert all(each["licenses"] for each in found.values())
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    assert f"pkg:pypi/asgiref@{version('asgiref')}" in needs[found["django"]["purl"]]


def package(folder: Path, name: str, licence: str) -> None:
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: 1.0\n{licence}\n")


@pytest.mark.parametrize(
    ("licence", "fault"),
    [
        ("License-Expression: MIT", None),
        ("License-Expression: Apache-2.0 WITH LLVM-exception", None),
        ("License-Expression: GPL-3.0-or-later OR MIT", None),
        ("License: BSD", None),
        ("License-Expression: AGPL-3.0-or-later", "AGPL-3.0-or-later is not"),
        ("Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)", "GPL-3.0 is not"),
        (
            "Classifier: License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
            "LGPL-3.0-only is not",
        ),
        ("License-Expression: MPL-2.0", "MPL-2.0 is not"),
        ("License: as implied by the author", "do not tell a licence"),
        ("Summary: nothing said", "do not tell a licence"),
    ],
)
def test_a_licence_that_is_not_allowed_is_found(
    licence: str, fault: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, "invented", licence)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = list(dependencies.faults("invented", is_shipped=True))
    assert (found == []) if fault is None else (len(found) == 1 and fault in found[0])
