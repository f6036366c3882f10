"""Verbs of extracts: ask for one, make its file, renew, end, delete."""

from __future__ import annotations

import contextlib
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.db import IntegrityError, router, transaction
from django.db.models import F
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as viewers
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.privacy.contracts import EventFilter, ExportFormat, Purpose
from sojourn.domains.privacy.door import exporting
from sojourn.domains.privacy.extracts.reading import contract, held, made_file
from sojourn.domains.privacy.models import ExtractRow
from sojourn.domains.privacy.standing import consents, purposes
from sojourn.domains.privacy.words.extracts import Extract, ExtractState, ExtractTerms
from sojourn.kit import durable, jobs
from sojourn.kit.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, SojournError
from sojourn.kit.period import Period

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,62}")
EXTRACTS_MAX: Final = 50
LAST_DAYS_MAX: Final = 36_500
HOURS: Final = range(1, 24 * 31 + 1)
LEASE: Final = range(1, 366)
JOB: Final = "privacy.make_extract"


def ask_for_extract(terms: ExtractTerms, *, viewer: Viewer, now: datetime | None = None) -> Extract:
    """Ask for an extract; the work process makes its file, now and then anew.

    It holds what its maker may see under events.export when it is made. Raise ForbiddenError, InvalidError (a term),
    ConflictError (the name is taken, or there are too many).
    """
    viewer.require(Right.EVENTS_EXPORT)
    _check(terms)
    at = now or timezone.now()
    units = viewer.units_for(Right.EVENTS_EXPORT)
    if ExtractRow.objects.count() >= EXTRACTS_MAX:
        raise ConflictError(f"There are {EXTRACTS_MAX} extracts; delete one first.")
    try:
        with transaction.atomic(using=router.db_for_write(ExtractRow)):
            row = ExtractRow.objects.create(
                name=terms.name,
                purpose=terms.purpose,
                last_days=terms.last_days,
                every_hours=terms.every_hours,
                lease_days=terms.lease_days,
                made_by=viewer.name,
                units=None if units is None else sorted(units),
                ends_at=at + timedelta(days=terms.lease_days),
            )
            access.audit(viewer=viewer, what="extract.create", on=f"extract:{row.pk}", purpose=terms.purpose)
    except IntegrityError:
        raise ConflictError("name: there is an extract of this name.") from None
    jobs.defer(JOB, extract=row.pk)
    row.refresh_from_db()
    return contract(row)


def renew_extract(name: str, *, viewer: Viewer, now: datetime | None = None) -> Extract:
    """Make an extract anew and begin its lease again; raise ForbiddenError, NotFoundError."""
    row = held(name, viewer)
    at = now or timezone.now()
    with transaction.atomic(using=router.db_for_write(ExtractRow)):
        ExtractRow.objects.filter(pk=row.pk).update(
            state=ExtractState.WAITING.value, message="", ends_at=at + timedelta(days=row.lease_days)
        )
        access.audit(viewer=viewer, what="extract.renew", on=f"extract:{row.pk}", purpose=row.purpose)
    jobs.defer(JOB, extract=row.pk)
    row.refresh_from_db()
    return contract(row)


def delete_extract(name: str, *, viewer: Viewer) -> None:
    """Delete an extract and its file; raise ForbiddenError, NotFoundError."""
    row = held(name, viewer)
    with transaction.atomic(using=router.db_for_write(ExtractRow)):
        access.audit(viewer=viewer, what="extract.delete", on=f"extract:{row.pk}", purpose=row.purpose)
        number, file = row.pk, row.file
        row.delete()
    _remove(file)
    for each in _folder().glob(f"{number}-*"):
        each.unlink(missing_ok=True)


def take_extract(name: str, *, viewer: Viewer) -> BinaryIO:
    """Open an extract's file, which is about to leave; audited. Raise ForbiddenError, NotFoundError, ConflictError."""
    row = held(name, viewer)
    file = made_file(row).open("rb")
    access.audit(
        viewer=viewer, what="extract.take", on=f"extract:{row.pk}", purpose=row.purpose, events=str(row.events)
    )
    return file


def make_extract(extract: int, *, now: datetime | None = None) -> None:
    """Make the file of an extract, in the work process; what goes wrong is written down with it.

    The new file takes the old one's place in one step: readers that opened the old one keep it.
    """
    row = ExtractRow.objects.filter(pk=extract).first()
    if row is None:
        return
    try:
        _make(row, now or timezone.now())
    except SojournError as error:
        _remove(row.file)
        ExtractRow.objects.filter(pk=extract).update(
            state=ExtractState.FAILED.value, message=str(error)[:300], file="", size=0, customers=0, events=0
        )


