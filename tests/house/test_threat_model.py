"""Each proof that the threat model names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROOFS = sorted(set(re.findall(r"`(tests/[^`]+)`", (ROOT / "docs/guide/threat-model.md").read_text())))


@pytest.mark.parametrize("proof", PROOFS)
def test_a_proof_is_there(proof: str) -> None:
    file, _, name = proof.partition("::")
    text = (ROOT / file).read_text()
    assert re.search(rf"^(async )?def {name or 'test_'}", text, re.MULTILINE), proof
