"""Verbs of privacy: keep the timeline up to date, record consent, erase."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
from django.conf import settings

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import queries as catalogue
from sojourn.domains.collection import queries as collection
from sojourn.domains.collection.contracts import Removal, Segment
from sojourn.domains.identity import queries as identity
from sojourn.domains.privacy import rules
from sojourn.domains.privacy.consenting.importing import import_consents as import_consents
from sojourn.domains.privacy.consenting.preferring import choose as choose
from sojourn.domains.privacy.consenting.preferring import make_preference_link as make_preference_link
from sojourn.domains.privacy.consenting.preferring import withdraw_all as withdraw_all
from sojourn.domains.privacy.consenting.purposing import publish_notice as publish_notice
from sojourn.domains.privacy.consenting.purposing import save_purpose as save_purpose
from sojourn.domains.privacy.consenting.saying import customer_called as customer_called
from sojourn.domains.privacy.consenting.saying import follow_consents as follow_consents
from sojourn.domains.privacy.consenting.saying import forget_consents as forget_consents
from sojourn.domains.privacy.consenting.saying import is_expiry_due as is_expiry_due
from sojourn.domains.privacy.consenting.saying import note_choices as note_choices
from sojourn.domains.privacy.consenting.saying import notice_expired as notice_expired
from sojourn.domains.privacy.consenting.saying import record_choices as record_choices
from sojourn.domains.privacy.consenting.saying import record_consent as record_consent
from sojourn.domains.privacy.contracts import Answer, Codes, EventFilter, Export, ExportFormat, Purpose
from sojourn.domains.privacy.desk import forgetting, holding, opening, packages, warning, working
from sojourn.domains.privacy.door import exporting
from sojourn.domains.privacy.door.persons import forget as forget_persons
from sojourn.domains.privacy.door.persons import persons
from sojourn.domains.privacy.door.persons import persons_of as persons_of
from sojourn.domains.privacy.extracts import making
from sojourn.domains.privacy.queries.journeys import ask
from sojourn.domains.privacy.rights import duties, erasing, holds, replaying, restricting, retaining
from sojourn.domains.privacy.webhooks import following, sending
from sojourn.domains.privacy.webhooks import making as hooking
from sojourn.engine.kernels.customers import Customers, CustomersFold
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.timeline import Change, Layout, Source, Writer, manifest, writing
from sojourn.kit.period import Period

MAKE_EXTRACT = making.JOB
ask_for_extract, renew_extract, delete_extract = making.ask_for_extract, making.renew_extract, making.delete_extract
make_extract, keep_extracts, drop_extracts = making.make_extract, making.keep_extracts, making.drop_extracts
take_extract = making.take_extract
make_webhook, change_webhook, rotate_webhook = hooking.make_webhook, hooking.change_webhook, hooking.rotate_webhook
try_webhook, replay_webhook, delete_webhook = hooking.try_webhook, hooking.replay_webhook, hooking.delete_webhook
follow_webhooks, forget_webhook_messages = following.follow_webhooks, following.forget_messages
due_webhooks, send_webhook, sweep_webhooks = sending.due_webhooks, sending.send_webhook, sending.sweep
ERASE = erasing.COMMAND
remove_erased = erasing.remove
forget_restrictions = restricting.forget
forget_requests, forget_packages = forgetting.forget_requests, forgetting.forget_packages
open_request, acknowledge_request = opening.open_request, opening.acknowledge
send_request_code, check_request_code, verify_request = opening.send_code, opening.check_code, opening.verify
pause_request, resume_request, extend_request = opening.pause, opening.resume, opening.extend
begin_request, work_request, refuse_request = working.begin, working.work, opening.refuse
download_package, warn_overdue = packages.download, warning.warn_overdue
place_hold, release_hold, lift_restriction = holding.place_hold, holds.release_hold, holding.lift_restriction
RETAIN, run_retention = retaining.COMMAND, retaining.run
save_retention, delete_retention = retaining.save_rule, retaining.delete_rule
save_duty, delete_duty, lift_tombstone = duties.save_duty, duties.delete_duty, holding.lift_tombstone
DIMENSIONS = ("channel", "unit", "source", "product", "touchpoint")
REBUILD_LEASE_SECONDS = 900
SAID_MOST_CHARACTERS = 500


def refresh_timeline(*, rebuild: bool = False) -> bool:
    """Bring the timeline up to the newest batch and identity version, and say whether anything was new.

    Cheap when nothing has changed. Raise BusyError when another process is at it.
    """
    place = settings.SOJOURN
    layout = timeline_layout()
    if not rebuild and _is_current(manifest.read(place.timeline), layout):
        return False
    with writing(place.timeline, layout, threads=os.cpu_count() or 1) as writer:  # short bursts, on every core
        with collection.lease("timeline", REBUILD_LEASE_SECONDS):
            _bring_up(writer, rebuild=rebuild or writer.needs_rebuild or _is_ahead(writer.manifest))
        writer.compact()
    return True


def timeline_layout() -> Layout:
    """Say what the timeline holds: the fixed dimensions and those that the tracking plan marks."""
    planned = (name for name in catalogue.loading_rules().dimensions if name not in DIMENSIONS)
    return Layout(dimensions=(*DIMENSIONS, *planned), unstated_purposes=rules.UNSTATED)


def export(
    *,
    wanted: ExportFormat,
    period: Period,
    events: EventFilter = EventFilter(),  # noqa: B008 - frozen
    identity_steps: bool = False,
    raw: bool = False,
    purpose: Purpose = Purpose.ANALYTICS,
    viewer: Viewer,
) -> Export:
    """Let the events that a journey question sees leave as a file; audited, with how many they are.

    Customers, cases and agents bear the random numbers that they have here. Customers whose events in question are
    partly hidden are left out whole. In CSV, texts that a spreadsheet would take for formulas get an apostrophe before
    them, unless `raw`. Raise ForbiddenError without the rights events.export and customers.list, and
    InvalidError for a field that no event can have.
    """
    viewer.require(Right.EVENTS_EXPORT)
    viewer.require(Right.CUSTOMERS_LIST)
    viewer = viewer.within(Right.EVENTS_EXPORT)
    asked = exporting.Asked(period=period, events=events, identity_steps=identity_steps, purpose=purpose, viewer=viewer)
    customers, count = exporting.counted(asked)
    access.audit(
        viewer=viewer,
        what="events.export",
        on=f"events:{wanted.value}",
        purpose=purpose.value,
        customers=str(customers),
        events=str(count),
        since="" if period.since is None else period.since.isoformat(),
        until="" if period.until is None else period.until.isoformat(),
    )
    return Export(
        name=f"events.{wanted.value}",
        media_type=exporting.media_type(wanted),
        customers=customers,
        events=count,
        pieces=exporting.pieces(asked, wanted, raw=raw),
    )


def list_customers(
    *,
    fold_for: Callable[[Codes], CustomersFold],
    said: str,
    period: Period,
    events: EventFilter,
    purpose: Purpose,
    viewer: Viewer,
    key: Hashable,
    told: Mapping[str, object],
) -> Answer[Customers]:
    """Tell which customers a fold finds, under the masks of every question; audited, with what was asked (`said`).

    Of fewer than the k floor none is told. Raise ForbiddenError below the right to list customers, and what `ask` does.
    """
    viewer.require(Right.CUSTOMERS_LIST)
    viewer = viewer.within(Right.CUSTOMERS_LIST)
    answer = ask(fold_for=fold_for, period=period, events=events, purpose=purpose, viewer=viewer, key=key, told=told)
    if answer.value.total < settings.SOJOURN.k_floor:
        answer = replace(answer, value=replace(answer.value, strips=()))
    access.audit(
        viewer=viewer,
        what="customers.list",
        on="customers",
        purpose=purpose.value,
        asked=said[:SAID_MOST_CHARACTERS],
        customers=str(answer.value.total),
        listed=str(len(answer.value.strips)),
        since="" if period.since is None else period.since.isoformat(),
        until="" if period.until is None else period.until.isoformat(),
    )
    return answer


def finish_erasures() -> int:
    """Bring the timeline up to the erasures that are out of the stream, prove them, and give how many were proven.

    One whose customers are still found somewhere says so and is looked at again by the next call.
    """
    erasing.ask_again()
    numbers = erasing.waiting()
    if retaining.is_rebuilding():
        refresh_timeline(rebuild=True)
        retaining.rebuilt()
    if numbers:
        refresh_timeline()
    proven = sum(erasing.prove(number) for number in numbers)
    working.go_on()
    return proven


def keep_data_rights(*, now: datetime) -> None:
    """Do what a day brings: erase what holds have kept long enough, let packages go, warn of what is late."""
    working.end_holds(today=now.date())
    forgetting.sweep(now=now)
    retaining.ask_due(now=now)
    warn_overdue(now=now)


def _is_ahead(current: manifest.Manifest) -> bool:
    """Say whether the state is older than the timeline: a backup was restored."""
    return current.batch > collection.newest_batch() or current.identity_version > identity.map_version()


def _is_current(current: manifest.Manifest, layout: Layout) -> bool:
    return (
        current.generation > 0
        and current.dimensions == layout.dimensions
        and current.batch == collection.newest_batch()
        and current.identity_version == identity.map_version()
        and not current.to_zero
    )


def _bring_up(writer: Writer, *, rebuild: bool) -> None:
    known = writer.manifest
    if rebuild:
        forget_persons()
    newest = collection.newest_batch()
    segments = collection.segments()  # read after the newest batch: it holds that one and all before
    batch = max(newest, *(each.last_batch for each in segments)) if segments else newest
    sources = [_source(each) for each in segments]
    change = Change(persons=persons(), batch=batch)  # read after the segments: their persons are in
    if rebuild:
        writer.rebuild(sources, change)
        return
    removals = [each for each in collection.withdrawn(after_batch=known.batch) if each.batch <= batch]
    moves = identity.changes(known.identity_version)
    writer.refresh(
        sources,
        Change(
            persons=change.persons,
            batch=batch,
            moved=moves.person,
            withdrawn=_spans(removals),
            erased=_whose(each for each in removals if each.low_event_id is None),
            overwritten=_whose(each for each in removals if each.low_event_id is not None),
        ),
    )


def erasures_since_backup() -> bytes:
    """Write down all erasures as digests, to be kept beside the backups."""
    return replaying.since_backup()


def erase_again(raw: bytes) -> int:
    """Erase again whom a restored state still has; give the number of persons."""
    return replaying.replay(raw)


def _spans(removals: list[Removal]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    spans = [(r.low_event_id, r.high_event_id) for r in removals if r.low_event_id is not None and r.person is None]
    return np.array(spans, np.int64).reshape(-1, 2)


def _whose(removals: Iterable[Removal]) -> Int64s:
    return np.array([each.person for each in removals if each.person is not None], np.int64)


def _source(segment: Segment) -> Source:
    return Source(
        path=settings.SOJOURN.segments / segment.path,
        rows=segment.rows,
        first_batch=segment.first_batch,
        last_batch=segment.last_batch,
    )
