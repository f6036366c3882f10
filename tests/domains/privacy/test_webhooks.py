"""Webhooks: new events of whom a purpose covers, signed, at least once, to a receiver that really listens."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from domains.privacy.bank import BEGIN, commit, erase, event
from domains.privacy.receiver import Receiver, receiving
from sojourn.domains.access.contracts import LOCAL, Grant, Right, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection.models import ConsumerCursor
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Purpose
from sojourn.domains.privacy.models import WebhookMessage, WebhookRow
from sojourn.domains.privacy.webhooks.sending import DELAYS
from sojourn.domains.privacy.words.webhooks import Message, MessageState, Replay, Webhook, WebhookTerms
from sojourn.kit import durable
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from surfaces.rest.asking import asker

pytestmark = pytest.mark.django_db(databases="__all__")
NOW = datetime(2026, 2, 1, tzinfo=UTC)
NORTH = Viewer(name="local", role=Role.ADMINISTRATOR, scopes=frozenset(Scope), units=frozenset({"N"}))


@pytest.fixture(autouse=True)
def inside(place: Path, settings: Any) -> None:
    """Let webhooks lead to this machine, as the tests' receiver is here."""
    settings.SOJOURN = dataclasses.replace(settings.SOJOURN, webhooks_private=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def made(receiver: Receiver, *events: str, purpose: str = "analytics") -> str:
    """Make the webhook "crm" and give its secret."""
    terms = WebhookTerms(name="crm", url=receiver.url, events=events or ("*",), purpose=purpose)
    return actions.make_webhook(terms, viewer=LOCAL, now=NOW).secret


def follow() -> None:
    collection.follow(consumer="webhooks", handle=actions.follow_webhooks)


def arrived(*events: dict[str, Any], number: int = 1) -> None:
    """Let events in and have them noted."""
    commit(events, number=number)
    follow()


def send(at: datetime = NOW) -> int:
    """Send all that is due, without jitter."""
    return sum(actions.send_webhook(each, now=at, draw=lambda: 0.0) for each in actions.due_webhooks(now=at))


def messages(state: MessageState | None = None) -> tuple[Message, ...]:
    return queries.webhook_messages("crm", state=state, viewer=LOCAL)


def only() -> Message:
    (found,) = messages()
    return found


def current() -> Webhook:
    return queries.webhook("crm", viewer=LOCAL)


def signatures(secret: str, headers: dict[str, str], body: bytes) -> str:
    """Sign as a receiver does, from the text of Standard Webhooks."""
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    key = base64.b64decode(secret[len("whsec_") :])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_a_new_event_is_sent_and_its_signature_verifies(receiver: Receiver) -> None:
    secret = made(receiver, "Paid")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    arrived(event(1, "Seen", 0), event(1, "Paid", 1, value="12.5", currency="EUR", properties='{"plan": "gold"}'))
    assert send() == 1
    ((headers, body),) = receiver.came
    assert headers["webhook-signature"] == signatures(secret, headers, body)
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("Paid", "2026-01-01T00:01:00Z")
    assert (told["data"]["value"], told["data"]["properties"]) == ("12.5000", {"plan": "gold"})
    assert told["data"]["event_id"] == only().event_id and isinstance(told["data"]["customer"], str)
    assert (only().state, only().attempts, only().status) == (MessageState.SENT, 1, 204)
    assert send(NOW + timedelta(days=9)) == 0


def test_what_is_sent_is_what_the_api_lists(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 1, value="12.5", currency="EUR", unit="N", properties='{"a": [1, null, "ü"]}'))
    send()
    ((_, body),) = receiver.came
    listed = asker(Role.ADMINISTRATOR, *Scope).get(f"/api/v1/events/{only().event_id}")
    assert json.loads(body)["data"] == listed.json()


def test_events_from_before_it_was_made_or_while_it_was_off_are_not_noted(receiver: Receiver) -> None:
    commit([event(1, "Paid", 0)], number=1)
    made(receiver)
    follow()
    actions.change_webhook("crm", is_active=False, viewer=LOCAL)
    commit([event(1, "Paid", 1)], number=2)
    actions.change_webhook("crm", is_active=True, viewer=LOCAL)
    follow()
    assert messages() == ()
    arrived(event(1, "Paid", 2), number=3)
    assert len(messages()) == 1


def test_an_event_makes_one_message_however_often_the_tail_repeats(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0), event(2, "Paid", 1))
    ConsumerCursor.objects.update(batch=0)
    follow()
    assert len(messages()) == 2
    send()
    ConsumerCursor.objects.update(batch=0)
    follow()
    assert send() == 0 and len(receiver.came) == 2


