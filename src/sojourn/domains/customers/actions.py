"""Do: look at a customer, search, write notes; whoever sees a customer leaves an audit entry."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

import numpy as np
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.customers import notes, rules
from sojourn.domains.customers.accounts import stages
from sojourn.domains.customers.accounts.following import follow_groups as follow_groups
from sojourn.domains.customers.accounts.importing import import_accounts as import_accounts
from sojourn.domains.customers.accounts.keeping import delete_account as delete_account
from sojourn.domains.customers.accounts.keeping import find_accounts as find_accounts
from sojourn.domains.customers.accounts.keeping import list_accounts as list_accounts
from sojourn.domains.customers.accounts.keeping import remove_member as remove_member
from sojourn.domains.customers.accounts.keeping import save_account as save_account
from sojourn.domains.customers.accounts.keeping import view_account as view_account
from sojourn.domains.customers.accounts.stages import save_prospect_rule as save_prospect_rule
from sojourn.domains.customers.accounts.told import forget_accounts as forget_accounts
from sojourn.domains.customers.accounts.told import forget_accounts_in_part as forget_accounts_in_part
from sojourn.domains.customers.cases import CaseExport as CaseExport
from sojourn.domains.customers.cases import export_cases as export_cases
from sojourn.domains.customers.contracts import Customer, CustomerIdentifier, Hit, Hits, Note, TraitRule
from sojourn.domains.customers.joining import merge_customers as merge_customers
from sojourn.domains.customers.joining import take_out as take_out
from sojourn.domains.customers.joining import undo_decision as undo_decision
from sojourn.domains.customers.masked import view_masked as view_masked
from sojourn.domains.customers.models import NoteRow, TraitRow
from sojourn.domains.customers.people import ListFormat as ListFormat
from sojourn.domains.customers.people import export_people as export_people
from sojourn.domains.customers.people import people as people
from sojourn.domains.customers.queries import PAGE, named, reached
from sojourn.domains.customers.saving import change_list as change_list
from sojourn.domains.customers.saving import delete_list as delete_list
from sojourn.domains.customers.saving import restore_list as restore_list
from sojourn.domains.customers.saving import save_list as save_list
from sojourn.domains.identity import queries as identity
from sojourn.domains.identity.contracts import FoundBy, OpenedTrait
from sojourn.domains.privacy import queries as privacy
from sojourn.domains.privacy.contracts import EventFilter
from sojourn.kit.errors import InvalidError, NotFoundError

NOTE_MAX_CHARACTERS: Final = 4_000
SEARCH_MAX_CHARACTERS: Final = 200
HITS_MOST: Final = 50


def view_customer(*, customer: int, viewer: Viewer, now: datetime | None = None) -> Customer:
    """Open a customer's page: who they are, what is known and noted; the look is written to the audit log.

    Raise ForbiddenError below the right to read customers, NotFoundError for one that is not there or whom the viewer
    does not reach.
    """
    viewer.require(Right.CUSTOMERS_READ)
    current = reached(customer, viewer)
    persons = identity.persons_of(customer=current)
    traits = rules.newest(identity.traits_of(persons))
    identifiers = identity.identifiers_of(persons)
    found = Customer(
        number=current,
        name=rules.name_of({each.name: each.value for each in traits}),
        state=rules.state_of(
            kinds := frozenset(each.kind for each in identifiers),
            {each.name for each in traits},
            is_customer=current in stages.makes_customers(dict.fromkeys(persons, current), {current: kinds}),
        ),
        traits=traits,
        identifiers=tuple(CustomerIdentifier(kind=each.kind, value=each.value) for each in identifiers),
        persons=len(persons),
        notes=notes.notes_of(persons),
    )
    access.audit(viewer=viewer, what="customer.view", on=named(current), now=now, purpose=PAGE.value)
    return found


def search(*, text: str, viewer: Viewer, limit: int = 20, now: datetime | None = None) -> Hits:
    """Find customers by number, device, case, mail, phone, or whole words of name, company and town.

    The audit log notes that somebody searched and how many were found, never for what. Raise ForbiddenError below the
    right to read customers and InvalidError for a text that is empty or too long.
    """
    viewer.require(Right.CUSTOMERS_READ)
    wanted = text.strip()
    if not wanted or len(wanted) > SEARCH_MAX_CHARACTERS:
        raise InvalidError(f"text: say whom to look for in 1 to {SEARCH_MAX_CHARACTERS} characters.")
    if not 1 <= limit <= HITS_MOST:
        raise InvalidError(f"limit: choose 1 to {HITS_MOST} customers, not {limit}.")
    found = identity.find(wanted)
    by = _by_customer(found.persons)
    for token in found.cases:
        by |= dict.fromkeys(_of_case(token, viewer), FoundBy.CASE)
    numbers = np.array(list(by), np.int64)
    looking = viewer.within(Right.CUSTOMERS_READ)
    seen = numbers[privacy.reachable(numbers, purpose=PAGE, viewer=looking)].tolist()
    rows = _hits(seen[:limit], by)
    access.audit(viewer=viewer, what="customer.search", on="customers", now=now, found=str(len(seen)))
    return Hits(rows=rows, total=len(seen), is_cut=found.is_cut or len(seen) > limit)


def add_note(*, customer: int, text: str, viewer: Viewer, now: datetime | None = None) -> Note:
    """Write a note about a customer; raise as `view_customer`, and InvalidError for a text empty or too long."""
    viewer.require(Right.CUSTOMERS_WRITE)
    current = reached(customer, viewer, Right.CUSTOMERS_WRITE)
    at = now or timezone.now()
    with transaction.atomic(using=router.db_for_write(NoteRow)):
        row = NoteRow.objects.create(
            person=current, sealed=notes.sealed(_checked(text)), author=viewer.name, written_at=at
        )
        access.audit(viewer=viewer, what="customer.note", on=named(current), now=now, note=str(row.pk))
    return notes.note_of(row)


def change_note(*, customer: int, note: int, text: str, viewer: Viewer, now: datetime | None = None) -> Note:
    """Change one's own note; raise as `add_note`, and NotFoundError for a note that is not there or somebody else's."""
    viewer.require(Right.CUSTOMERS_WRITE)
    with transaction.atomic(using=router.db_for_write(NoteRow)):
        row, current = _own(customer, note, viewer)
        row.sealed = notes.sealed(_checked(text))
        row.changed_at = now or timezone.now()
        row.save(update_fields=["sealed", "changed_at"])
        access.audit(viewer=viewer, what="customer.note-change", on=named(current), now=now, note=str(note))
    return notes.note_of(row)


def delete_note(*, customer: int, note: int, viewer: Viewer, now: datetime | None = None) -> None:
    """Delete one's own note; raise as `change_note`."""
    viewer.require(Right.CUSTOMERS_WRITE)
    with transaction.atomic(using=router.db_for_write(NoteRow)):
        row, current = _own(customer, note, viewer)
        row.delete()
        access.audit(viewer=viewer, what="customer.note-delete", on=named(current), now=now, note=str(note))