def keep_extracts(*, now: datetime | None = None) -> int:
    """End extracts whose lease is over and make those anew that are due or that no longer say what they may.

    Consent that was taken back since, or an erasure, makes an extract due at once. Give how many changed.
    """
    at = now or timezone.now()
    epoch, changed = _epoch(), 0
    for row in ExtractRow.objects.exclude(state=ExtractState.ENDED.value):
        if at >= row.ends_at:
            _remove(row.file)
            ExtractRow.objects.filter(pk=row.pk).update(state=ExtractState.ENDED.value, file="", size=0)
        elif _is_due(row, epoch, at):
            make_extract(row.pk, now=at)
        else:
            continue
        changed += 1
    return changed


def drop_extracts() -> None:
    """Delete the files of all extracts, because somebody in them was erased; they are made anew soon.

    One that is being made meanwhile comes to nothing: it may have read who was erased.
    """
    for row in ExtractRow.objects.exclude(state=ExtractState.ENDED.value):
        _remove(row.file)
        ExtractRow.objects.filter(pk=row.pk).update(
            state=ExtractState.WAITING.value, file="", size=0, generation=F("generation") + 1
        )


def _make(row: ExtractRow, now: datetime) -> None:
    asked = exporting.Asked(
        period=Period() if row.last_days is None else Period(since=now - timedelta(days=row.last_days), until=now),
        events=EventFilter(),
        identity_steps=False,
        purpose=Purpose(row.purpose),
        viewer=_maker(row),
    )
    epoch = _epoch()  # before the read: a word that comes meanwhile makes the extract due again
    customers, events = exporting.counted(asked)
    folder = _folder()
    durable.make_folder(folder)
    fresh = folder / f"{row.pk}-{row.generation + 1}.parquet"
    part = fresh.with_suffix(".part")
    try:
        with part.open("wb") as out:
            for piece in exporting.pieces(asked, ExportFormat.PARQUET):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        part.replace(fresh)
    finally:
        part.unlink(missing_ok=True)
    durable.sync_folder(folder)
    old = row.file
    there = ExtractRow.objects.filter(pk=row.pk, generation=row.generation).update(
        state=ExtractState.READY.value,
        message="",
        file=fresh.name,
        generation=row.generation + 1,
        size=fresh.stat().st_size,
        customers=customers,
        events=events,
        epoch=epoch,
        made_at=now,
    )
    _remove(old if there else fresh.name)


def _maker(row: ExtractRow) -> Viewer:
    """Give who asked for the extract as they may see today: never more than when they asked."""
    try:
        viewer = viewers.viewer_called(row.made_by)
    except NotFoundError:
        raise ForbiddenError("Who asked for this extract is no longer here; ask for it anew.") from None
    viewer.require(Right.EVENTS_EXPORT)
    seen = viewer.units_for(Right.EVENTS_EXPORT)
    asked = None if row.units is None else frozenset(row.units)
    if seen is not None and seen != asked:
        raise ForbiddenError("Who asked for this extract sees other parts of the organisation now; ask for it anew.")
    return Viewer(name=viewer.name, role=viewer.role, scopes=viewer.scopes, grants=viewer.grants, units=asked)


def _epoch() -> str:
    return " ".join(map(str, consents.epoch()))


def _is_due(row: ExtractRow, epoch: str, now: datetime) -> bool:
    if row.state == ExtractState.WAITING.value or row.made_at is None:
        return row.state != ExtractState.FAILED.value
    return row.epoch != epoch or now >= row.made_at + timedelta(hours=row.every_hours)


def _check(terms: ExtractTerms) -> None:
    if not NAME.fullmatch(terms.name):
        raise InvalidError("name: a small letter, then small letters, digits, - and _; at most 63.")
    known = {each.name for each in purposes.known().asked}
    if terms.purpose not in known:
        raise InvalidError(f"purpose: one of {', '.join(sorted(known))}.")
    if terms.last_days is not None and not 1 <= terms.last_days <= LAST_DAYS_MAX:
        raise InvalidError(f"last_days: from 1 to {LAST_DAYS_MAX:,}, or nothing for all events.")
    if terms.every_hours not in HOURS:
        raise InvalidError(f"every_hours: from {HOURS[0]} to {HOURS[-1]}.")
    if terms.lease_days not in LEASE:
        raise InvalidError(f"lease_days: from {LEASE[0]} to {LEASE[-1]}.")


def _folder() -> Path:
    folder: Path = settings.SOJOURN.extracts
    return folder


def _remove(file: str) -> None:
    if file:
        with contextlib.suppress(FileNotFoundError):
            (_folder() / file).unlink()
