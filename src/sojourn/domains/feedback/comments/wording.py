"""The words of comments as keyed digests: what is stored, and what a search asks for; no word lies in plain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connections, router, transaction

from sojourn.domains.feedback.comments.opening import USE
from sojourn.domains.feedback.models import CommentRow, CommentWord
from sojourn.domains.identity import queries as identity
from sojourn.engine.kernels.words import Int64s
from sojourn.kit import sealing
from sojourn.kit.errors import InvalidError

KIND: Final = "said"
WORDS_MOST: Final = 2_000  # of a comment
SOUGHT_MOST: Final = 10
HITS_MOST: Final = 50_000  # newest comments of the rarest word that are looked at
AT_ONCE: Final = 500
COUNT: Final = "SELECT count(*) FROM (SELECT 1 FROM feedback_commentword WHERE word IN ({}) LIMIT %s) AS some"
NEWEST: Final = "SELECT comment_id FROM feedback_commentword WHERE word IN ({}) ORDER BY comment_id DESC LIMIT %s"
ALL_OF: Final = (
    "SELECT comment_id FROM feedback_commentword WHERE word IN ({}) AND comment_id >= %s ORDER BY comment_id DESC"
)
BOTH: Final = "SELECT comment_id FROM feedback_commentword WHERE word IN ({}) AND comment_id IN ({})"


@dataclass(frozen=True, kw_only=True)
class Hits:
    """The comments in which all words stand, by id, ascending; `is_cut` where only the newest were looked at."""

    ids: Int64s
    is_cut: bool


def index(texts: Iterable[tuple[int, str]]) -> None:
    """Store the words of comments (id, text), in the caller's transaction; what is there stays."""
    sealer = sealing.sealer(settings.SOJOURN)
    rows = [
        CommentWord(word=word, comment_id=comment)
        for comment, text in texts
        for word in _numbers(sealer.blind_many(KIND, identity.words(text, most=WORDS_MOST)))
    ]
    CommentWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


def find(text: str) -> Hits:
    """Find the comments in which all words of a text stand, whole; raise InvalidError for too many words, or none.

    The rarest word is looked up first, so that a search costs what its rarest word does.
    """
    words = sorted(identity.words(text, most=SOUGHT_MOST + 1))
    if not 1 <= len(words) <= SOUGHT_MOST:
        raise InvalidError(f"text: give one to {SOUGHT_MOST} words.")
    sealer = sealing.sealer(settings.SOJOURN)
    sought = [_numbers(sealer.sought(KIND, [word])) for word in words]
    counted = sorted((_count(each), each) for each in sought)
    ids = _ids(NEWEST, counted[0][1], HITS_MOST)
    is_cut = len(ids) == HITS_MOST
    for _, each in counted[1:]:
        if not len(ids):
            break
        if len(ids) <= AT_ONCE:
            marks = ", ".join(["%s"] * len(ids))
            found = _read(BOTH.format(", ".join(["%s"] * len(each)), marks), [*each, *ids.tolist()])
        else:
            found = _ids(ALL_OF, each, int(ids.min()))
        ids = np.intersect1d(ids, found)
    return Hits(ids=np.unique(ids), is_cut=is_cut)


def reindex() -> int:
    """Make the words of all comments anew under the newest key and give how many comments were; safe to kill."""
    after, done = 0, 0
    sealer = sealing.sealer(settings.SOJOURN)
    while True:
        with transaction.atomic(using=router.db_for_write(CommentRow)):
            rows = list(CommentRow.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "sealed")[:AT_ONCE])
            CommentWord.objects.filter(comment__in=[pk for pk, _ in rows]).delete()
            index((pk, sealer.open(bytes(sealed), use=USE).decode()) for pk, sealed in rows)
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done
        after = rows[-1][0]


def _count(words: Sequence[int]) -> int:
    return int(_read(COUNT.format(", ".join(["%s"] * len(words))), [*words, HITS_MOST])[0])


def _ids(sql: str, words: Sequence[int], last: int) -> Int64s:
    return _read(sql.format(", ".join(["%s"] * len(words))), [*words, last])


def _read(sql: str, values: Sequence[int]) -> Int64s:
    with connections[router.db_for_read(CommentWord)].cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return np.fromiter((row[0] for row in rows), np.int64, len(rows))


def _numbers(digests: Iterable[bytes]) -> list[int]:
    return [int.from_bytes(digest[:8], "big", signed=True) for digest in digests]