def forget_notes(*, persons: tuple[int, ...]) -> None:
    """Delete the notes about erased persons."""
    for at in range(0, len(persons), notes.AT_ONCE):
        NoteRow.objects.filter(person__in=persons[at : at + notes.AT_ONCE]).delete()


def save_trait(*, rule: TraitRule, viewer: Viewer, now: datetime | None = None) -> TraitRule:
    """Save a computed trait, in place of the one with its slug; raise ForbiddenError, or InvalidError of a field."""
    viewer.require(Right.PLAN_WRITE)
    rules.check_rule(rule)
    with transaction.atomic(using=router.db_for_write(TraitRow)):
        row, _ = TraitRow.objects.update_or_create(
            slug=rule.slug,
            defaults={
                "name": rule.name.strip(),
                "how": rule.how.value,
                "of": rule.of,
                "currency": rule.currency,
                "events": list(rule.events),
                "where": {name: list(values) for name, values in rule.where.items()},
                "window_days": rule.window_days,
                "updated_at": now or timezone.now(),
            },
        )
        access.audit(viewer=viewer, what="trait.save", on=f"trait:{rule.slug}", now=now)
    return row.contract()


def delete_trait(*, slug: str, viewer: Viewer, now: datetime | None = None) -> None:
    """Delete a computed trait; raise ForbiddenError or NotFoundError."""
    viewer.require(Right.PLAN_WRITE)
    with transaction.atomic(using=router.db_for_write(TraitRow)):
        deleted, _ = TraitRow.objects.filter(slug=slug).delete()
        if not deleted:
            raise NotFoundError("There is no such computed trait.")
        access.audit(viewer=viewer, what="trait.delete", on=f"trait:{slug}", now=now)


def _own(customer: int, note: int, viewer: Viewer) -> tuple[NoteRow, int]:
    current = reached(customer, viewer, Right.CUSTOMERS_WRITE)
    persons = identity.persons_of(customer=current)
    row = NoteRow.objects.filter(pk=note, person__in=persons, author=viewer.name).first()
    if row is None:
        raise NotFoundError("There is no such note of yours.")
    return row, current


def _checked(text: str) -> str:
    said = text.strip()
    if not said or len(said) > NOTE_MAX_CHARACTERS:
        raise InvalidError(f"text: write 1 to {NOTE_MAX_CHARACTERS} characters.")
    return said


def _by_customer(found: tuple[tuple[int, FoundBy], ...]) -> dict[int, FoundBy]:
    """Give each customer once, with what their first person was found by."""
    customer_of = identity.families([person for person, _ in found])
    by: dict[int, FoundBy] = {}
    for person, how in found:
        by.setdefault(customer_of[person], how)
    return by


def _of_case(token: int, viewer: Viewer) -> list[int]:
    """List whose events bear a case, the newest of them."""
    asked = EventFilter(dimensions={"case": (str(token),)})
    looking = viewer.within(Right.CUSTOMERS_READ)
    page = privacy.events(events=asked, limit=HITS_MOST, purpose=PAGE, viewer=looking)
    return list(dict.fromkeys(row.customer for row in page.rows))


def _hits(customers: list[int], by: dict[int, FoundBy]) -> tuple[Hit, ...]:
    customer_of = identity.families(customers)
    traits, kinds = defaultdict[int, list[OpenedTrait]](list), defaultdict[int, set[str]](set)
    numbers = defaultdict[int, list[str]](list)
    for trait in identity.traits_of(list(customer_of)):
        traits[customer_of[trait.person]].append(trait)
    for identifier in identity.identifiers_of(list(customer_of)):
        kinds[customer_of[identifier.person]].add(identifier.kind)
        if identifier.kind == FoundBy.NUMBER:
            numbers[customer_of[identifier.person]].append(identifier.value)
    ours = stages.makes_customers(customer_of, kinds)
    rows = []
    for customer in customers:
        theirs = {each.name: each.value for each in rules.newest(traits[customer])}
        hit = Hit(
            customer=customer,
            name=rules.name_of(theirs),
            numbers=tuple(numbers[customer]),
            town=rules.town_of(theirs),
            state=rules.state_of(kinds[customer], theirs, is_customer=customer in ours),
            found_by=by[customer],
        )
        rows.append(hit)
    return tuple(rows)
