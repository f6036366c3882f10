"""Reading the audit log: search, who looked at something, verification."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator

from django.db.models import F, Q, QuerySet

from sojourn.domains.access import chain, rules
from sojourn.domains.access.contracts import (
    AuditAsked,
    AuditCheck,
    AuditChoices,
    AuditEntry,
    AuditFinding,
    Look,
    Right,
    Tampering,
    Viewer,
)
from sojourn.domains.access.models import AuditRow
from sojourn.kit.errors import InvalidError

LOOKS = (".view", ".look", ".list", ".search", ".export")  # what ends so has shown something to somebody
CHUNK = 2_000
LATEST = 10_000
FINDINGS_MOST = 100
ALL = AuditAsked()


def audit_log(
    *, viewer: Viewer, asked: AuditAsked = ALL, before: int | None = None, limit: int = 100
) -> tuple[AuditEntry, ...]:
    """List audit entries, newest first, those with an id below `before`.

    Raise ForbiddenError without the right to read them, InvalidError for a period that ends before it begins.
    """
    viewer.require(Right.AUDIT_READ)
    rows = select(asked).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(each.contract() for each in rows[:limit])


def audit_choices(*, viewer: Viewer) -> AuditChoices:
    """Say who did what in the latest entries, for choosing; raise ForbiddenError."""
    viewer.require(Right.AUDIT_READ)
    latest = AuditRow.objects.order_by("-id").values_list("who", "what")[:LATEST]
    who, what = {each[0] for each in latest}, {each[1] for each in latest}
    return AuditChoices(who=tuple(sorted(who)), what=tuple(sorted(what)))


def looks(*, on: str, viewer: Viewer, limit: int = 20) -> tuple[Look, ...]:
    """List who looked at an object (`customer:12`), newest first; who is as entries write it (`person:7`).

    Raise ForbiddenError for who may read neither the audit log nor single customers.
    """
    if not viewer.can(Right.CUSTOMERS_READ):
        viewer.require(Right.AUDIT_READ)
    shown = Q()
    for each in LOOKS:
        shown |= Q(what__endswith=each)
    rows = AuditRow.objects.filter(shown, object=on).order_by("-id")[:limit]
    return tuple(Look(at=each.at, who=each.who, what=each.what) for each in rows)


def select(asked: AuditAsked) -> QuerySet[AuditRow]:
    """Choose rows; raise InvalidError for a period that ends before it begins."""
    if asked.since and asked.until and asked.until <= asked.since:
        raise InvalidError("until: must lie after since.")
    rows = AuditRow.objects.all()
    if asked.who:
        rows = rows.filter(who=asked.who)
    if asked.what:
        rows = rows.filter(what__startswith=asked.what) if asked.what.endswith(".") else rows.filter(what=asked.what)
    if asked.object:
        kind = asked.object.endswith(":")
        rows = rows.filter(object__startswith=asked.object) if kind else rows.filter(object=asked.object)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lt=asked.until)
    return rows


def lines(asked: AuditAsked) -> Iterator[bytes]:
    """Write entries as JSON lines in the chain's order, with all that a check outside Sojourn needs."""
    for row in select(asked).order_by(F("place").asc(nulls_last=True), "pk").iterator(CHUNK):
        chained = {"row": row.pk, "place": row.place, "mark": row.mark, "seal": row.seal, "digest": row.digest}
        yield (
            json.dumps({**json.loads(chain.line_of(row)), **chained}, sort_keys=True, ensure_ascii=False).encode()
            + b"\n"
        )


def audit_check(*, viewer: Viewer, kept: tuple[int, str] | None = None) -> AuditCheck:
    """Recompute the whole chain and say what is wrong with it.

    `kept` is a place and its digest that somebody kept elsewhere, to be compared too. Reads every row: about 50,000 a
    second. Raise ForbiddenError.
    """
    viewer.require(Right.AUDIT_READ)
    return _Walk(kept).done()


def audit_glance(*, most: int = LATEST) -> AuditCheck:
    """Recompute the last places of the chain, at most so many, and say what is wrong with them; quick, for the doctor.

    What was linked before them is taken as it stands: `audit_check` looks at all.
    """
    ahead = AuditRow.objects.filter(place__lte=chain.end()[0] - most).order_by("-place").first()
    return _Walk(None, after=(ahead.place or 0, ahead.digest) if ahead else (0, "")).done()


class _Walk:
    """One walk along the chain, from behind a place with its digest."""

    def __init__(self, kept: tuple[int, str] | None, *, after: tuple[int, str] = (0, "")) -> None:
        self._key = chain.key()
        self._begin = after[0]
        self._place, self._digest, self._rows = *after, 0
        self._wrong, self._findings = 0, list[AuditFinding]()
        noted = self._read_noted()  # before the rows: those written meanwhile lie behind it
        self._noted = noted[0] if noted else 0
        self._known = [each for each in (noted, kept) if each]

    def done(self) -> AuditCheck:
        chain.link()  # a process may have died between its commit and its link
        for row in AuditRow.objects.filter(place__gt=self._begin).order_by("place").iterator(CHUNK):
            self._step(row)
        waiting = 0
        for row in AuditRow.objects.filter(place__isnull=True).iterator(CHUNK):
            if self._is_sealed(row, chain.line_of(row)):
                waiting += 1
            else:
                self._find(Tampering.CHANGED, None, row.pk)
        for place, _ in self._known:
            if place > self._place:
                self._find(Tampering.TRUNCATED, place, None)
        return AuditCheck(
            rows=self._rows + waiting,
            waiting=waiting,
            place=self._place,
            digest=self._digest,
            noted=self._noted,
            wrong=self._wrong,
            findings=tuple(self._findings),
        )

    def _read_noted(self) -> tuple[int, str] | None:
        try:
            return chain.noted()
        except chain.ForeignHeadError:
            self._find(Tampering.FOREIGN, None, None)
            return None

    def _step(self, row: AuditRow) -> None:
        place, line = row.place or 0, chain.line_of(row)
        self._rows += 1
        gap = place != self._place + 1
        if gap:
            self._find(Tampering.MISSING, self._place + 1, None)
        if not self._is_sealed(row, line):
            self._find(Tampering.CHANGED, place, row.pk)
        elif not gap and row.digest != rules.audit_link(
            self._key, before=self._digest, place=place, row=row.pk, mark=row.mark, line=line
        ):
            self._find(Tampering.MOVED, place, row.pk)
        if any(place == known and row.digest != digest for known, digest in self._known):
            self._find(Tampering.REPLACED, place, row.pk)
        self._place, self._digest = place, row.digest

    def _is_sealed(self, row: AuditRow, line: str) -> bool:
        return hmac.compare_digest(row.seal, rules.audit_seal(self._key, mark=row.mark, line=line))

    def _find(self, kind: Tampering, place: int | None, row: int | None) -> None:
        self._wrong += 1
        if len(self._findings) < FINDINGS_MOST:
            self._findings.append(AuditFinding(kind=kind, place=place, row=row))
