"""The reference pages say what the program is."""

from __future__ import annotations

import pytest
from tools import reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Make all pages once."""
    return reference.pages()


@pytest.mark.parametrize("name", ["api.md", "commands.md", "errors.md", "kpis.md", "settings.md"])
def test_a_reference_page_is_as_the_program_is(name: str, pages: dict[str, str]) -> None:
    assert (reference.FOLDER / name).read_text() == pages[name], "run python -m tools.reference"


def test_nothing_is_without_words() -> None:
    from sojourn.surfaces.rest.api import api
    from sojourn.surfaces.rest.describing import endpoints
    from sojourn.surfaces.rest.refusals import refusals

    assert [each.path for each in endpoints(api.get_openapi_schema()) if not each.summary or not each.said] == []
    assert [each.code for each in refusals() if not each.said] == []
