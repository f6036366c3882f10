"""Answers of a PostgreSQL database as CSV files, through psycopg (an extra)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sojourn.engine.stream.places.addresses import looked_up
from sojourn.engine.stream.places.words import SECONDS, DatabaseAddress, PlaceError, Remote, TooLong

if TYPE_CHECKING:
    import psycopg

STATEMENT_SECONDS: Final = 3_600
READING: Final = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS * 1_000} -c timezone=UTC"
ABOUT_THE_QUERY: Final = "42"  # classes of SQLSTATE whose messages name tables and columns, and no values
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def opened(address: DatabaseAddress, secret: str) -> Iterator[Database]:
    """Give the database while the block lasts, in a session that only reads; raise PlaceError."""
    try:
        import psycopg
    except ImportError:
        raise PlaceError("PostgreSQL needs an extra: pip install 'sojourn[postgres]'.") from None
    numbers = looked_up(address.host, address.port)
    with _sentences(address):
        connection = psycopg.connect(
            host=",".join([address.host] * len(numbers)),
            hostaddr=",".join(numbers),
            port=address.port,
            dbname=address.database,
            user=address.user,
            password=secret,
            connect_timeout=int(SECONDS),
            sslmode="require" if address.is_encrypted else "prefer",
            options=READING,
            application_name="sojourn",
        )
    with connection:
        yield Database(connection, address)


class Database:
    """One question to a database, as a place with one file."""

    def __init__(self, connection: psycopg.Connection[Any], address: DatabaseAddress) -> None:
        self._connection, self._address = connection, address

    def files(self) -> list[Remote]:
        """Name the one file that the question gives, anew at every round."""
        with _sentences(self._address):
            # Prepared, it can only be one statement.
            self._connection.execute(f"EXPLAIN {self._query()}", prepare=True)
        until = self._address.until or datetime.now(UTC)
        return [Remote(name=self._name(until), mark=until.isoformat())]

    def fetch(self, remote: Remote, target: Path, *, most: int) -> None:
        """Write the answer as CSV with a header; raise PlaceError."""
        so_far = TooLong(remote.name, most)
        with (
            _sentences(self._address),
            self._connection.cursor() as cursor,
            target.open("xb") as file,
            cursor.copy(f"COPY ({self._query()}) TO STDOUT WITH (FORMAT csv, HEADER)") as copy,
        ):
            for piece in copy:
                so_far.add(len(piece))
                file.write(piece)

    def _name(self, until: datetime) -> str:
        """Give an answer of what is new a name of its own: under the same one it would replace the answer before."""
        if "%(since)s" not in self._address.query:
            return self._address.name
        return f"{self._address.name.removesuffix('.csv')}-{until:%Y%m%dT%H%M%S}.csv"

    def _query(self) -> str:
        """Give the question with its times in it; COPY takes no parameters, so psycopg writes them out."""
        import psycopg

        query = self._address.query.strip().rstrip(";")
        if "%(since)s" not in query and "%(until)s" not in query:
            return query
        bounds = {"since": self._address.since or EPOCH, "until": self._address.until or datetime.now(UTC)}
        return psycopg.ClientCursor(self._connection).mogrify(query, bounds)


@contextmanager
def _sentences(address: DatabaseAddress) -> Iterator[None]:
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise PlaceError(_sentence(address, error)) from None


def _sentence(address: DatabaseAddress, error: psycopg.Error) -> str:
    """Say what the database said, as far as no value of a row can be in it."""
    state = error.sqlstate or ""
    if not state or state.startswith("28"):
        return f"{address.host} cannot be reached, or does not let {address.user} in."
    if state.startswith(ABOUT_THE_QUERY) and error.diag.message_primary:
        return f"The database refused the query: {error.diag.message_primary}."
    return f"The database refused the query ({state}, {type(error).__name__})."
