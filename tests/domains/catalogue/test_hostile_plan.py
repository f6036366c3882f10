"""A plan that nests without end is refused at once."""

from __future__ import annotations

import pytest

from sojourn.domains.catalogue.document import PlanError, read


@pytest.mark.parametrize("text", ["[" * 5_000, "{a: " * 5_000, "\n".join(f"{' ' * n}a:" for n in range(300))])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(PlanError, match="too deeply"):
        read(text)