def test_it_tries_again_and_keeps_the_id(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(500, {})]
    send()
    assert (only().state, only().status, only().next_at) == (MessageState.WAITING, 500, NOW + timedelta(seconds=5))
    assert send(NOW + timedelta(seconds=4)) == 0
    assert send(NOW + timedelta(seconds=5)) == 1
    assert (only().state, only().attempts) == (MessageState.SENT, 2)
    assert len(set(receiver.ids())) == 1


def test_after_the_last_attempt_it_is_dead_and_can_be_replayed(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(500, {})] * (len(DELAYS) + 1)
    at, delays = NOW, []
    while send(at) and (following := only().next_at) is not None:
        delays.append(following - at)
        at = following
    assert tuple(delays) == DELAYS
    assert (only().state, only().attempts, only().next_at) == (MessageState.DEAD, 10, None)
    assert actions.replay_webhook("crm", viewer=LOCAL, now=at) == 1
    assert send(at) == 1 and only().state is MessageState.SENT
    assert len(set(receiver.ids())) == 1


def test_jitter_lengthens_a_delay_by_a_tenth_at_most(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(500, {})]
    actions.send_webhook(current().id, now=NOW, draw=lambda: 1.0)
    assert only().next_at == NOW + 1.1 * DELAYS[0]


def test_410_switches_it_off(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(410, {})]
    send()
    assert not current().is_active and "410" in current().message
    assert only().state is MessageState.DEAD
    assert AuditRow.objects.filter(what="webhook.stop").count() == 1


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("said", ["120", format_datetime(NOW + timedelta(seconds=120), usegmt=True)])
def test_a_busy_receiver_is_left_alone_as_long_as_it_asks(receiver: Receiver, status: int, said: str) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(status, {"Retry-After": said})]
    send()
    arrived(event(1, "Paid", 1), number=2)
    assert send(NOW + timedelta(seconds=119)) == 0
    assert send(NOW + timedelta(seconds=120)) == 2


@pytest.mark.parametrize("said", ["tomorrow", "-1", "", "9" * 400])
def test_a_retry_after_of_nonsense_is_not_followed_for_long(receiver: Receiver, said: str) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(503, {"Retry-After": said})]
    send()
    assert send(NOW + timedelta(days=1)) == 1


def test_who_objects_before_it_is_sent_is_withheld(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0), event(2, "Paid", 1))
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    assert send() == 2
    assert len(receiver.came) == 1
    assert [each.state for each in messages()] == [MessageState.SENT, MessageState.WITHHELD]


def test_an_objection_to_analytics_does_not_stop_service(receiver: Receiver) -> None:
    made(receiver, purpose="service")
    arrived(event(1, "Paid", 0))
    actions.record_consent(customer=1, purpose=Purpose.ANALYTICS, allowed=False, at=BEGIN)
    send()
    assert only().state is MessageState.SENT


def test_an_erasure_removes_what_is_noted_and_nothing_is_sent(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0), event(2, "Paid", 1))
    actions.refresh_timeline()
    erase(1)
    assert set(WebhookMessage.objects.values_list("person", flat=True)) == {2}
    send()
    assert len(receiver.came) == 1
    ConsumerCursor.objects.update(batch=0)
    follow()
    assert set(WebhookMessage.objects.values_list("person", flat=True)) == {2}


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(receiver: Receiver) -> None:
    old = made(receiver)
    new = actions.rotate_webhook("crm", viewer=LOCAL, now=NOW).secret
    arrived(event(1, "Paid", 0))
    send(NOW + timedelta(hours=23))
    arrived(event(1, "Paid", 1), number=2)
    send(NOW + timedelta(hours=24))
    (first, body), (second, later) = receiver.came
    assert first["webhook-signature"].split() == [signatures(each, first, body) for each in (new, old)]
    assert second["webhook-signature"] == signatures(new, second, later)


def test_secrets_are_sealed(receiver: Receiver) -> None:
    secret = made(receiver)
    assert secret.encode() not in bytes(WebhookRow.objects.get().secret)
    assert secret not in json.dumps(list(AuditRow.objects.values_list("detail", flat=True)))


class KilledError(BaseException):
    """Stands for the end of the process."""


