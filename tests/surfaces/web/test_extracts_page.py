"""An extract is made, asked in SQL, downloaded and deleted on its pages."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import httpx
import pyarrow.parquet as pq

from surfaces.web.bank import Served, csrf


def post(client: httpx.Client, address: str, **data: str) -> httpx.Response:
    form = address.removesuffix("/change")
    said = {"csrfmiddlewaretoken": csrf(client.get(form).text), **data}
    return client.post(address, data=said, follow_redirects=True)


def work(served: Served) -> None:
    """Do what the work process does every few minutes."""
    job = [sys.executable, "-m", "sojourn.surfaces.worker.job", "privacy.keep_extracts", "{}"]
    place = {"SOJOURN_DATA": str(served.data), "DJANGO_SETTINGS_MODULE": "sojourn.settings"}
    subprocess.run(job, env={**os.environ, **place}, check=True)


def test_orders_leave_in_the_columns_of_a_tool(served: Served) -> None:
    asked = {"shape": "shopify-orders", "days": "", "purpose": "analytics"}
    with served.client("analyst") as client:
        assert "/measures/extracts/for-a-tool" in client.get("/measures/extracts/").text
        assert "your role does not read customers" in client.get("/measures/extracts/for-a-tool").text
        never = post(client, "/measures/extracts/for-a-tool", **asked, source="")
        assert "whom the purpose covers" in never.text and "longer time" not in never.text
        nothing = post(client, "/measures/extracts/for-a-tool", **asked, source="nowhere")
        assert "There is no such ticket or order" in nothing.text and 'value="nowhere"' in nothing.text


def test_an_extract_from_its_making_to_its_end(served: Served) -> None:
    with served.client("analyst") as client:
        assert "No extract yet" in client.get("/measures/extracts/").text
        terms = {"purpose": "analytics", "last_days": "", "every_hours": "24", "lease_days": "90"}
        refused = post(client, "/measures/extracts/new", name="Not so", **terms)
        assert "A small letter" in refused.text and 'value="Not so"' in refused.text
        waiting = post(client, "/measures/extracts/new", name="for_bi", **terms).text
        assert "The extract is being made" in waiting
        assert waiting.count("<dd>–</dd>") == 2 and "Run</button>" not in waiting  # no figure before there is one
        work(served)
        page = post(client, "/measures/extracts/of/for_bi", statement="SELECT count(*) AS counted FROM events")
        assert "counted" in page.text and "1 row." in page.text
        wrong = post(client, "/measures/extracts/of/for_bi", statement="SELECT * FROM read_csv('/etc/passwd')")
        assert "file system operations are disabled" in wrong.text
        file = client.get("/measures/extracts/of/for_bi/file")
        assert "@" not in str(pq.read_table(io.BytesIO(file.content)).to_pylist())
        assert "are gone" in post(client, "/measures/extracts/of/for_bi/change", what="delete").text
        assert client.get("/measures/extracts/of/for_bi").status_code == 404
