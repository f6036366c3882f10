"""Access packages: all that the rooms hold about a customer, as JSON, CSV and a page to read, behind a link."""

from __future__ import annotations

import csv
import hashlib
import hmac
import html
import io
import json
import secrets
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from django.conf import settings
from django.db import router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.collection import hooks
from sojourn.domains.privacy.door.stream import fetching
from sojourn.domains.privacy.rights.sealed import LINK, PACKAGE
from sojourn.domains.privacy.tables.rights import PackageRow
from sojourn.domains.privacy.words.rights import Package
from sojourn.kit import durable, sealing
from sojourn.kit.errors import NotFoundError
from sojourn.kit.period import Period
from sojourn.kit.spreadsheet import harmless

DAYS_OPEN: Final = 14
EVENTS_HEADING: Final = "Events"
EVENTS_EXPLAINED: Final = (
    "What happened between you and us, as our systems recorded it: each visit, call, order and message, in order."
)
EVENTS: Final = (
    'SELECT occurred_at, name, channel, touchpoint, unit, product, source, "value", currency, properties FROM events '
    "WHERE person IN (SELECT person FROM theirs) ORDER BY occurred_at, event_id"
)
STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}"
)
Records = list[dict[str, object]]


def make(*, request: int, customer: int, persons: Sequence[int], machine_only: bool, now: datetime) -> Package:
    """Gather what is held about a customer into a sealed package; the link's secret is told this once."""
    content = _zipped(_gathered(persons), now=now, machine_only=machine_only)
    name = secrets.token_hex(16)
    secret = _secret(name)
    folder = _folder()
    durable.make_folder(folder)
    with transaction.atomic(using=router.db_for_write(PackageRow)):
        row = PackageRow.objects.create(
            request=request,
            customer=customer,
            digest=_digest(secret),
            file=f"{name}.package",
            size=len(content),
            made_at=now,
            expires_at=now + timedelta(days=DAYS_OPEN),
        )
        path = folder / row.file
        path.write_bytes(sealing.sealer(settings.SOJOURN).seal(content, use=PACKAGE))
        durable.sync_file(path)
    return _told(row, secret)


def download(*, secret: str) -> tuple[str, bytes]:
    """Give a package's file name and content to who has its link; counted and audited.

    Raise NotFoundError when there is none, or its time is over.
    """
    row = PackageRow.objects.filter(digest=_digest(secret), expires_at__gt=timezone.now()).first()
    path = None if row is None else _folder() / row.file
    if row is None or path is None or not path.exists():
        raise NotFoundError("This link leads to nothing, or its time is over. Ask us for a new one.")
    content = sealing.sealer(settings.SOJOURN).open(path.read_bytes(), use=PACKAGE)
    with transaction.atomic(using=router.db_for_write(PackageRow)):
        PackageRow.objects.filter(pk=row.pk).update(downloads=row.downloads + 1, downloaded_at=timezone.now())
        access.audit_by(who="customer", what="package.download", on=f"package:{row.pk}", request=str(row.request))
    return f"your-data-{row.request}.zip", content


def link_of(number: int) -> str:
    """Give the secret of an open package's link, to be handed over; raise NotFoundError."""
    row = PackageRow.objects.filter(pk=number, expires_at__gt=timezone.now()).first()
    if row is None:
        raise NotFoundError("There is no package of this number, or its time is over.")
    return _secret(row.file.removesuffix(".package"))


def sweep(*, now: datetime) -> int:
    """Delete packages whose time is over, and give how many."""
    return _delete(PackageRow.objects.filter(expires_at__lte=now))


def forget(*, customers: Iterable[int]) -> int:
    """Delete the packages of erased customers, and give how many."""
    return _delete(PackageRow.objects.filter(customer__in=list(customers)))


def _delete(rows: Any) -> int:
    found = list(rows)
    for row in found:
        (_folder() / row.file).unlink(missing_ok=True)
        row.delete()
    return len(found)


