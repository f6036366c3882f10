"""Erasing customers: everything goes, nobody comes back, and a scan of every store proves it.

Two steps, each of which may be done again from its beginning: `remove` on the work process's one queue, `prove` in a
job beside it, as often as it takes (a reader may still hold files).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from django.conf import settings
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access import queries as access_known
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection.contracts import Keep
from sojourn.domains.identity import actions as identity
from sojourn.domains.identity import queries as persons_known
from sojourn.domains.privacy.rights import certificate, restricting
from sojourn.domains.privacy.scanning import Scan, UnprovenError, scan
from sojourn.domains.privacy.tables.rights import ErasureRow
from sojourn.domains.privacy.words.rights import ErasureState, KeptBack
from sojourn.engine.scanning.words import Needles
from sojourn.kit import durable, jobs, sealing

COMMAND: Final = "privacy.erase"
SEALED_FOR: Final = "erasure"
STATE: Final = "state"  # the store that holds the audit log
STREAM: Final = "stream"


class Marks(msgspec.Struct):
    """Whose erasure it is and by what they would be recognised; sealed until the proof."""

    persons: list[int]
    cases: list[int] = []
    texts: list[str] = []
    too_short: int = 0
    is_complete: bool = False
    originals: list[str] = []  # files of loaded imports that named them, written down before they are deleted


def ask(
    *,
    persons: Sequence[int],
    customers: int,
    by: str,
    kept: Sequence[KeptBack] = (),
    request: int | None = None,
    now: datetime | None = None,
) -> int:
    """Put an erasure on the work process's queue and give its number; `kept` is what a legal duty leaves."""
    with transaction.atomic(using=router.db_for_write(ErasureRow)):
        row = ErasureRow.objects.create(
            customers=customers,
            kept=[_written(each) for each in kept],
            marks=_sealed(Marks(persons=sorted(persons))),
            by=by,
            request=request,
            asked_at=now or timezone.now(),
        )
        access.audit_by(
            who=by, what="erasure.ask", on=f"erasure:{row.pk}", customers=str(customers), in_part=str(bool(kept))
        )
    collection.request(COMMAND, erasure=row.pk)
    return int(row.pk)


def remove(arguments: dict[str, Any]) -> None:
    """Take an erasure's customers out of every store; what fails on the way is finished by doing it again."""
    row = ErasureRow.objects.filter(pk=arguments["erasure"], state=ErasureState.WAITING).first()
    if row is None or row.marks is None:
        return
    keep = _keep(row.kept_back())
    marks = opened(row)
    if not marks.is_complete:  # once: the identifiers are gone when this is done again
        marks = _gathered(marks, keep)
        row.counts = {"tombstones": identity.bury(persons=marks.persons, erasure=row.pk, keep=keep)}
        row.marks = _sealed(marks)
        row.save(update_fields=["marks", "counts"])
    if keep is not None:  # before the rest goes: what stays is read for the duty only from here on
        until = max(each.until for each in row.kept_back())
        with transaction.atomic(using=router.db_for_write(ErasureRow)):
            restricting.hold(persons=marks.persons, erasure=row.pk, until=until)
    durable.reach("erasure.buried")
    refused = collection.forget_refused(needles=Needles(texts=tuple(marks.texts)))
    rows = collection.erase(persons=marks.persons, keep=keep)
    identity.forget_cases(cases=marks.cases)
    durable.reach("erasure.erased")
    with transaction.atomic(using=router.db_for_write(ErasureRow)):
        row.rows = max(row.rows, rows)
        row.counts = {**row.counts, "refused": row.counts.get("refused", 0) + refused}
        row.state, row.removed_at, row.message = ErasureState.REMOVED, timezone.now(), ""
        row.save()
    if jobs.is_bound():  # else the caller goes on with the proof
        jobs.defer("privacy.finish_erasures")


def prove(erasure: int) -> bool:
    """Look for an erasure's customers in every store and write the certificate; say whether it is proven.

    Call with the timeline up to date. What is in the way stands in the erasure's message; the next call tries again.
    """
    row = ErasureRow.objects.filter(pk=erasure, state=ErasureState.REMOVED).first()
    if row is None or row.marks is None:
        return False
    marks = opened(row)
    collection.delete_retired(grace_seconds=0)
    if not row.kept and collection.forget_removals(persons=marks.persons):
        return _not_yet(row, "Work that follows new events has yet to take note; that takes seconds.")
    collection.settle_databases()
    collection.settle_spool()
    needles = Needles(texts=tuple(marks.texts), tokens=() if row.kept else (*marks.persons, *marks.cases))
    _forget_originals(row, marks, needles)
    try:
        looked = scan(needles)
        rest = _unexplained(looked, needles)
        if rest and rest.keys() <= {STATE, STREAM}:
            collection.settle_databases(rewrite=True)
            looked = scan(needles)
            rest = _unexplained(looked, needles)
        looked.is_clean()  # refuses where a store was not read, whatever was found
    except UnprovenError as error:
        return _not_yet(row, error.message)
    if rest:
        return _not_yet(row, _advice(rest))
    _finish(row, marks, looked)
    return True


