"""Ask extracts: which there are, and SQL over one."""

from __future__ import annotations

import re
import time
from pathlib import Path

from django.conf import settings

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.models import ExtractRow
from sojourn.domains.privacy.words.extracts import Extract, SqlAnswer
from sojourn.engine.stream import sandbox
from sojourn.kit.errors import ConflictError, NotFoundError

SAID_MOST_CHARACTERS = 500
LITERALS = re.compile(r"'(?:[^']|'')*'|\d{5,}")


def extracts(*, viewer: Viewer) -> tuple[Extract, ...]:
    """List the extracts of the parts of the organisation that the viewer sees, by name; raise ForbiddenError."""
    viewer.require(Right.EVENTS_EXPORT)
    return tuple(contract(row) for row in ExtractRow.objects.order_by("name") if _sees(viewer, row))


def extract(name: str, *, viewer: Viewer) -> Extract:
    """Give one extract; raise ForbiddenError, NotFoundError."""
    return contract(held(name, viewer))


def sql(statement: str, *, name: str, viewer: Viewer, rows: int) -> SqlAnswer:
    """Run one SELECT over an extract's table `events`, in a process that sees nothing else; audited.

    The audit entry holds the statement without its texts and long numbers. Raise ForbiddenError, NotFoundError,
    ConflictError while there is no file, SqlError and TooLongError for the statement.
    """
    row = held(name, viewer)
    place = settings.SOJOURN
    path = made_file(row)
    access.audit(
        viewer=viewer,
        what="extract.sql",
        on=f"extract:{row.pk}",
        purpose=row.purpose,
        statement=LITERALS.sub("?", statement)[:SAID_MOST_CHARACTERS],
    )
    began = time.perf_counter()
    limits = sandbox.Limits(rows=rows, seconds=place.sql_seconds, memory_mb=place.memory_limit_mb)
    found = sandbox.ask(statement, [path], limits)
    return SqlAnswer(
        table=found.slice(0, rows),
        is_cut=found.num_rows > rows,
        extract=contract(row),
        took_ms=(time.perf_counter() - began) * 1_000,
    )


def held(name: str, viewer: Viewer) -> ExtractRow:
    """Give the row of an extract that the viewer may use; raise ForbiddenError, NotFoundError."""
    viewer.require(Right.EVENTS_EXPORT)
    row = ExtractRow.objects.filter(name=name).first()
    if row is None or not _sees(viewer, row):
        raise NotFoundError("There is no such extract.")
    return row


def made_file(row: ExtractRow) -> Path:
    """Give the file of an extract; raise ConflictError while there is none."""
    file: Path = settings.SOJOURN.extracts / row.file
    if not row.file or not file.exists():
        raise ConflictError(row.message or "This extract is being made; ask again in a moment.")
    return file


def contract(row: ExtractRow) -> Extract:
    """Give a row as other rooms see it."""
    return row.contract(str(settings.SOJOURN.extracts))


def _sees(viewer: Viewer, row: ExtractRow) -> bool:
    units = viewer.units_for(Right.EVENTS_EXPORT)
    return units is None or (row.units is not None and frozenset(row.units) <= units)
