"""The audit log through API, command and page: searched, verified, exported, and the export is an entry itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from sojourn.domains.access import actions, chain
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.access.models import AuditKey
from sojourn.kit import sealing
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db
AGENT = Viewer(name="person:41", role=Role.AGENT)
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "audit.md"


@pytest.fixture(autouse=True)
def entries() -> Iterator[None]:
    settings.SOJOURN.audit_head_file.unlink(missing_ok=True)
    for number in (1, 2, 3):
        actions.audit(viewer=AGENT, what="customer.view", on=f"customer:{number}")
    chain.link()
    yield
    settings.SOJOURN.audit_head_file.unlink(missing_ok=True)


@pytest.fixture
def auditor() -> Client:
    person = actions.create_person(email="au@example.com", role=Role.AUDITOR, viewer=SYSTEM)
    client = Client()
    from sojourn.domains.access.models import Account

    client.force_login(Account.objects.get(pk=person.id), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def exported(client: Client, query: str = "") -> list[dict[str, object]]:
    answer = client.get(f"/api/v1/audit/export{query}")
    assert answer.status_code == 200
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]  # type: ignore[attr-defined]


def test_the_api_searches_and_pages() -> None:
    client = asker()
    found = client.get("/api/v1/audit", {"who": "person:41", "limit": 2}).json()
    assert [each["object"] for each in found["items"]] == ["customer:3", "customer:2"]
    rest = client.get("/api/v1/audit", {"who": "person:41", "limit": 2, "cursor": found["next"]}).json()
    assert [each["object"] for each in rest["items"]] == ["customer:1"] and rest["next"] is None
    period = {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}
    assert client.get("/api/v1/audit", period).status_code == 422


def test_the_api_verifies_and_names_what_is_wrong() -> None:
    client = asker()
    whole = client.get("/api/v1/audit/check").json()
    assert whole["ok"] and whole["rows"] == whole["place"]
    kept = {"kept": f"{whole['place']}:{whole['digest']}"}
    assert client.get("/api/v1/audit/check", kept).json()["ok"]
    assert client.get("/api/v1/audit/check", {"kept": "1"}).status_code == 422
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_auditrow SET who = 'person:1' WHERE object = 'customer:2'")
    broken = client.get("/api/v1/audit/check").json()
    assert (broken["ok"], broken["wrong"], broken["findings"][0]["kind"]) == (False, 1, "changed")


def test_an_export_is_an_entry_itself() -> None:
    client = asker()
    lines = exported(client, "?object=customer:")
    assert [each["object"] for each in lines] == ["customer:1", "customer:2", "customer:3"]
    assert client.get("/api/v1/audit", {"limit": 1}).json()["items"][0]["what"] == "audit.export"


def test_the_documents_program_verifies_an_export_without_sojourn(tmp_path: Path) -> None:
    actions.audit(viewer=AGENT, what="customer.note", on="customer:1", name="Zoë · 1")
    program = PAGE.read_text().split("```python\n")[1].split("```")[0]
    (tmp_path / "check.py").write_text(program)
    (tmp_path / "audit.jsonl").write_text("\n".join(json.dumps(each) for each in exported(asker())) + "\n")
    sealed = bytes(AuditKey.objects.get().sealed)
    (tmp_path / "audit.key").write_text(sealing.sealer(settings.SOJOURN).open(sealed, use=chain.USE).hex())

    def check() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "check.py", "audit.jsonl", "audit.key"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)

    assert check().stdout.strip().endswith("all in order")
    touched = (tmp_path / "audit.jsonl").read_text().replace("customer:2", "customer:9")
    (tmp_path / "audit.jsonl").write_text(touched)
    assert "2: changed" in check().stdout


def test_the_page_filters_verifies_and_sends_a_file(auditor: Client) -> None:
    page = auditor.get("/privacy/audit", {"object": "customer:2"}).content.decode()
    assert page.count(">customer.view</code>") == 1 and "?object=customer%3A2" in page
    assert "none touched" in auditor.get("/privacy/audit", {"verify": "1"}).content.decode()
    assert "No such entries" in auditor.get("/privacy/audit", {"who": "person:4711"}).content.decode()
    wrong = auditor.get("/privacy/audit", {"since": "soon"})
    assert wrong.status_code == 200 and "give a day such as 2026-01-31" in wrong.content.decode()
    sent = auditor.get("/privacy/audit/export", {"object": "customer:2"})
    assert len(b"".join(sent.streaming_content).splitlines()) == 1  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_auditrow WHERE object = 'customer:2'")
    assert "tampered with" in auditor.get("/privacy/audit", {"verify": "1"}).content.decode()


def test_the_page_goes_back_through_older_entries(auditor: Client) -> None:
    for number in range(60):
        actions.audit(viewer=AGENT, what="customer.view", on=f"customer:{number}")
    page = auditor.get("/privacy/audit", {"who": "person:41"}).content.decode()
    older = page.split('<p class="card-body"><a class="btn" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "customer:0<" in auditor.get(f"/privacy/audit{older}").content.decode()
