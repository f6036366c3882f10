"""What holds for every endpoint: problems, ways in, paging, ETags, the page about it all."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.test import Client

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Role, Scope
from sojourn.domains.catalogue import actions as catalogue
from sojourn.surfaces.rest import throttle
from sojourn.surfaces.rest.api import api
from sojourn.surfaces.rest.describing import endpoints
from surfaces.rest.asking import asker, secret, stranger

pytestmark = pytest.mark.django_db(databases="__all__")
PASSWORD = "quiet harbour at dusk"


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(f"#error-{code}") and body["title"] and body["detail"]
    return body


@pytest.mark.parametrize("path", ["/api/", "/api/v1", "/api/v1/", "/api/v2/events", "/api/v1/nothing"])
def test_an_address_that_does_not_exist_is_a_problem(path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        problem(asker().generic(method, path), 404, "not_found")


def test_a_wrong_method_names_the_right_ones() -> None:
    answer = asker().put("/api/v1/sources")
    problem(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_body_that_does_not_fit_names_the_field() -> None:
    body = problem(asker().post("/api/v1/sources", {"slug": 5}, content_type="application/json"), 422, "invalid")
    assert body["errors"][0]["field"] == "slug"
    problem(asker().post("/api/v1/sources", "{", content_type="application/json"), 400, "bad_request")


def test_a_bug_is_a_problem_without_details(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("sojourn.domains.catalogue.queries.sources", broken)
    body = problem(asker().get("/api/v1/sources"), 500, "internal")
    assert "secret" not in json.dumps(body)


def test_a_wrong_key_is_told_from_none() -> None:
    assert "Give an API key" in problem(stranger().get("/api/v1/sources"), 401, "unauthorized")["detail"]
    wrong = Client(headers={"Authorization": "Bearer sjk_wrong"})
    answer = wrong.get("/api/v1/sources")
    assert "opens nothing" in problem(answer, 401, "unauthorized")["detail"]
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_somebody_signed_in_reads_and_writes_with_the_csrf_token_only() -> None:
    access.create_person(email="ana@example.com", role=Role.ANALYST, password=PASSWORD, viewer=SYSTEM)
    client = Client(enforce_csrf_checks=True)
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/api/v1/sources").status_code == 200
    body = problem(client.put("/api/v1/plan", {"text": ""}, content_type="application/json"), 403, "forbidden")
    assert "CSRF" in body["detail"]
    token = "a" * 32
    client.cookies["csrftoken"] = token
    headers = {"X-CSRFToken": token}
    allowed = client.put("/api/v1/plan", {"text": ""}, content_type="application/json", headers=headers)
    assert allowed.status_code == 200
    # A wrong key is refused even where a cookie would open.
    problem(client.get("/api/v1/sources", headers={"Authorization": "Bearer x"}), 401, "unauthorized")


def test_the_running_servers_token_opens_from_this_machine() -> None:
    file: Path = django_settings.SOJOURN.server_file
    file.write_text(json.dumps({"token": "the-token"}))
    try:
        client = Client(headers={"Authorization": "Bearer the-token"})
        assert client.get("/api/v1/people").status_code == 200
        problem(client.get("/api/v1/people", REMOTE_ADDR="192.168.1.9"), 401, "unauthorized")
    finally:
        file.unlink()


def test_pages_follow_each_other_by_an_opaque_cursor() -> None:
    client = asker()
    for _ in range(4):
        secret()
    seen: list[int] = []
    cursor = ""
    while True:
        page = client.get("/api/v1/audit", {"limit": 2, "cursor": cursor}).json()
        seen += [each["id"] for each in page["items"]]
        if not page["next"]:
            break
        cursor = page["next"]
    assert len(seen) == 5 and seen == sorted(seen, reverse=True)
    for wrong in ("abc", "!!", "bnVsbA", "e30", "LTE"):
        problem(client.get("/api/v1/audit", {"cursor": wrong}), 422, "invalid")


def test_what_has_not_changed_is_not_sent_again() -> None:
    client = asker()
    first = client.get("/api/v1/sources")
    assert first["Cache-Control"] == "private, no-cache"
    again = client.get("/api/v1/sources", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    catalogue.create_source(slug="web", viewer=SYSTEM)
    assert client.get("/api/v1/sources", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_too_many_requests_of_one_viewer_are_refused_for_the_minute(settings: Any) -> None:
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, api_rate_per_minute=2)
    throttle.clear()
    client = asker()
    assert [client.get("/api/v1/sources").status_code for _ in range(2)] == [200, 200]
    answer = client.get("/api/v1/sources")
    problem(answer, 429, "too_many_requests")
    assert int(answer["Retry-After"]) > 0
    assert asker().get("/api/v1/sources").status_code == 200
    throttle.clear()


def test_the_page_about_the_api_needs_no_script_and_names_every_endpoint() -> None:
    answer = stranger().get("/api/v1/docs")
    text = answer.content.decode()
    assert answer.status_code == 200 and "<script" not in text and "style=" not in text
    for each in endpoints(api.get_openapi_schema()):
        assert f"{each.method} {each.path}" in text
    assert 'id="error-last_administrator"' in text
    assert "rest/docs" in text and finders.find("rest/docs.css")
    assert stranger().get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")


def test_health_tells_strangers_that_it_is_alive_and_nothing_else() -> None:
    assert stranger().get("/api/v1/health").json() == {"ok": True}


def test_metrics_are_for_this_machine_or_a_key() -> None:
    catalogue.create_source(slug="web", viewer=SYSTEM)
    text = stranger().get("/metrics").content.decode()
    assert "# TYPE sojourn_events gauge\nsojourn_events 0" in text
    assert 'sojourn_source_events_total{source="web"} 0' in text
    problem(stranger().get("/metrics", REMOTE_ADDR="192.168.1.9"), 401, "unauthorized")
    problem(stranger().get("/metrics", headers={"X-Forwarded-For": "192.168.1.9"}), 401, "unauthorized")
    key = {"Authorization": f"Bearer {secret(Role.VIEWER, Scope.READ)}"}
    assert stranger().get("/metrics", REMOTE_ADDR="192.168.1.9", headers=key).status_code == 200
    problem(stranger().post("/metrics"), 405, "method_not_allowed")


def test_a_file_is_handed_in_as_a_form_or_as_a_body() -> None:
    catalogue.create_source(slug="files", viewer=SYSTEM)
    client = asker()
    content = b"timestamp,event,user_id\n2026-01-01T10:00:00Z,Opened,u1\n"
    file = io.BytesIO(content)
    file.name = "a.csv"
    form = client.post("/api/v1/deliveries", {"source": "files", "start": "false", "file": file})
    assert form.status_code == 201, form.content
    address = "/api/v1/deliveries/stream?source=files&name=b.csv&start=false"
    stream = client.post(address, content, content_type="application/octet-stream")
    assert stream.status_code == 201, stream.content
    pipe: dict[str, Any] = {"CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(content)}
    piped = client.post(address.replace("b.csv", "c.csv"), b"", content_type="text/csv", **pipe)
    assert piped.json()["bytes_total"] == len(content)
    for begun, name in ((form.json(), "a.csv"), (stream.json(), "b.csv")):
        assert (begun["name"], begun["bytes_total"], begun["status"]) == (name, len(content), "waiting")
        where = f"/api/v1/deliveries/{begun['id']}"
        preview = client.post(f"{where}/preview", {}, content_type="application/json").json()
        assert (preview["rows_good"], preview["events"][0]["event"]) == (1, "Opened")
        assert client.post(f"{where}/cancel").json()["status"] == "cancelled"
    problem(client.post(address.replace("files", "nowhere"), content, content_type="text/csv"), 404, "not_found")


def test_a_form_whose_heads_are_too_large_is_the_callers_fault() -> None:
    file = io.BytesIO(b"timestamp,event,user_id\n")
    file.name = "a" * 5_000 + ".csv"
    problem(asker().post("/api/v1/deliveries", {"source": "files", "file": file}), 400, "bad_request")
