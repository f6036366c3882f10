"""Notes about customers, sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.conf import settings

from sojourn.domains.collection.contracts import Held
from sojourn.domains.customers.contracts import Note
from sojourn.domains.customers.models import NoteRow
from sojourn.kit import sealing

USE: Final = "note"
AT_ONCE: Final = 500


def note_of(row: NoteRow) -> Note:
    """Open a note."""
    text = sealing.sealer(settings.SOJOURN).open(bytes(row.sealed), use=USE).decode()
    return Note(id=row.pk, text=text, author=row.author, written_at=row.written_at, changed_at=row.changed_at)


def sealed(text: str) -> bytes:
    """Seal a note's text."""
    return sealing.sealer(settings.SOJOURN).seal(text.encode(), use=USE)


def notes_of(persons: Sequence[int]) -> tuple[Note, ...]:
    """List the notes about a customer's persons, newest first."""
    rows = NoteRow.objects.filter(person__in=list(persons)).order_by("-written_at", "-pk")
    return tuple(note_of(each) for each in rows)


def about(persons: Sequence[int]) -> Iterable[Held]:
    """Tell what people here wrote about persons."""
    yield Held(
        heading="Notes",
        explanation="What people who serve you wrote about you.",
        records=_told(persons),
    )


def _told(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    for at in range(0, len(persons), AT_ONCE):
        for each in NoteRow.objects.filter(person__in=persons[at : at + AT_ONCE]).order_by("written_at", "pk"):
            yield {"written_at": each.written_at.isoformat(), "note": note_of(each).text}