def _gathered(persons: Sequence[int]) -> dict[str, tuple[str, Records]]:
    """Ask every room, and read the events; by heading, with an explanation."""
    found: dict[str, tuple[str, Records]] = {}
    for tell in hooks.about_persons:
        for held in tell(tuple(persons)):
            records = [dict(each) for each in held.records]
            explained, before = found.get(held.heading, (held.explanation, []))
            found[held.heading] = (explained, [*before, *records])
    found[EVENTS_HEADING] = (EVENTS_EXPLAINED, list(_events(persons)))
    return found


def _events(persons: Sequence[int]) -> Iterator[dict[str, object]]:
    with fetching(period=Period()) as connection:
        connection.register("theirs", pa.table({"person": pa.array(list(persons), pa.int64())}))
        reader = connection.execute(EVENTS)
        names = [each[0] for each in reader.description or ()]
        for row in reader.fetchall():
            told = dict(zip(names, row, strict=True))
            told["occurred_at"] = told["occurred_at"].isoformat() + "Z"
            told["value"] = None if told["value"] is None else str(told["value"])
            told["properties"] = json.loads(told["properties"] or "{}")
            yield {name: value for name, value in told.items() if value not in (None, "", {})}


def _zipped(found: Mapping[str, tuple[str, Records]], *, now: datetime, machine_only: bool) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        whole = {
            "made_at": now.isoformat(),
            "about": [
                {"heading": heading, "explanation": explained, "records": records}
                for heading, (explained, records) in found.items()
            ],
        }
        archive.writestr("data.json", json.dumps(whole, indent=2, ensure_ascii=False, default=str))
        for heading, (_, records) in found.items():
            if records:
                archive.writestr(f"csv/{_file_name(heading)}.csv", _csv(records))
        if not machine_only:
            archive.writestr("read-me.html", _page(found, now))
    return packed.getvalue()


def _csv(records: Records) -> str:
    columns = list(dict.fromkeys(name for record in records for name in record))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    for record in records:
        writer.writerow([harmless(_cell(record.get(name))) for name in columns])
    return "\ufeff" + text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def _page(found: Mapping[str, tuple[str, Records]], now: datetime) -> str:
    company = html.escape(settings.SOJOURN.workspace)
    parts = [
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Your data</title><style>{STYLE}</style>',
        f"<h1>What {company} holds about you</h1><p>Gathered on {now:%d %B %Y}. The same is in data.json and, as "
        "tables, in the folder csv.</p>",
    ]
    for heading, (explained, records) in found.items():
        parts.append(f"<h2>{html.escape(heading)} ({len(records)})</h2><p>{html.escape(explained)}</p>")
        parts.append(_table(records) if records else "<p>Nothing.</p>")
    return "".join(parts) + "</html>"


def _table(records: Records) -> str:
    columns = list(dict.fromkeys(name for record in records for name in record))
    head = "".join(f'<th scope="col">{html.escape(name.replace("_", " "))}</th>' for name in columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_cell(record.get(name)))}</td>" for name in columns) + "</tr>"
        for record in records
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _file_name(heading: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in heading.lower()).split())


def _folder() -> Path:
    return Path(settings.SOJOURN.data / "packages")


def _secret(name: str) -> str:
    """Sign a package's random name: the link can be told again, and nobody makes one without the key."""
    key = sealing.sealer(settings.SOJOURN).derive(LINK)
    return name + hmac.new(key, name.encode(), "sha256").hexdigest()[:32]


def _digest(secret: str) -> str:
    return hashlib.sha256(f"package:{secret}".encode()).hexdigest()


def _told(row: PackageRow, secret: str = "") -> Package:
    return Package(
        id=row.pk,
        request=row.request,
        size=row.size,
        made_at=row.made_at,
        expires_at=row.expires_at,
        downloads=row.downloads,
        secret=secret,
    )
