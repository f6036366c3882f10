"""Load deliveries that wait, one after the other; each becomes one commit, or nothing.

A killed run leaves its row `running`: the next one takes texts back, throws the staged files away and begins again.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections import Counter as Tally
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db import connections, router, transaction
from django.utils.module_loading import autodiscover_modules

from sojourn.domains.collection import control, hooks, shelf, statements
from sojourn.domains.collection.actions.commit import ERASED_BEFORE, Load, commit, withdrawal
from sojourn.domains.collection.actions.loading import observation
from sojourn.domains.collection.contracts import DeliveryStatus, Flow, Refusal
from sojourn.domains.collection.manifest import live, path_of
from sojourn.domains.collection.models import DeliveryRow, SegmentRow
from sojourn.domains.collection.opened import OpenedFile, open_delivery
from sojourn.domains.collection.queries.deliveries import is_small, next_delivery
from sojourn.domains.collection.queries.manifest import lease
from sojourn.domains.collection.writing import writing
from sojourn.engine.kernels.words import Int64s
from sojourn.engine.stream import segments as files
from sojourn.engine.stream.claims import Claims
from sojourn.engine.stream.files import mapping as mappings
from sojourn.engine.stream.files import rows as words
from sojourn.engine.stream.files.ahead import ahead
from sojourn.engine.stream.files.digests import DigestTable
from sojourn.engine.stream.files.loading import Belongings, Loading, history
from sojourn.engine.stream.files.staging import Stage, publish
from sojourn.engine.stream.segments import Written
from sojourn.engine.stream.words import ORDINAL_BITS, ORIGIN_DELIVERY, event_id
from sojourn.kit import durable
from sojourn.kit.errors import SojournError

REFUSED_KEPT: Final = 1_000  # rows of one delivery in the quarantine; the others are counted
TOKENS_AT_ONCE: Final = 5_000  # new identifiers of one transaction
ATTEMPTS_MAX: Final = 5
REPORT_SECONDS: Final = 0.5
LEASE_SECONDS: Final = 3_600
MINUTE_US: Final = 60_000_000
_COUNTED: Final = ("rows_good", "rows_known", "rows_refused", "refused_by_code", "value_total", "bytes_done")
_PROGRESS: Final = (*_COUNTED, "rows_per_second")
_BEGUN: Final = (*_COUNTED, "status", "message", "attempts")


class AbandonedError(SojournError):
    """The process that loads a delivery ended each time before it was done."""

    code = "abandoned"
    status = 500


class _CancelledError(SojournError):
    """Somebody called the delivery off."""

    code = "cancelled"


@dataclass(slots=True)
class _Run:
    """One delivery being loaded."""

    row: DeliveryRow
    registry: hooks.Registry
    loading: Loading
    began: float
    also: list[Callable[[], None]] = field(default_factory=list)
    refused: list[words.Refusal] = field(default_factory=list)
    codes: Tally[str] = field(default_factory=Tally)
    reported: float = 0.0


def run_deliveries(*, only_small: bool = False) -> int:
    """Load every delivery that waits, oldest first, and give how many came to an end.

    One process at a time: others give 0 at once. With `only_small` it ends at the first that is not
    (`queries.is_small_delivery_next`).
    """
    autodiscover_modules("plugins")
    done = 0
    with shelf.turn() as is_ours:
        if is_ours:
            shelf.sweep()
        while is_ours and (row := next_delivery()) is not None and (is_small(row) or not only_small):
            _run(row)
            done += 1
    return done


def _run(row: DeliveryRow) -> None:
    registry = next(iter(hooks.registry))()
    try:
        _clean_up(row, registry)
        _begin(row)
        _load(row, registry)
    except _CancelledError:
        _give_up(row, registry, DeliveryStatus.CANCELLED, "Called off; nothing of it entered.")
    except SojournError as error:
        _give_up(row, registry, DeliveryStatus.FAILED, error.message)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        _give_up(
            row, registry, DeliveryStatus.FAILED, f"The disk refused ({reason}); nothing entered. Hand it in again."
        )
    shelf.clear(row)


def _clean_up(row: DeliveryRow, registry: hooks.Registry) -> None:
    """Take back what a run that was killed, or this one, left outside its commit."""
    texts = shelf.noted_texts(row)
    if texts:
        with writing(), transaction.atomic(using=router.db_for_write(DeliveryRow)):
            registry.forget_texts(texts)
        (shelf.folder(row) / shelf.TEXTS).unlink(missing_ok=True)
    shutil.rmtree(shelf.folder(row) / shelf.STAGE, ignore_errors=True)


def _begin(row: DeliveryRow) -> None:
    if row.attempts >= ATTEMPTS_MAX:
        raise AbandonedError(f"Loading broke off {row.attempts} times without a reason given; nothing entered.")
    row.status, row.message, row.bytes_done, row.attempts = DeliveryStatus.RUNNING, "", 0, row.attempts + 1
    row.rows_good = row.rows_known = row.rows_refused = 0
    row.refused_by_code, row.value_total = {}, 0
    row.save(update_fields=_BEGUN)  # and nothing else: it may be called off at this moment


def _give_up(row: DeliveryRow, registry: hooks.Registry, status: DeliveryStatus, message: str) -> None:
    registry.forget()
    _clean_up(row, registry)
    row.status, row.message, row.finished_us = status, message[:500], time.time_ns() // 1_000
    row.is_queued = False
    row.save()


def _load(row: DeliveryRow, registry: hooks.Registry) -> None:
    if not shelf.path(row).is_file():
        raise words.UnreadableFileError("The file is no longer there; hand it in again.")
    opened = open_delivery(
        shelf.path(row),
        source=row.source,
        mapping=row.mapping,
        encoding=row.encoding,
        delimiter=row.delimiter,
        seed=str(row.pk),
    )
    form = mappings.form(opened.shape.mapping)
    _find_predecessor(row, form)
    row.mapping = form
    row.warnings = [*opened.reader.dialect.notes, *opened.shape.warnings]
    row.save(update_fields=["mapping", "warnings", "replaces"])
    run = _Run(row=row, registry=registry, loading=_loading(row, registry), began=time.monotonic())
    try:
        _take(run, opened)
        run.loading.finish()
        durable.reach("delivery.staged")
        _commit(run)
    except BaseException:
        run.loading.abandon()
        raise
    durable.reach("delivery.committed")
    if row.replaces is not None:
        shelf.clear(DeliveryRow.objects.get(pk=row.replaces))


def _find_predecessor(row: DeliveryRow, form: dict[str, Any]) -> None:
    """Note whom this delivery corrects: the last of its name, unless it is the same content read in the same way."""
    last = DeliveryRow.objects.filter(source=row.source, name=row.name, status=DeliveryStatus.DONE).order_by("-pk")
    predecessor = last.first()
    is_same = predecessor is not None and predecessor.digest == row.digest and predecessor.mapping == form
    row.replaces = None if predecessor is None or is_same else predecessor.pk


def _loading(row: DeliveryRow, registry: hooks.Registry) -> Loading:
    return Loading(
        source=row.source,
        delivery=row.pk,
        received_us=time.time_ns() // 1_000,
        purposes=next(iter(hooks.unstated_purposes))(),
        stage=Stage(shelf.folder(row) / shelf.STAGE),
        history=_history(row),
        tokens=lambda kind, values: _tokens(registry, kind, values),
    )


def _history(row: DeliveryRow) -> DigestTable:
    """Read what the source has in the stream, but for the delivery that is to be replaced."""
    low = None if row.replaces is None else event_id(ORIGIN_DELIVERY, row.replaces, 0)
    without = None if low is None else (low, low + (1 << ORDINAL_BITS))
    with lease("delivery", LEASE_SECONDS):
        paths = [path_of(each) for each in live() if each.source in (None, row.source)]
        return history(paths, source=row.source, without=without)


def _tokens(registry: hooks.Registry, kind: str, values: list[str]) -> Int64s:
    """Give tokens and store new ones at once, few at a time: the loader waits for the lock meanwhile.

    An identifier without events that stays behind when the delivery fails says nothing, and is erased like any other.
    """
    found = []
    for at in range(0, len(values), TOKENS_AT_ONCE):
        with writing():
            tokens, write = registry.tokens(kind, values[at : at + TOKENS_AT_ONCE])
            try:
                with transaction.atomic(using=router.db_for_write(DeliveryRow)):
                    write()
            except BaseException:
                registry.forget()
                raise
        found.append(tokens)
    return np.concatenate(found)


def _take(run: _Run, opened: OpenedFile) -> None:
    with contextlib.closing(ahead(opened.batches, opened.shaper.shaped)) as batches:
        for shaped in batches:
            room = REFUSED_KEPT - len(run.refused)
            run.refused += list(shaped.refused)[: max(0, room)]
            run.codes.update(each.code for each in shaped.refused)
            run.row.bytes_done = shaped.bytes_done
            _keep(run, run.loading.take(shaped))
            _report(run)


def _keep(run: _Run, belongings: Belongings) -> None:
    """Store sealed texts at once (they may be many), and keep links and traits for the commit."""
    if belongings.texts is not None:
        shelf.note_texts(run.row, [each.id for each in belongings.texts.texts])
        _resolve(run, belongings.texts)()
        durable.reach("delivery.texts")
    if belongings.claims is not None:
        run.also.append(_resolve(run, belongings.claims, is_late=True))


def _resolve(run: _Run, claims: Claims, *, is_late: bool = False) -> Callable[[], None]:
    with writing():
        write = run.registry.resolve(claims).write
        if is_late:
            return write
        with transaction.atomic(using=router.db_for_write(DeliveryRow)):
            write()
    return lambda: None


def _report(run: _Run, *, is_last: bool = False) -> None:
    now = time.monotonic()
    if now - run.reported < REPORT_SECONDS and not is_last:
        return
    run.reported = now
    row, totals = run.row, run.loading.totals
    row.rows_good, row.rows_known, row.value_total = totals.good, totals.known, totals.value
    codes = _codes(run)
    row.rows_refused, row.refused_by_code = codes.total(), dict(codes)
    row.rows_per_second = round((totals.good + totals.known + row.rows_refused) / max(0.001, now - run.began), 1)
    if is_last:
        return
    DeliveryRow.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in _PROGRESS})
    _heed(row)


def _heed(row: DeliveryRow) -> None:
    """Stop when somebody has called the delivery off."""
    if DeliveryRow.objects.filter(pk=row.pk, is_cancelling=True).exists():
        raise _CancelledError("called off")


def _commit(run: _Run) -> None:
    row, loading = run.row, run.loading
    _report(run, is_last=True)
    if not loading.totals.good and not loading.totals.known and not _codes(run):
        raise words.UnreadableFileError("The file has a header, but no rows.")
    control.require_met(row.contract().control, rows=_rows(run), total=loading.totals.value)
    folder = settings.SOJOURN.segments
    written: list[Written] = []
    with writing() as batch:
        _heed(row)
        try:
            for part in loading.stage.parts:
                mark = loading.stage.mark
                written.append(publish(part, mark=mark, batch=batch, segments=folder, source=row.source))
            also = list(run.also)
            if row.replaces is not None:
                also.append(withdrawal(batch=batch, delivery=row.replaces))
                also.append(lambda: run.registry.forget_texts(shelf.noted_texts_of(row.replaces or 0)))
            also.append(lambda: _settle(run, batch))
            commit(
                Load(
                    batch=batch,
                    segments=written,
                    received_us=loading.received_us,
                    refused=_refusals(run),
                    flow=[_flow(run)],
                    observation=observation(loading.sightings, batch=batch, received_us=loading.received_us),
                    delivery=row.pk,
                    also=also,
                )
            )
        except BaseException:
            files.delete(folder, [each.path for each in written])
            raise


def _settle(run: _Run, batch: int) -> None:
    """Bring the row to its end, inside the commit."""
    row = run.row
    if row.replaces is not None:
        DeliveryRow.objects.filter(pk=row.replaces).update(status=DeliveryStatus.REPLACED)
    row.status, row.batch, row.bytes_done, row.is_queued = DeliveryStatus.DONE, batch, row.bytes_total, False
    row.finished_us = time.time_ns() // 1_000
    row.message = _message(row)
    row.save()
    beyond = _codes(run) - Tally(each.code for each in run.refused)
    with connections[router.db_for_write(SegmentRow)].cursor() as cursor:
        cursor.executemany(statements.ADD_REFUSED_COUNT, [(row.source, code, n) for code, n in beyond.items()])


def _rows(run: _Run) -> int:
    """Count the rows of the file, refused ones included."""
    return run.loading.totals.good + run.loading.totals.known + _codes(run).total()


def _codes(run: _Run) -> Tally[str]:
    """Count the rows that did not enter, by reason; those of erased persons are counted and kept nowhere."""
    return run.codes + Tally({ERASED_BEFORE: run.loading.totals.erased})


def _message(row: DeliveryRow) -> str:
    if not row.rows_good and not row.rows_known:
        return "Every row was refused; see the reasons."
    if not row.rows_good and not row.rows_refused:
        return "Every row was there already; nothing was added."
    return f"Replaces delivery {row.replaces}." if row.replaces is not None else ""


def _refusals(run: _Run) -> list[Refusal]:
    return [
        Refusal(
            source=run.row.source,
            origin=run.row.name,
            place=str(each.line),
            code=each.code,
            reason=each.reason,
            received_us=run.loading.received_us,
            payload=b"",  # the sender has the file; a copy of the row would be one more place of personal data
        )
        for each in run.refused
    ]


def _flow(run: _Run) -> Flow:
    totals = run.loading.totals
    return Flow(
        minute=run.loading.received_us // MINUTE_US,
        source=run.row.source,
        accepted=totals.good,
        refused=_codes(run).total(),
        duplicates=totals.known,
    )
