"""API keys open what their role and scopes say, until they are revoked or expire."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sojourn.domains.access import actions, queries, rules
from sojourn.domains.access.contracts import LOCAL, SYSTEM, Role, Scope, Viewer
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)
READ = frozenset({Scope.READ})


def test_a_key_opens_with_its_secret_and_shows_only_its_beginning() -> None:
    made = actions.create_key(name="reports", scopes=READ, viewer=SYSTEM, now=NOW)
    assert queries.viewer_of_key(made.secret, now=NOW) == Viewer(
        name=f"key:{made.key.id}", role=Role.ANALYST, scopes=READ
    )
    listed = queries.api_keys(viewer=SYSTEM)[0]
    assert made.secret.startswith(listed.prefix)
    assert made.secret not in str(listed)
    assert listed.last_used_at == NOW
    assert queries.viewer_of_key(made.secret + "x") is None
    assert queries.viewer_of_key("") is None


def test_use_is_noted_once_a_minute() -> None:
    made = actions.create_key(name="reports", scopes=READ, viewer=SYSTEM, now=NOW)
    for seconds, noted in ((0, 0), (59, 0), (60, 60)):
        queries.viewer_of_key(made.secret, now=NOW + timedelta(seconds=seconds))
        assert queries.api_keys(viewer=SYSTEM)[0].last_used_at == NOW + timedelta(seconds=noted)


def test_a_revoked_or_expired_key_opens_nothing() -> None:
    revoked = actions.create_key(name="a", scopes=READ, viewer=SYSTEM)
    actions.revoke_key(key_id=revoked.key.id, viewer=SYSTEM)
    assert queries.viewer_of_key(revoked.secret) is None
    until = NOW + timedelta(days=1)
    expiring = actions.create_key(name="b", scopes=READ, viewer=SYSTEM, now=NOW, expires_at=until)
    assert queries.viewer_of_key(expiring.secret, now=until - timedelta(seconds=1)) is not None
    assert queries.viewer_of_key(expiring.secret, now=until) is None


def test_nonsense_is_refused() -> None:
    with pytest.raises(InvalidError, match="name"):
        actions.create_key(name=" ", scopes=READ, viewer=SYSTEM)
    with pytest.raises(InvalidError, match="scopes"):
        actions.create_key(name="a", scopes=frozenset(), viewer=SYSTEM)
    with pytest.raises(InvalidError, match="expires_at"):
        actions.create_key(name="a", scopes=READ, viewer=SYSTEM, now=NOW, expires_at=NOW)
    with pytest.raises(NotFoundError):
        actions.revoke_key(key_id=12345, viewer=SYSTEM)
    with pytest.raises(ForbiddenError):
        actions.create_key(
            name="a", scopes=READ, viewer=Viewer(name="key:1", role=Role.ANALYST, scopes=frozenset(Scope))
        )


def test_the_running_servers_token_opens_from_this_machine_only(tmp_path: Path) -> None:
    file = tmp_path / "server.json"

    def opened(token: str, address: str) -> Viewer | None:
        return queries.viewer_of_local_token(token, server_file=file, address=address)

    assert opened("t", "127.0.0.1") is None
    file.write_text(json.dumps({"token": "t"}))
    assert opened("t", "127.0.0.1") is LOCAL and opened("t", "::1") is LOCAL
    assert opened("t", "192.168.1.7") is None and opened("u", "127.0.0.1") is None
    file.write_text(json.dumps({"token": ""}))
    assert opened("", "127.0.0.1") is None
    file.write_text("[]")
    assert opened("t", "127.0.0.1") is None


def test_an_audit_line_is_canonical() -> None:
    line = rules.audit_text(at=NOW, who="system", what="key.create", on="key:1", detail={"b": "2", "a": "1"})
    assert line == (
        '{"at":"2026-01-01T00:00:00+00:00","detail":{"a":"1","b":"2"},"object":"key:1","what":"key.create","who":"system"}'
    )
