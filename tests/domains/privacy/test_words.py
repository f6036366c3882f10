"""Words on purposes: what many come to, what proves them, and what acts on the next read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.privacy.bank import BEGIN, commit, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Scope, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.collection import actions as collection
from sojourn.domains.privacy import actions, queries
from sojourn.domains.privacy.contracts import Basis, EventFilter, How, NoticeText, Proof, Purpose, Standing
from sojourn.domains.privacy.models import ConsentWord
from sojourn.domains.privacy.standing import following, purposes, wording
from sojourn.domains.privacy.standing.wording import Outcome, Spoken
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError

pytestmark = pytest.mark.django_db(databases="__all__")
OFFICER = Viewer(name="person:3", role=Role.PRIVACY_OFFICER, scopes=frozenset(Scope))
AGENT = Viewer(name="person:4", role=Role.AGENT, scopes=frozenset(Scope))
ANALYST = Viewer(name="person:5", role=Role.ANALYST, scopes=frozenset(Scope))
SPOKEN = st.builds(Spoken, st.booleans(), st.sampled_from(How), st.integers(0, 5))


def seen(customer: int, purpose: Purpose = Purpose.MARKETING) -> list[str]:
    """Give the names of a customer's events that a purpose sees, through SQL."""
    return [row.name for row in queries.events(customer=customer, purpose=purpose, viewer=SYSTEM).rows]


def standing(customer: int, purpose: str = "marketing") -> Standing:
    return next(each for each in queries.standings_of(customer) if each.purpose == purpose)


def say(customer: int, allowed: bool, day: int, how: How = How.AGENT, purpose: str = "marketing", **proof: Any) -> None:
    made = Proof(how=how, **proof)
    actions.record_choices(customer=customer, choices={purpose: allowed}, at=BEGIN + timedelta(days=day), proof=made)


def naive(words: list[Spoken]) -> bool | None:
    """Decide backwards: the last choice, then whatever refuses after it."""
    ordered = sorted(words, key=lambda each: each.said_us)
    chosen = [at for at, each in enumerate(ordered) if each.how not in (How.SDK, How.GPC)]
    begin = chosen[-1] if chosen else 0
    after = [each for each in ordered[begin:] if not (each.how is How.GPC and each.allowed)]
    if not after:
        return None
    firm = [each for each in after if not each.allowed and each.how is not How.SDK]
    return False if firm else after[-1].allowed


@given(words=st.lists(SPOKEN, max_size=7))
def test_words_come_to_what_deciding_backwards_says(words: list[Spoken]) -> None:
    found = wording.outcome(words)
    assert (None if found is None else found.allowed) == naive(words)


def test_what_a_tracking_library_repeats_lifts_no_refusal_that_somebody_chose() -> None:
    words = [Spoken(True, How.SDK, 1), Spoken(False, How.PREFERENCE_CENTRE, 2), Spoken(True, How.SDK, 3)]
    assert wording.outcome(words) == Outcome(False, True, 2)
    assert wording.outcome([Spoken(False, How.SDK, 1), Spoken(True, How.SDK, 2)]) == Outcome(True, False, 2)
    assert wording.outcome([Spoken(False, How.GPC, 1), Spoken(True, How.SDK, 2)]) == Outcome(False, True, 1)
    assert wording.outcome([Spoken(False, How.GPC, 1), Spoken(True, How.BANNER, 2)]) == Outcome(True, False, 2)


def test_each_word_keeps_its_proof_and_none_is_lost() -> None:
    load([event(1, "Opened", 0)])
    say(1, True, 1, How.FORM, source="branch-form", notice=1, language="de")
    say(1, False, 2, by="person:4")
    words = queries.words(customer=1, viewer=AGENT)
    assert [(word.allowed, word.how, word.source, word.by, word.notice, word.language) for word in words] == [
        (False, How.AGENT, "", "person:4", None, ""),
        (True, How.FORM, "branch-form", "", 1, "de"),
    ]
    assert standing(1).allowed is False
    with pytest.raises(ForbiddenError):
        queries.words(customer=1, viewer=ANALYST)


