"""The explorer's download is the question's, for analysts."""

from __future__ import annotations

import csv
import gzip
import io

from surfaces.web.bank import Served


def test_the_download_is_the_question_that_stands_in_the_address(served: Served) -> None:
    with served.client("analyst") as client:
        page = client.get("/journeys/explorer?period=all")
        assert "/journeys/explorer/export?period=all&amp;format=xes.gz" in page.text
        answer = client.get("/journeys/explorer/export?period=all&channel=web&format=csv.gz")
    assert answer.headers["content-disposition"] == 'attachment; filename="events.csv.gz"'
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(answer.content).decode())))
    assert rows and {row["channel"] for row in rows} == {"web"}
    assert "@" not in str(rows)


def test_a_viewer_is_not_offered_a_download(served: Served) -> None:
    with served.client("viewer") as client:
        assert "format=xes.gz" not in client.get("/journeys/explorer").text


def test_a_format_that_does_not_exist_is_refused(served: Served) -> None:
    with served.client("analyst") as client:
        assert client.get("/journeys/explorer/export?format=xlsx").status_code == 422