def test_killed_between_sending_and_noting_it_sends_the_same_id_again(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(point: str) -> None:
        if point == "webhook.sent":
            raise KilledError

    made(receiver)
    arrived(event(1, "Paid", 0))
    with monkeypatch.context() as patched:
        patched.setattr(durable, "reach", kill)
        with pytest.raises(KilledError):
            send()
    assert only().state is MessageState.WAITING
    send()
    assert receiver.ids() == [only().message] * 2
    assert receiver.came[0][1] == receiver.came[1][1]


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    receiver.answers = [(307, {"Location": receiver.url})]
    send()
    assert (len(receiver.came), only().status, only().state) == (1, 307, MessageState.WAITING)


def test_nobody_listening_is_a_failed_attempt_and_a_rest(receiver: Receiver) -> None:
    with receiving() as gone:
        made(gone)
    arrived(event(1, "Paid", 0))
    send()
    assert only().status is None and only().said == "The connection failed: ConnectError."
    assert current().rests_until == NOW + timedelta(seconds=5)
    arrived(event(1, "Paid", 1), number=2)
    assert actions.due_webhooks(now=NOW) == ()


def test_a_test_message_holds_no_event(receiver: Receiver) -> None:
    secret = made(receiver, "Paid")
    actions.try_webhook("crm", viewer=LOCAL, now=NOW)
    send()
    ((headers, body),) = receiver.came
    assert json.loads(body) == {"type": "ping", "timestamp": "2026-02-01T00:00:00Z", "data": {"webhook": "crm"}}
    assert headers["webhook-signature"] == signatures(secret, headers, body)
    actions.change_webhook("crm", is_active=False, viewer=LOCAL)
    with pytest.raises(ConflictError):
        actions.try_webhook("crm", viewer=LOCAL)


def test_one_message_or_a_period_is_replayed(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0), event(1, "Paid", 5))
    with pytest.raises(ConflictError):
        actions.replay_webhook("crm", Replay(message=messages()[0].id), viewer=LOCAL)
    send()
    assert actions.replay_webhook("crm", viewer=LOCAL, now=NOW) == 0
    assert actions.replay_webhook("crm", Replay(message=messages()[0].id), viewer=LOCAL, now=NOW) == 1
    send()
    period = Replay(since=BEGIN, until=BEGIN + timedelta(minutes=5))
    assert actions.replay_webhook("crm", period, viewer=LOCAL, now=NOW) == 1
    send()
    assert sorted(receiver.ids().count(each.message) for each in messages()) == [2, 2]
    for wrong, error in ((Replay(message=12_345), NotFoundError), (Replay(since=BEGIN), InvalidError)):
        with pytest.raises(error):
            actions.replay_webhook("crm", wrong, viewer=LOCAL)


def test_a_part_of_the_organisation_sends_its_own_events_only(receiver: Receiver) -> None:
    units = frozenset({"N"})
    grants = (
        Grant(rights=frozenset({Right.WEBHOOKS_MANAGE}), units=None),
        Grant(rights=frozenset({Right.EVENTS_EXPORT}), units=units),
    )
    maker = Viewer(name="local", scopes=frozenset(Scope), grants=grants)
    terms = WebhookTerms(name="crm", url=receiver.url, events=("*",), purpose="analytics")
    actions.make_webhook(terms, viewer=maker, now=NOW)
    arrived(event(1, "Paid", 0, unit="N"), event(1, "Paid", 1, unit="S"))
    send()
    assert [json.loads(body)["data"]["unit"] for _, body in receiver.came] == ["N"]
    with pytest.raises(ForbiddenError):
        queries.webhooks(viewer=NORTH)


def test_it_ends_with_its_maker(receiver: Receiver) -> None:
    made(receiver)
    WebhookRow.objects.update(made_by="person:987")
    arrived(event(1, "Paid", 0))
    assert send() == 0
    assert not current().is_active and "no longer here" in current().message
    assert receiver.came == [] and only().state is MessageState.WAITING


def test_too_many_waiting_switch_it_off(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sojourn.domains.privacy.webhooks.following.WAITING_MAX", 2)
    made(receiver)
    arrived(*(event(1, "Paid", minute) for minute in range(3)))
    assert messages() == () and not current().is_active
    assert "would wait" in current().message


def test_settled_messages_go_after_a_month_and_deleting_takes_all(receiver: Receiver) -> None:
    made(receiver)
    arrived(event(1, "Paid", 0))
    send()
    assert actions.sweep_webhooks(now=NOW + timedelta(days=29)) == 0
    assert actions.sweep_webhooks(now=NOW + timedelta(days=31)) == 1
    actions.delete_webhook("crm", viewer=LOCAL)
    with pytest.raises(NotFoundError):
        current()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Has spaces"}, "name"),
        ({"purpose": "regulatory"}, "purpose"),
        ({"events": ()}, "events"),
        ({"events": ("",)}, "events"),
        ({"url": "ftp://example.com"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://a:b@example.com/"}, "url"),
        ({"url": "https://example.com:99999/"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": "https://example.com/a b"}, "url"),
    ],
)
def test_terms_that_cannot_be_are_refused(change: dict[str, Any], field: str) -> None:
    terms = WebhookTerms(name="crm", url="https://example.com/hooks", events=("*",), purpose="analytics")
    with pytest.raises(InvalidError, match=f"^{field}"):
        actions.make_webhook(dataclasses.replace(terms, **change), viewer=LOCAL)


def test_two_of_one_name_are_refused(receiver: Receiver) -> None:
    made(receiver)
    with pytest.raises(ConflictError):
        made(receiver)
