"""What comments are filtered and counted by, held in memory as columns and brought up to date by what has changed.

A million comments take some 150 MB and some seconds to read once; a filter over them then takes milliseconds. Texts
are not among them.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from sojourn.domains.feedback.comments import clock
from sojourn.domains.feedback.models import CommentRow
from sojourn.domains.privacy.contracts import Collected
from sojourn.engine.kernels.words import Flags, Floats, Int64s

CODED: Final = (
    "kind", "source", "survey", "channel", "touchpoint", "unit", "language", "measure", "scale", "direction",
)  # fmt: skip
PLAIN: Final = ("pk", "person", "purposes", "sentiment", "score")
AT_ONCE: Final = 50_000
_lock = threading.Lock()
_held: dict[str, Columns] = {}


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Parallel arrays, one entry a comment, in no order; `codes` are places in `texts`, by field."""

    stamp: tuple[int, int, int]  # of the clock
    id: Int64s
    person: Int64s
    purposes: Int64s  # below 0: unstated
    sentiment: Floats  # NaN: not read, or in a language that is not supported
    score: Floats  # NaN: none
    at_us: Int64s
    codes: Mapping[str, Int64s]
    texts: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.id)

    @property
    def rows(self) -> Collected:
        """Give what the privacy door asks about."""
        return Collected(
            person=self.person,
            at_us=self.at_us,
            purposes=self.purposes,
            unit=self.codes["unit"],
            units=self.texts["unit"],
        )

    def among(self, name: str, values: Sequence[str]) -> Flags:
        """Say which comments have one of some values of a field."""
        wanted = np.array([text in values for text in self.texts[name]], np.bool_)
        return wanted[self.codes[name]] if len(wanted) else np.zeros(len(self), np.bool_)


def columns() -> Columns:
    """Give the columns as they are now."""
    place, now = str(settings.SOJOURN.data), clock.now()
    with _lock:
        held = _held.get(place)
        if held is None or now == clock.NONE or (held.stamp[0], held.stamp[2]) != (now[0], now[2]):
            held = _read(CommentRow.objects.all(), {}, now)
        elif held.stamp != now:
            newer = _read(CommentRow.objects.filter(changed__gt=held.stamp[1]), held.texts, now)
            held = _joined(held, newer)
        _held.clear()
        _held[place] = held
        return held


def _read(rows: QuerySet[CommentRow], known: Mapping[str, tuple[str, ...]], stamp: tuple[int, int, int]) -> Columns:
    """Read rows; the instant comes as text, which NumPy understands faster than Django."""
    words = {name: {text: at for at, text in enumerate(known.get(name, ()))} for name in CODED}
    pieces: list[dict[str, Any]] = []
    values = rows.annotate(instant=Cast("occurred_at", TextField())).values_list(*PLAIN, "instant", *CODED)
    while some := list(values.filter(pk__gt=pieces[-1]["pk"][-1] if pieces else 0).order_by("pk")[:AT_ONCE]):
        pieces.append(_piece(some, words))
    joined = (
        {name: np.concatenate([each[name] for each in pieces]) for name in pieces[0]} if pieces else _piece([], words)
    )
    return Columns(
        stamp=stamp,
        id=joined["pk"],
        **{name: joined[name] for name in ("person", "purposes", "sentiment", "score", "at_us")},
        codes={name: joined[name] for name in CODED},
        texts={name: tuple(found) for name, found in words.items()},
    )


def _piece(some: Sequence[tuple[Any, ...]], words: Mapping[str, dict[str, int]]) -> dict[str, Any]:
    columns = list(zip(*some, strict=True)) or [()] * (len(PLAIN) + 1 + len(CODED))
    pk, person, purposes, sentiment, score, instants, *coded = columns
    made: dict[str, Any] = {
        "pk": np.array(pk, np.int64),
        "person": np.array(person, np.int64),
        "purposes": np.array([-1 if each is None else each for each in purposes], np.int64),
        "sentiment": np.array(sentiment, np.float64),
        "score": np.array(score, np.float64),
        "at_us": np.array([each.partition("+")[0] for each in instants], "datetime64[us]").astype(np.int64),
    }
    for name, column in zip(CODED, coded, strict=True):
        codes = words[name]
        for text in set(column) - codes.keys():
            codes[text] = len(codes)
        made[name] = np.fromiter((codes[text] for text in column), np.int64, len(column))
    return made


def _joined(held: Columns, newer: Columns) -> Columns:
    stay = ~np.isin(held.id, newer.id)

    def both(one: Any, other: Any) -> Any:
        return np.concatenate([one[stay], other])

    return Columns(
        stamp=newer.stamp,
        **{
            name: both(getattr(held, name), getattr(newer, name))
            for name in ("id", "person", "purposes", "sentiment", "score", "at_us")
        },
        codes={name: both(held.codes[name], newer.codes[name]) for name in CODED},
        texts=newer.texts,
    )
