"""What cannot be read is refused with a sentence that helps, alone where only a row is bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from domains.collection.deliveries.bad_files import ROWS, WHOLE, Bad
from domains.collection.deliveries.handing import deliver, stream
from sojourn.domains.collection import queries
from sojourn.domains.collection.contracts import DeliveryStatus

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)

DOCS = Path(__file__).resolve().parents[4] / "docs" / "reference" / "bad-input.md"
Write = Callable[[str, str | bytes], Path]


@pytest.mark.parametrize("bad", WHOLE, ids=lambda bad: bad.what)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(bad: Bad, write: Write) -> None:
    done = deliver(write(bad.name, bad.data))
    assert done.status is DeliveryStatus.FAILED
    assert done.message.startswith(bad.sees)
    assert stream().num_rows == 0
    assert queries.newest_batch() == 0


@pytest.mark.parametrize("bad", ROWS, ids=lambda bad: bad.what)
def test_a_bad_row_is_refused_alone(bad: Bad, write: Write) -> None:
    done = deliver(write(bad.name, bad.data))
    first = queries.refused_rows(done.id)[0]
    assert (first.code, first.place) == (bad.code, str(bad.line))
    assert first.reason.startswith(bad.sees)
    assert (done.status, done.rows_good) == (DeliveryStatus.DONE, bad.good)
    assert stream().num_rows == bad.good


def test_the_table_in_the_docs_is_this_list() -> None:
    said = DOCS.read_text().partition("<!-- files -->")[2].partition("<!-- /files -->")[0]
    rows = [line for line in said.splitlines() if line.startswith("| ") and not line.startswith(("| What", "| ---"))]
    assert rows == [table_row(bad) for bad in (*WHOLE, *ROWS)]


def table_row(bad: Bad) -> str:
    """Write a line of the table."""
    what = f"{bad.what} (`{bad.name}`)"
    return f"| {what} | {'file' if not bad.code else 'row'} | {f'`{bad.code}`' if bad.code else ''} | {bad.sees} |"