def test_a_late_word_takes_its_place_in_time() -> None:
    load([event(1, "Opened", 0, purposes=63)])
    say(1, False, 5)
    say(1, True, 3)
    assert not standing(1).allowed
    say(1, True, 6)
    assert standing(1).said_at == BEGIN + timedelta(days=6)
    assert seen(1) == ["Opened"]


def test_a_grant_runs_out_and_is_then_as_if_unsaid() -> None:
    load([event(1, "Opened", 0, purposes=63)])
    terms = queries.purpose("marketing")
    kept = {"title": terms.title, "basis": terms.basis, "categories": terms.categories, "tcf": terms.tcf}
    actions.save_purpose(name="marketing", expires_months=1, viewer=OFFICER, **kept)
    long_ago = datetime.now(UTC) - timedelta(days=60)
    actions.record_choices(customer=1, choices={"marketing": True}, at=long_ago, proof=Proof(how=How.FORM))
    assert (standing(1).allowed, standing(1).said) == (False, None)
    assert seen(1) == []
    assert actions.notice_expired()
    assert not actions.notice_expired()
    actions.record_choices(customer=1, choices={"marketing": True}, at=datetime.now(UTC), proof=Proof(how=How.FORM))
    assert standing(1).allowed and standing(1).expires_at is not None
    actions.record_choices(customer=1, choices={"analytics": False}, at=long_ago, proof=Proof(how=How.FORM))
    assert standing(1, "analytics").said is False, "an objection does not run out"


def test_a_grant_opens_what_came_before_only_where_the_notice_said_so() -> None:
    load([event(1, "Opened", 0), event(2, "Opened", 0)])
    say(1, True, 2, How.FORM, notice=1)
    assert seen(1) == []
    opening = {"en": NoticeText(title="News", text="We also look at what you did before.")}
    version = actions.publish_notice(purpose="marketing", texts=opening, opens_earlier=True, viewer=OFFICER)[0].version
    say(2, True, 2, How.FORM, notice=version)
    assert seen(2) == ["Opened"]
    assert [row.name for row in queries.events_of(2, purpose=Purpose.MARKETING, viewer=SYSTEM).rows] == ["Opened"]
    found = queries.vocabulary(purpose=Purpose.MARKETING, viewer=SYSTEM)
    assert [(term.name, term.customers) for term in found.names] == [("Opened", 1)]
    link([(1, 2)])
    actions.refresh_timeline()
    assert seen(1) == [], "the stricter of two grants counts"


def test_a_purpose_of_ones_own_gets_a_bit_and_is_read_like_the_others() -> None:
    saved = actions.save_purpose(
        name="partner_offers", title="Partner offers", basis=Basis.OPT_IN, categories=("Partners",), viewer=OFFICER
    )
    assert saved.bit == 64
    assert queries.collected({"categoryPreferences": {"partners": True}}, False)[0] == 7 | 64
    load([event(1, "Opened", 0, purposes=7 | 64), event(2, "Opened", 0)])
    say(1, True, 1, purpose="partner_offers")
    say(2, True, 1, purpose="partner_offers")
    assert seen(1, Purpose("partner_offers")) == ["Opened"]
    assert seen(2, Purpose("partner_offers")) == []
    found = queries.vocabulary(purpose=Purpose("partner_offers"), viewer=SYSTEM)
    assert [(term.name, term.customers) for term in found.names] == [("Opened", 1)]
    actions.save_purpose(name="partner_offers", title="Old", basis=Basis.OPT_IN, is_active=False, viewer=OFFICER)
    with pytest.raises(InvalidError, match="no longer used"):
        seen(1, Purpose("partner_offers"))
    with pytest.raises(InvalidError, match="There is no purpose 'raffle'"):
        seen(1, Purpose("raffle"))


