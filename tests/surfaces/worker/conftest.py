"""One company for all plays of a test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from surfaces.worker.theatre import Company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Start the process from which children are forked."""
    company = Company(tmp_path_factory.mktemp("company"))
    yield company
    company.close()