def opened(row: ErasureRow) -> Marks:
    """Open whose erasure it is."""
    raw = sealing.sealer(settings.SOJOURN).open(bytes(row.marks or b""), use=SEALED_FOR)
    return msgspec.json.decode(raw, type=Marks)


def waiting() -> list[int]:
    """List erasures whose proof is to come."""
    return list(ErasureRow.objects.filter(state=ErasureState.REMOVED).order_by("pk").values_list("pk", flat=True))


def ask_again() -> None:
    """Queue erasures that were written down when the process ended before it could queue them; harmless twice."""
    for number in ErasureRow.objects.filter(state=ErasureState.WAITING).values_list("pk", flat=True):
        if not collection.is_requested(COMMAND, erasure=number):
            collection.request(COMMAND, erasure=number)


def _gathered(marks: Marks, keep: Keep | None) -> Marks:
    cases = () if keep is not None else collection.cases_of(persons=marks.persons)
    texts, too_short = persons_known.marks_of(marks.persons, cases=cases)
    return Marks(persons=marks.persons, cases=list(cases), texts=list(texts), too_short=too_short, is_complete=True)


def _forget_originals(row: ErasureRow, marks: Marks, needles: Needles) -> None:
    """Delete the originals of loaded files that name an erasure's customers; the certificate tells how many."""
    found = collection.originals_naming(needles=needles)
    if found:
        marks.originals = sorted({*marks.originals, *found})
        row.marks = _sealed(marks)
        row.save(update_fields=["marks"])
        collection.forget_originals(places=found)


def _keep(kept: Sequence[KeptBack]) -> Keep | None:
    if not kept:
        return None
    return Keep(
        events=frozenset(name for each in kept for name in each.events),
        traits=frozenset(name for each in kept for name in each.traits),
        accounts=frozenset(kind.value for each in kept for kind in each.accounts),
    )


def _unexplained(looked: Scan, needles: Needles) -> dict[str, int]:
    """Count findings by store but for random numbers in the audit log, which keeps who did what and names nobody."""
    rest: dict[str, int] = {}
    for store in looked.stores:
        found = store.found
        if found and store.store in (STATE, "database"):
            numbers = {_token(needles, n) for n in found if n >= len(needles.texts)}
            named = access_known.named_in_audit(numbers)
            found = {n: c for n, c in found.items() if n < len(needles.texts) or _token(needles, n) not in named}
        count = sum(found.values())
        if count:
            rest[store.store] = count
    return rest


def _token(needles: Needles, number: int) -> int:
    return needles.tokens[number - len(needles.texts)]


def _advice(rest: dict[str, int]) -> str:
    places = ", ".join(f"{store} ({count})" for store, count in sorted(rest.items()))
    what = {
        "segments": "a reader still holds old files; they go when its lease ends",
        "spool": "events that arrived before are being loaded and dropped; intake begins another file within a second",
        "deliveries": "a file waits to be loaded; load it or call it off",
        "incoming": "files in the watched folder that were not loaded name them; take those away",
    }
    told = "; ".join(f"{store}: {what[store]}" for store in sorted(rest) if store in what)
    return f"Still found in {places}. {told[:1].upper()}{told[1:]}{'.' if told else ''}"[:300]


def _not_yet(row: ErasureRow, message: str) -> bool:
    ErasureRow.objects.filter(pk=row.pk).update(message=message[:300])
    return False


def _finish(row: ErasureRow, marks: Marks, looked: Scan) -> None:
    now = timezone.now()
    with transaction.atomic(using=router.db_for_write(ErasureRow)):
        row.finished_at, row.state, row.message = now, ErasureState.PROVEN, ""
        row.certificate = certificate.content(
            row,
            looked,
            persons=len(marks.persons),
            texts=len(marks.texts),
            tokens=0 if row.kept else len(marks.persons) + len(marks.cases),
            too_short=marks.too_short,
            originals=len(marks.originals),
        )
        row.seal = certificate.seal(row.certificate)
        row.marks = None
        row.save()
        access.audit_by(who=row.by, what="erasure.proven", on=f"erasure:{row.pk}", events=str(row.rows))


def _sealed(marks: Marks) -> bytes:
    return sealing.sealer(settings.SOJOURN).seal(msgspec.json.encode(marks), use=SEALED_FOR)


def _written(kept: KeptBack) -> dict[str, Any]:
    return {
        "rule": kept.rule,
        "title": kept.title,
        "law": kept.law,
        "events": list(kept.events),
        "traits": list(kept.traits),
        "accounts": [kind.value for kind in kept.accounts],
        "until": kept.until.isoformat(),
    }