def test_bits_are_given_once_and_run_out_with_a_sentence() -> None:
    made = [
        actions.save_purpose(name=f"own_{n}", title="Own", basis=Basis.OPT_OUT, viewer=OFFICER).bit for n in range(9)
    ]
    assert made == [1 << n for n in range(6, 15)]
    load([event(1, "Opened", 0, purposes=made[-1]), event(2, "Opened", 0, purposes=made[0])])
    assert (seen(1, Purpose("own_8")), seen(1, Purpose("own_0"))) == (["Opened"], [])
    found = queries.vocabulary(purpose=Purpose("own_8"), viewer=SYSTEM)
    assert [(term.name, term.customers) for term in found.names] == [("Opened", 1)], "through the timeline, too"
    with pytest.raises(ConflictError, match="9 purposes of your own"):
        actions.save_purpose(name="one_more", title="Own", basis=Basis.OPT_OUT, viewer=OFFICER)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "No!"}, "name:"),
        ({"title": " "}, "title:"),
        ({"expires_months": 0}, "expires_months:"),
        ({"tcf": (12,)}, "tcf:"),
        ({"right": "customers.read"}, "right:"),
        ({"basis": Basis.CONTRACT}, "right:"),
        ({"categories": ("",)}, "categories:"),
    ],
)
def test_a_purpose_that_makes_no_sense_is_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidError, match=why):
        actions.save_purpose(**{"name": "own", "title": "Own", "basis": Basis.OPT_IN, "viewer": OFFICER, **wrong})


def test_purposes_are_for_those_who_may_manage_them() -> None:
    with pytest.raises(ForbiddenError):
        actions.save_purpose(name="own", title="Own", basis=Basis.OPT_IN, viewer=AGENT)
    with pytest.raises(ForbiddenError):
        actions.publish_notice(purpose="marketing", texts={"en": NoticeText(title="A", text="B")}, viewer=AGENT)
    with pytest.raises(ConflictError, match="stays one"):
        actions.save_purpose(name="service", title="Service", basis=Basis.OPT_IN, viewer=OFFICER)
    with pytest.raises(ConflictError, match="cannot be retired"):
        actions.save_purpose(name="research", title="R", basis=Basis.OPT_OUT, is_active=False, viewer=OFFICER)
    with pytest.raises(InvalidError, match="language code"):
        actions.publish_notice(purpose="marketing", texts={"e1": NoticeText(title="A", text="B")}, viewer=OFFICER)


def test_reading_under_contract_needs_the_right_and_stands_in_the_audit_log() -> None:
    load([event(1, "Opened", 0)])
    with pytest.raises(ForbiddenError, match=r"customers\.read"):
        queries.events(purpose=Purpose.SERVICE, viewer=ANALYST)
    with pytest.raises(ForbiddenError, match=r"customers\.read"):
        queries.vocabulary(purpose=Purpose.SERVICE, viewer=ANALYST)
    once = Viewer(name="person:audited", role=Role.AGENT)
    for _ in range(3):
        queries.events_of(1, purpose=Purpose.SERVICE, viewer=once)
    entries = AuditRow.objects.filter(who="person:audited", what="purpose.read", object="purpose:service")
    assert entries.count() == 1


def test_choices_are_noted_by_those_who_may_for_customers_whom_they_reach() -> None:
    load([event(1, "Opened", 0, unit="north")])
    south = Viewer(name="person:6", role=Role.AGENT, scopes=frozenset(Scope), units=frozenset({"south"}))
    said = {"choices": {"marketing": True}, "proof": Proof(how=How.AGENT)}
    with pytest.raises(NotFoundError):
        actions.note_choices(customer=1, viewer=south, **said)  # type: ignore[arg-type]
    with pytest.raises(ForbiddenError):
        actions.note_choices(customer=1, viewer=ANALYST, **said)  # type: ignore[arg-type]
    actions.note_choices(customer=1, viewer=AGENT, **said)  # type: ignore[arg-type]
    assert standing(1).allowed
    assert AuditRow.objects.filter(what="consent.record", object="customer:1").count() == 1
    with pytest.raises(InvalidError, match="future"):
        say(1, True, 100_000)
    with pytest.raises(InvalidError, match="at least one"):
        actions.record_choices(customer=1, choices={}, at=BEGIN, proof=Proof(how=How.API))


