"""Do: sources and their keys. Each change is published to intake."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, models, router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Viewer
from sojourn.domains.catalogue import publication, queries, rules
from sojourn.domains.catalogue.contracts import Source, SourceKind
from sojourn.domains.catalogue.models import Revision, SourceRow
from sojourn.kit.errors import ConflictError, InvalidError, NotFoundError

CHANNEL_OF_KIND = {SourceKind.WEB: "web", SourceKind.MOBILE: "app"}


def create_source(
    *,
    slug: str,
    viewer: Viewer,
    name: str = "",
    kind: SourceKind = SourceKind.SERVER,
    channel: str = "",
    is_strict: bool = False,
    rate: int = 0,
    expected_every_minutes: int | None = None,
    write_key: str | None = None,
) -> Source:
    """Make a source with a write key of its own (or the one given).

    Raise ForbiddenError, InvalidError (slug, channel, rate, promise), ConflictError (slug or key taken).
    """
    viewer.require_administrator()
    if not rules.is_slug(slug):
        raise InvalidError("slug: 1 to 63 small letters, digits, - and _, beginning with a letter or digit.")
    row = SourceRow(
        slug=slug,
        name=name.strip() or slug,
        kind=kind.value,
        channel=channel or CHANNEL_OF_KIND.get(kind, ""),
        write_key=write_key or rules.new_write_key(),
        is_strict=is_strict,
        rate=rate,
        expected_every_minutes=expected_every_minutes,
        created_at=timezone.now(),
    )
    return _saved(row, viewer, "source.create")


def ensure_source(*, slug: str, viewer: Viewer, name: str = "", kind: SourceKind = SourceKind.FILE) -> Source:
    """Give the source with this slug, making it when there is none."""
    row = SourceRow.objects.filter(slug=slug).first()
    return row.contract() if row else create_source(slug=slug, viewer=viewer, name=name, kind=kind)


def change_source(
    *,
    slug: str,
    viewer: Viewer,
    name: str | None = None,
    channel: str | None = None,
    is_strict: bool | None = None,
    is_active: bool | None = None,
    rate: int | None = None,
    expected_every_minutes: int | None = None,
) -> Source:
    """Change what is given, leave the rest; a promise of 0 minutes takes the promise back.

    Raise ForbiddenError, NotFoundError, InvalidError.
    """
    viewer.require_administrator()
    with transaction.atomic(using=router.db_for_write(SourceRow)):
        row = _held(slug)
        given = {"name": name, "channel": channel, "is_strict": is_strict, "is_active": is_active, "rate": rate}
        for field, value in given.items():
            if value is not None:
                setattr(row, field, value)
        if expected_every_minutes is not None:
            row.expected_every_minutes = expected_every_minutes or None
        return _saved(row, viewer, "source.change")


def rotate_write_key(*, slug: str, viewer: Viewer) -> Source:
    """Give a source a new write key; the old one opens nothing from now on. Raise NotFoundError."""
    viewer.require_administrator()
    with transaction.atomic(using=router.db_for_write(SourceRow)):
        row = _held(slug)
        row.write_key = rules.new_write_key()
        return _saved(row, viewer, "source.rotate")


def delete_source(*, slug: str, viewer: Viewer) -> None:
    """Remove a source; its events stay and keep its slug. Raise NotFoundError."""
    viewer.require_administrator()
    with transaction.atomic(using=router.db_for_write(SourceRow)):
        _held(slug).delete()
        bump()
        access.audit(viewer=viewer, what="source.delete", on=f"source:{slug}")
        transaction.on_commit(publish_sources, using=router.db_for_write(SourceRow))


def publish_sources() -> None:
    """Tell intake which sources there are; done at each change and when the server starts."""
    publication.publish(settings.SOJOURN.write_keys_file, queries.sources)


def bump() -> None:
    """Let the loader see that sources or plan have changed; in the caller's transaction."""
    Revision.objects.get_or_create(pk=1)
    Revision.objects.filter(pk=1).update(number=models.F("number") + 1)


def _saved(row: SourceRow, viewer: Viewer, what: str) -> Source:
    _check(row)
    try:
        with transaction.atomic(using=router.db_for_write(SourceRow)):
            row.save()
            bump()
            access.audit(viewer=viewer, what=what, on=f"source:{row.slug}")
    except IntegrityError:
        raise ConflictError("slug: a source with this slug (or this write key) is there already.") from None
    transaction.on_commit(publish_sources, using=router.db_for_write(SourceRow))
    return row.contract()


def _held(slug: str) -> SourceRow:
    row = SourceRow.objects.select_for_update().filter(slug=slug).first()
    if row is None:
        raise NotFoundError("There is no source with this slug.")
    return row


def _check(row: SourceRow) -> None:
    if len(row.name) > 100:
        raise InvalidError("name: at most 100 characters.")
    if len(row.channel) > 63:
        raise InvalidError("channel: at most 63 characters.")
    if not 0 <= row.rate <= 1_000_000:
        raise InvalidError("rate: 0 to 1,000,000 events a second.")
    if row.expected_every_minutes is not None and not 1 <= row.expected_every_minutes <= 525_600:
        raise InvalidError("expected_every_minutes: 1 to 525,600 (a year), or 0 for no promise.")
    if not 8 <= len(row.write_key) <= 64:
        raise InvalidError("write_key: 8 to 64 characters.")
