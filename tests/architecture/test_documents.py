"""The documents lead somewhere, and every document can be reached."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    queue = [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        queue += [(page.parent / target).resolve() for target in LINK.findall(page.read_text()) if "://" not in target]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in seen] == []


def test_the_glossary_is_in_order_and_says_each_term_once() -> None:
    rows = [line.split("|")[1].strip() for line in (ROOT / "docs/glossary.md").read_text().splitlines() if "|" in line]
    terms = [row.lower() for row in rows[2:]]
    assert terms == sorted(set(terms))


def test_no_document_or_module_names_this_machine_or_a_registry() -> None:
    needles = ("/work/", "index-" + "url", "registry.npmjs" + ".org", "pypi" + ".org/simple")
    files = [path for folder in ("src", "tests", "tools", "docs") for path in (ROOT / folder).rglob("*")]
    found = [
        f"{path.relative_to(ROOT)}: {needle}"
        for path in files
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".txt", ".html", ".json"}
        and path != Path(__file__)
        and "vendor" not in path.parts
        for needle in needles
        if needle in path.read_text(errors="replace")
    ]
    assert found == []