def told(said: str, by: str | None = None) -> str:
    return json.dumps({following.SAID: said} | ({following.SIGNAL: by} if by else {}))


def test_events_bring_the_state_of_today_up_to_what_they_say() -> None:
    say(2, False, 0, How.PREFERENCE_CENTRE)
    commit(
        [
            event(1, "Page Viewed", 10_000, properties=told("analytics=no,marketing=yes,unknown=yes")),
            event(1, "Page Viewed", 10_001, properties=told("analytics=no,marketing=yes")),
            event(2, "Page Viewed", 10_000, properties=told("marketing=yes")),
            event(3, "Page Viewed", 10_000, properties=told("marketing=no,personalisation=no,analytics=yes", "gpc")),
            event(4, following.UPDATED, 10_000, properties=told("marketing=no")),
            event(5, "Paid", 10_000, properties='{"$consent": 5}'),
        ],
        number=1,
        source="site",
    )
    collection.run_tail()
    words = ConsentWord.objects.filter(person__in=[1, 3, 4, 5])
    assert sorted((word.person, word.purpose, word.allowed, word.how) for word in words) == [
        (1, "analytics", False, "sdk"),
        (1, "marketing", True, "sdk"),
        (3, "analytics", True, "sdk"),
        (3, "marketing", False, "gpc"),
        (3, "personalisation", False, "gpc"),
        (4, "marketing", False, "banner"),
    ]
    assert standing(1).allowed and not standing(1, "analytics").allowed
    assert not standing(2).allowed, "a library's repetition lifts no refusal"
    assert queries.words_of_customer(1)[0].source == "site"
    before = ConsentWord.objects.count()
    commit([event(1, "Page Viewed", 10_002, properties=told("analytics=no,marketing=yes"))], number=2)
    collection.run_tail()
    assert ConsentWord.objects.count() == before, "what changes nothing is not noted again"


def test_the_signal_refuses_sale_and_personal_advertising_at_collection() -> None:
    bits, kept = queries.collected({"categoryPreferences": {"advertising": True, "analytics": True}}, True)
    assert bits == 7
    assert kept[following.SIGNAL] == "gpc"
    assert wording.unspelled(kept[following.SAID])["marketing"] is False
    assert queries.collected(None, False) == (7, {})


def test_counts_say_how_many_stand_how_and_hide_the_few(settings: Any) -> None:
    load([event(person, "Opened", 0, unit="north" if person < 6 else "south") for person in range(1, 11)])
    for person in (1, 2, 3):
        say(person, True, 1)
    say(4, False, 1)
    say(7, False, 1, purpose="analytics")
    found = {each.purpose: each for each in queries.consent_counts(viewer=OFFICER)}
    marketing, analytics = found["marketing"], found["analytics"]
    assert (marketing.customers, marketing.allowed, marketing.granted, marketing.refused) == (10, 3, 3, None)
    assert (analytics.allowed, analytics.refused) == (None, None), "ten less one would tell that it is one"
    north = Viewer(name="person:9", role=Role.PRIVACY_OFFICER, units=frozenset({"north"}))
    inside = {each.purpose: each for each in queries.consent_counts(viewer=north)}
    assert (inside["marketing"].customers, inside["analytics"].allowed) == (5, 5)
    with pytest.raises(ForbiddenError):
        queries.consent_counts(viewer=ANALYST)


def test_words_are_counted_day_by_day() -> None:
    load([event(person, "Opened", 0) for person in range(1, 5)])
    today = datetime.now(UTC)
    for person in (1, 2, 3):
        actions.record_choices(customer=person, choices={"marketing": True}, at=today, proof=Proof(how=How.API))
    days = queries.consent_days(viewer=OFFICER)
    assert [(day.purpose, day.day, day.granted, day.refused) for day in days] == [
        ("marketing", today.date().isoformat(), 3, 0)
    ]


def test_another_database_is_not_answered_from_memory() -> None:
    assert purposes.known()["marketing"].expires_months is None
    assert queries.events(events=EventFilter(), viewer=SYSTEM).rows == ()
