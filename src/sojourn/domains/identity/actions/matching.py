"""Matching over all customers: asked for here, done in a child of the work process, told to the review queue.

Traits are opened in the child's memory only; nothing of them is written to disk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

import msgspec
import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connections, router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import SYSTEM, Right, Viewer
from sojourn.domains.collection.actions import writing
from sojourn.domains.identity import queries, records, reviewing
from sojourn.domains.identity.actions.proposing import propose
from sojourn.domains.identity.actions.reviewing import merged
from sojourn.domains.identity.contracts import (
    Evidence,
    MatchFigures,
    MatchingRun,
    MatchingTerms,
    MatchState,
    ProposalSource,
    ProposalState,
    Suggestion,
)
from sojourn.domains.identity.models import MatchRun, MatchTerms, Proposed, Trait
from sojourn.engine.matching import Matches, MatchingError, match
from sojourn.kit import jobs, sealing
from sojourn.kit.errors import ConflictError, InvalidError

JOB: Final = "identity.match"
FIELDS_LEAST: Final = 2
FETCHED: Final = 20_000
UNSURE: Final = 0.5  # from this probability on a pair is worth somebody's look, wherever the line is
STALE: Final = timedelta(hours=6)  # a run that has not ended by then has died
MERGE_ABOVE_LEAST: Final = 0.9
EVERY_DAYS_MOST: Final = 366
AUTOMATIC: Final = "system:matching"
THREADS: Final = 1


class MatchRunsError(ConflictError):
    """Matching is on its way already."""

    code = "matching_runs"


def request_match(*, viewer: Viewer, now: datetime | None = None) -> MatchingRun:
    """Ask for a run of matching over all customers; raise ForbiddenError, MatchRunsError while one is on its way."""
    viewer.require(Right.IDENTITY_REVIEW)
    at = now or timezone.now()
    with writing(), transaction.atomic(using=router.db_for_write(MatchRun)):
        under_way = MatchRun.objects.filter(state__in=[MatchState.WAITING.value, MatchState.RUNNING.value])
        under_way.filter(asked_at__lt=at - STALE).update(
            state=MatchState.FAILED.value,
            ended_at=at,
            problem="It did not end; the work process may have been stopped.",
        )
        if under_way.exists():
            raise MatchRunsError("Matching is on its way already; its proposals appear when it is done.")
        run = MatchRun.objects.create(state=MatchState.WAITING.value, asked_by=viewer.name, asked_at=at)
        access.audit(viewer=viewer, what="identity.match", on=f"match:{run.pk}")
    jobs.defer(JOB, run=run.pk)
    return reviewing.run_told(MatchRun.objects.get(pk=run.pk))


def set_matching(*, terms: MatchingTerms, viewer: Viewer) -> MatchingTerms:
    """Set how matching runs by itself; raise ForbiddenError, InvalidError."""
    viewer.require(Right.IDENTITY_RULES, whole=True)
    if terms.every_days is not None and not 1 <= terms.every_days <= EVERY_DAYS_MOST:
        raise InvalidError(f"every_days: from 1 to {EVERY_DAYS_MOST}, or nothing for never.")
    if terms.merge_above is not None and not MERGE_ABOVE_LEAST <= terms.merge_above <= 1:
        raise InvalidError(f"merge_above: a probability from {MERGE_ABOVE_LEAST} to 1, or nothing for never.")
    with transaction.atomic(using=router.db_for_write(MatchTerms)):
        MatchTerms.objects.update_or_create(pk=1, defaults=asdict(terms))
        access.audit(
            viewer=viewer, what="identity.matching", on="matching", every_days=str(terms.every_days or "never"),
            merge_above=str(terms.merge_above or "never"),
        )  # fmt: skip
    return terms


def match_when_due(*, now: datetime | None = None) -> None:
    """Ask for a run when the terms say that it is time."""
    every, at = reviewing.matching_terms().every_days, now or timezone.now()
    if every is None:
        return
    last = MatchRun.objects.order_by("-pk").first()
    if last is None or last.asked_at <= at - timedelta(days=every):
        request_match(viewer=SYSTEM, now=at)


def run_match(*, run: int) -> None:
    """Match all customers and put whom it finds into the review queue; a run that has ended is not done again."""
    row = MatchRun.objects.filter(pk=run).first()
    if row is None or row.state in (MatchState.DONE, MatchState.FAILED):
        return
    MatchRun.objects.filter(pk=run).update(state=MatchState.RUNNING.value)
    try:
        figures = _matched()
    except MatchingError as error:
        _end(run, MatchState.FAILED, problem=error.message)
        return
    except BaseException:
        _end(run, MatchState.FAILED, problem="It ended with an error; the server's log says where.")
        raise
    _end(run, MatchState.DONE, figures=figures)


def _end(run: int, state: MatchState, *, figures: MatchFigures | None = None, problem: str = "") -> None:
    MatchRun.objects.filter(pk=run).update(
        state=state.value, ended_at=timezone.now(), figures=asdict(figures) if figures else {}, problem=problem
    )


def _matched() -> MatchFigures:
    began = time.monotonic()
    known = _records()
    found = match(_table(known), threads=THREADS)
    source = ProposalSource.AGREEMENT if found.expected is None else ProposalSource.MODEL
    suggestions = [_suggestion(found, at, known) for at in _worth(found)]
    proposed = propose(pairs=suggestions, source=source)
    gone = _let_go(suggestions)
    return MatchFigures(
        method=source.value,
        customers=len(known),
        compared=found.compared,
        found=len(suggestions),
        proposed=proposed,
        merged=_merge_by_itself(source),
        gone=gone,
        threshold=found.threshold,
        expected_precision=found.expected.precision if found.expected else None,
        expected_recall=found.expected.recall if found.expected else None,
        seconds=round(time.monotonic() - began, 1),
    )


def _records() -> dict[int, dict[str, str]]:
    """Open what can be compared of each customer who may be served, in memory."""
    held = queries.person_map()
    customer_of = dict(zip(held.person.tolist(), held.customer.tolist(), strict=True))
    newest: dict[int, dict[str, tuple[int, bytes]]] = {}
    for person, name, sealed, at_us in _sealed():
        theirs = newest.setdefault(customer_of.get(person, person), {})
        if name not in theirs or at_us >= theirs[name][0]:
            theirs[name] = at_us, sealed
    customers = np.fromiter(newest, np.int64, len(newest))
    served = set(customers[reviewing.reachable(customers, SYSTEM)].tolist())
    sealer = sealing.sealer(settings.SOJOURN)
    found: dict[int, dict[str, str]] = {}
    for customer, traits in newest.items():
        if customer in served:
            opened = {
                name: msgspec.json.decode(sealer.open(bytes(each), use="trait")) for name, (_, each) in traits.items()
            }
            if len(known := records.record(opened)) >= FIELDS_LEAST:
                found[customer] = known
    return found


def _sealed() -> Iterator[tuple[int, str, bytes, int]]:
    marks = ",".join(["%s"] * len(records.TRAITS))
    sql = (
        f"SELECT person, name, sealed, occurred_us FROM identity_trait WHERE name IN ({marks}) "
        "AND NOT EXISTS (SELECT 1 FROM identity_identifier WHERE token = person AND kind = 'group')"
    )
    with connections[router.db_for_read(Trait)].cursor() as cursor:
        cursor.execute(sql, list(records.TRAITS))
        while rows := cursor.fetchmany(FETCHED):
            yield from rows


def _table(known: dict[int, dict[str, str]]) -> pa.Table:
    columns = {name: pa.array([each.get(name) for each in known.values()], pa.string()) for name in records.FIELDS}
    filled = {name: column for name, column in columns.items() if column.null_count < len(column)}
    return pa.table({"id": pa.array(known, pa.int64()), **filled})


def _worth(found: Matches) -> Iterable[int]:
    worth = found.chosen | (np.nan_to_num(found.probability) >= UNSURE)
    return np.flatnonzero(worth).tolist()


def _suggestion(found: Matches, at: int, known: dict[int, dict[str, str]]) -> Suggestion:
    pair = sorted((int(found.left[at]), int(found.right[at])))
    evidence = [Evidence(field=reviewing.START, level="", weight=round(found.start_bits, 2))]
    evidence += [
        Evidence(field=name, level=level, weight=round(float(bits), 2))
        for name, level, bits in zip(found.fields, found.levels[at], found.bits[at], strict=True)
        if level != "missing"
    ]
    likely = float(found.probability[at])
    return Suggestion(
        customers=(pair[0], pair[1]),
        evidence=tuple(evidence),
        mark=json.dumps([known[each] for each in pair], sort_keys=True, ensure_ascii=False),
        probability=None if np.isnan(likely) else round(likely, 6),
    )


def _let_go(suggestions: list[Suggestion]) -> int:
    """Close what earlier runs proposed and this one does not find any more."""
    found = {tuple(sorted(each.customers)) for each in suggestions}
    mine = Proposed.objects.filter(state=ProposalState.OPEN.value).exclude(source=ProposalSource.RULE.value)
    old = [row.pk for row in mine.only("pk", "first", "second") if (row.first, row.second) not in found]
    for at in range(0, len(old), 500):
        Proposed.objects.filter(pk__in=old[at : at + 500]).update(state=ProposalState.GONE.value)
    return len(old)


def _merge_by_itself(source: ProposalSource) -> int:
    """Merge the surest pairs where the terms let it, never two who both have a customer number; give how many."""
    above = reviewing.matching_terms().merge_above
    if above is None or source is not ProposalSource.MODEL:
        return 0
    sure = list(Proposed.objects.filter(state=ProposalState.OPEN.value, source=source.value, probability__gte=above))
    done = 0
    for row, told in zip(sure, reviewing.told(sure), strict=True):
        with writing(), transaction.atomic(using=router.db_for_write(Proposed)):
            if all(reviewing.told([row])[0].are_numbered) or told.customers[0] == told.customers[1]:
                continue  # asked again for each: a merge before may have given one of them a number
            if len(set(queries.customers_of([row.first, row.second]).values())) == 1:
                Proposed.objects.filter(pk=row.pk).update(state=ProposalState.GONE.value)
                continue
            row.state, row.decision = ProposalState.ACCEPTED.value, merged(row, by=AUTOMATIC)
            row.decided_at, row.decided_by = timezone.now(), AUTOMATIC
            row.decided = sorted({*row.decided, bytes(row.mark).hex()})
            row.save()
            done += 1
    return done
