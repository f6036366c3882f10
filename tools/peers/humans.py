"""Made-up humans for matching at scale: frequent and rare names, homes, mails, phones; some stand twice, with slips."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

TWICE = 0.25  # of all records are copies
SYLLABLES = ("ba", "do", "fe", "gi", "ka", "lo", "mi", "nu", "pe", "ra", "sa", "ti", "vo", "we", "zu", "hen", "mar")


def humans(records: int, *, seed: int = 11) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Make records, and the human of each: a quarter are copies with missing fields, slips, a new home or mail."""
    rng = np.random.default_rng(seed)
    originals = int(records * (1 - TWICE))
    human = np.concatenate([np.arange(originals), rng.choice(originals, records - originals, replace=False)])
    given, family = _drawn(rng, 1_500, originals)[human], _drawn(rng, 30_000, originals)[human]
    born = (np.datetime64("1935-01-01") + rng.integers(0, 26_000, originals)).astype(str)[human]
    number = rng.integers(10_000_000, 99_999_999, originals)
    mail = _joined(given, ".", family, rng.integers(0, 1_000, originals).astype(str)[human], "@mail.example")
    columns = {
        "given": given, "family": family, "born": born, "mail": mail,
        "phone": _joined("+4915", number.astype(str)[human]),
        "street": _joined(_drawn(rng, 5_000, originals)[human], " street"),
        "postcode": rng.integers(10_000, 99_999, originals).astype(str)[human],
    }  # fmt: skip
    copied = np.arange(records) >= originals
    made = {name: _worn(rng, name, values, copied) for name, values in columns.items()}
    return pa.table({"id": pa.array(np.arange(records)), **made}), human


def _drawn(rng: np.random.Generator, words: int, size: int) -> npt.NDArray[np.str_]:
    parts = rng.choice(SYLLABLES, (words, 4))
    length = rng.integers(2, 5, words)
    word = np.array(["".join(part[:some]) for part, some in zip(parts, length, strict=True)])
    share = 1 / np.arange(3, words + 3) ** 0.9
    return word[rng.choice(words, size, p=share / share.sum())]


def _joined(*parts: object) -> npt.NDArray[np.str_]:
    found: npt.NDArray[np.str_] = np.asarray(parts[0], np.str_)
    for part in parts[1:]:
        found = np.char.add(found, np.asarray(part, np.str_))
    return found


def _worn(rng: np.random.Generator, name: str, values: npt.NDArray[np.str_], copied: npt.NDArray[np.bool_]) -> pa.Array:
    """Take values away, change letters of some, and give some anew, among the copies."""
    gone, slipped, anew = {"mail": (0.3, 0.05, 0.35), "phone": (0.4, 0.05, 0.2), "street": (0.1, 0.1, 0.2)}.get(
        name, (0.08, 0.12, 0.02)
    )
    draw = rng.random(len(values))
    values = values.astype(object)
    for at in np.flatnonzero(copied & (draw < slipped)):
        text = values[at]
        place = int(rng.integers(1, len(text)))
        values[at] = text[: place - 1] + text[place:]
    other = copied & (draw >= slipped) & (draw < slipped + anew)
    values[other] = "new" + values[other] if name in ("mail", "phone") else rng.permutation(values)[other]
    missing = copied & (draw >= slipped + anew) & (draw < slipped + anew + gone)
    return pc.if_else(pa.array(missing), pa.scalar(None, pa.string()), pa.array(values, pa.string()))
