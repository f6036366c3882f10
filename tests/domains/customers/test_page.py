"""A customer's page: who they are, what they did, what others know, who looked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domains.customers.people import AGENT, ANALYST, OTHER_AGENT, known
from domains.privacy.bank import BEGIN, event, link, load
from sojourn.domains.access.contracts import SYSTEM, Role, Viewer
from sojourn.domains.access.models import AuditRow
from sojourn.domains.collection import hooks as collection
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import CustomerState
from sojourn.domains.customers.models import NoteRow
from sojourn.domains.journeys import actions as journeys
from sojourn.domains.journeys.contracts import Journey
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import ForbiddenError, InvalidError, NotFoundError
from sojourn.kit.period import Period

pytestmark = pytest.mark.django_db(databases="__all__")


def test_the_page_tells_who_it_is_with_source_and_time_and_leaves_an_audit_entry() -> None:
    ana = known("K-1", name="Ana Keller", email="ana@example.com")
    seen = actions.view_customer(customer=ana, viewer=AGENT)
    assert (seen.number, seen.name, seen.state, seen.persons) == (ana, "Ana Keller", CustomerState.CUSTOMER, 1)
    assert [(each.name, each.value, each.source) for each in seen.traits] == [
        ("email", "ana@example.com", "shop"),
        ("name", "Ana Keller", "shop"),
    ]
    assert [(each.kind, each.value) for each in seen.identifiers] == [("user", "K-1")]
    entry = AuditRow.objects.get(what__startswith="customer.")
    assert (entry.what, entry.object, entry.who) == ("customer.view", f"customer:{ana}", "person:7")
    assert "Ana" not in str(entry.detail)
    assert [each.who for each in queries.who_looked(customer=ana, viewer=OTHER_AGENT)] == ["person:7"]


def test_of_joined_persons_the_newest_trait_counts_and_unmerging_brings_the_old_one_back() -> None:
    ana = known("K-1", name="Ana Keller", at_us=5)
    device = known(device="d-1", name="A. Keller", plan="gold", at_us=9)
    link([(ana, device)])
    traits = {each.name: each.value for each in actions.view_customer(customer=device, viewer=AGENT).traits}
    assert traits == {"name": "A. Keller", "plan": "gold"}
    assert actions.view_customer(customer=device, viewer=AGENT).number == ana


@pytest.mark.parametrize(
    ("who", "state"),
    [
        ({"user": "K-1"}, CustomerState.CUSTOMER),
        ({"device": "d", "email": "a@b.de"}, CustomerState.PROSPECT),
        ({"device": "d", "plan": "gold"}, CustomerState.ANONYMOUS),
    ],
)
def test_customers_prospects_and_anonymous_visitors_are_kept_apart(who: dict[str, str], state: CustomerState) -> None:
    assert actions.view_customer(customer=known(**who), viewer=AGENT).state is state


def test_who_may_not_read_customers_sees_nothing() -> None:
    ana = known("K-1", name="Ana")
    for look in (
        lambda: actions.view_customer(customer=ana, viewer=ANALYST),
        lambda: queries.timeline(customer=ana, viewer=ANALYST),
        lambda: queries.panels(customer=ana, viewer=ANALYST),
        lambda: queries.who_looked(customer=ana, viewer=ANALYST),
        lambda: actions.search(text="Ana", viewer=ANALYST),
        lambda: actions.add_note(customer=ana, text="x", viewer=ANALYST),
    ):
        with pytest.raises(ForbiddenError):
            look()
    assert not AuditRow.objects.filter(what__startswith="customer.").exists()


def test_a_customer_of_another_unit_is_as_one_who_does_not_exist() -> None:
    ana = known("K-1", name="Ana")
    load([event(ana, "Opened", 0, unit="south")])
    north = Viewer(name="person:1", role=Role.AGENT, units=frozenset({"north"}))
    said = []
    for customer in (ana, 123_456_789):
        for look in (actions.view_customer, queries.timeline, queries.panels, queries.who_looked):
            with pytest.raises(NotFoundError) as refused:
                look(customer=customer, viewer=north)
            said.append(refused.value.message)
    assert len(set(said)) == 1
    assert actions.search(text="Ana", viewer=north).total == 0


def test_the_timeline_pages_filters_and_opens_texts_of_this_customer_only() -> None:
    ana = known("K-1", texts={77: {"comment": "Slow app"}})
    known("K-2", texts={88: {"comment": "Somebody else's"}})
    load(
        [
            event(ana, "Opened", 0, channel="app"),
            event(ana, "Answered", 5, channel="mail", properties=f'{{"comment_id": "{77:016x}", "x_id": "{88:016x}"}}'),
            event(ana, "Opened", 9, channel="web"),
        ]
    )
    first = queries.timeline(customer=ana, viewer=AGENT, limit=2)
    assert [(row.event.name, row.texts) for row in first.rows] == [
        ("Opened", ()),
        ("Answered", (("comment", "Slow app"),)),
    ]
    rest = queries.timeline(customer=ana, viewer=AGENT, limit=2, cursor=first.next_cursor)
    assert [row.event.channel for row in rest.rows] == ["app"]
    assert rest.next_cursor is None
    app = EventFilter(dimensions={"channel": ("app",)})
    assert len(queries.timeline(customer=ana, viewer=AGENT, events=app).rows) == 1
    late = Period(since=BEGIN + timedelta(minutes=6))
    assert len(queries.timeline(customer=ana, viewer=AGENT, period=late).rows) == 1


def test_notes_are_written_changed_and_deleted_by_their_author_and_sealed() -> None:
    ana = known("K-1")
    note = actions.add_note(customer=ana, text="  Calls on Mondays. ", viewer=AGENT)
    assert note.text == "Calls on Mondays."
    assert b"Mondays" not in bytes(NoteRow.objects.get().sealed)
    with pytest.raises(NotFoundError):
        actions.change_note(customer=ana, note=note.id, text="No.", viewer=OTHER_AGENT)
    with pytest.raises(NotFoundError):
        actions.delete_note(customer=known("K-2"), note=note.id, viewer=AGENT)
    changed = actions.change_note(customer=ana, note=note.id, text="Calls on Tuesdays.", viewer=AGENT)
    assert changed.changed_at is not None
    assert [each.text for each in actions.view_customer(customer=ana, viewer=AGENT).notes] == ["Calls on Tuesdays."]
    actions.delete_note(customer=ana, note=note.id, viewer=AGENT)
    assert actions.view_customer(customer=ana, viewer=AGENT).notes == ()
    whats = set(AuditRow.objects.values_list("what", flat=True))
    assert {"customer.note", "customer.note-change", "customer.note-delete"} <= whats
    for text in ("  ", "x" * 4_001):
        with pytest.raises(InvalidError):
            actions.add_note(customer=ana, text=text, viewer=AGENT)


def test_notes_go_with_the_person_and_are_told_and_erased() -> None:
    ana, device = known("K-1"), known(device="d-1")
    actions.add_note(customer=device, text="Seen in the branch.", viewer=AGENT)
    link([(ana, device)])
    assert len(actions.view_customer(customer=ana, viewer=AGENT).notes) == 1
    told = [dict(record) for each in collection.about_persons for held in each((device,)) for record in held.records]
    assert any(record.get("note") == "Seen in the branch." for record in told)
    for each in collection.erase_persons:
        each((device,))
    assert NoteRow.objects.count() == 0


def test_the_journeys_panel_says_where_somebody_stands() -> None:
    ana, bob = known("K-1"), known("K-2")
    journeys.save(
        journey=Journey(
            slug="card",
            name="Card",
            start="Applied",
            goals=("Approved",),
            outcomes={"declined": ("Declined",)},
            steps=("Applied", "Checked", "Approved"),
            window_days=3_650,
        ),
        viewer=SYSTEM,
    )
    load([event(ana, "Applied", 0), event(ana, "Checked", 5), event(ana, "Opened", 6), event(bob, "Opened", 0)])
    panel = next(each for each in queries.panels(customer=ana, viewer=AGENT) if each.key == "journeys")
    assert [(line.label, line.value) for line in panel.lines] == [("Card", "Checked")]
    assert next(each for each in queries.panels(customer=bob, viewer=AGENT) if each.key == "journeys").lines == ()
    load([event(ana, "Approved", 9)], number=2)
    panel = next(each for each in queries.panels(customer=ana, viewer=AGENT) if each.key == "journeys")
    assert panel.lines[0].value == "completed with Approved"
