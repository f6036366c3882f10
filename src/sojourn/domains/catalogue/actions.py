"""Do: sources and their keys. Each change is published to intake."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.db import IntegrityError, models, router, transaction
from django.utils import timezone

from sojourn.domains.access import actions as access
from sojourn.domains.access.contracts import Right, Viewer
from sojourn.domains.catalogue import counting, document, publication, queries, rules
from sojourn.domains.catalogue.contracts import BatchObservation, EventGroup, Plan, Source, SourceKind
from sojourn.domains.catalogue.models import Breach, NotedBatch, PlanRow, Revision, SourceRow
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
    viewer.require(Right.SOURCES_MANAGE)
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
        expected_every_minutes=expected_every_minutes or None,
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
    viewer.require(Right.SOURCES_MANAGE)
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
    viewer.require(Right.SOURCES_MANAGE)
    with transaction.atomic(using=router.db_for_write(SourceRow)):
        row = _held(slug)
        row.write_key = rules.new_write_key()
        return _saved(row, viewer, "source.rotate")


def delete_source(*, slug: str, viewer: Viewer) -> None:
    """Remove a source; its events stay and keep its slug. Raise NotFoundError."""
    viewer.require(Right.SOURCES_MANAGE)
    with transaction.atomic(using=router.db_for_write(SourceRow)):
        _held(slug).delete()
        bump()
        access.audit(viewer=viewer, what="source.delete", on=f"source:{slug}")
        transaction.on_commit(publish_sources, using=router.db_for_write(SourceRow))


def save_plan(*, text: str, viewer: Viewer, base: int | None = None) -> Plan:
    """Save a plan (YAML or JSON) as the next version; the same plan again makes none.

    `base` is the version that was edited: raise ConflictError when a newer one is there. Raise PlanError naming line
    and field, ForbiddenError.
    """
    viewer.require(Right.PLAN_WRITE)
    saved = document.read(text)
    with transaction.atomic(using=router.db_for_write(PlanRow)):
        bump()  # first, because it holds the row that two who save at once must pass one after the other
        newest = PlanRow.objects.order_by("-version").first()
        version = newest.version if newest else 0
        if base is not None and base != version:
            raise ConflictError(f"The plan has moved on to version {version}; yours began at {base}. Look at both.")
        if newest and newest.text == document.write(saved):
            return replace(saved, version=version)
        PlanRow.objects.create(
            version=version + 1,
            text=document.write(saved),
            events=len(saved.events),
            saved_at=timezone.now(),
            saved_by=viewer.name,
        )
        access.audit(viewer=viewer, what="plan.save", on=f"plan:{version + 1}")
    return replace(saved, version=version + 1)


def save_group(*, group: EventGroup, viewer: Viewer, instead_of: str = "") -> Plan:
    """Save a group of events, in place of the one called so or `instead_of` it, as the plan's next version.

    Raise PlanError for a group that cannot be, ForbiddenError.
    """
    viewer.require(Right.PLAN_WRITE)
    with transaction.atomic(using=router.db_for_write(PlanRow)):
        bump()  # holds the row that two who save at once must pass one after the other
        now = queries.plan()
        places = [at for at, each in enumerate(now.groups) if each.name in {group.name, instead_of}]
        groups = [each for at, each in enumerate(now.groups) if at not in places]
        groups.insert(min(places, default=len(groups)), group)
        return _with_groups(now, tuple(groups), viewer)


def delete_group(*, name: str, viewer: Viewer) -> Plan:
    """Take a group out of the plan, as its next version; its events are shown by their names. Raise NotFoundError."""
    viewer.require(Right.PLAN_WRITE)
    with transaction.atomic(using=router.db_for_write(PlanRow)):
        bump()
        now = queries.plan()
        groups = tuple(each for each in now.groups if each.name != name)
        if groups == now.groups:
            raise NotFoundError("There is no group of this name.")
        return _with_groups(now, groups, viewer)


def note(observation: BatchObservation) -> bool:
    """Count what the loader saw in a batch; say False, and count nothing, when this batch was counted before."""
    limits = settings.SOJOURN
    with transaction.atomic(using=router.db_for_write(NotedBatch)):
        if not counting.is_new(observation.batch):
            return False
        events = counting.count_events(observation.events, most=limits.discovered_events_max)
        counting.count_properties(observation.properties, events=events, most=limits.discovered_properties_max)
        counting.count_breaches(observation.breaches, events=events)
        counting.count_sources(observation)
    return True


def forget_violations(*, viewer: Viewer) -> None:
    """Begin to count violations anew, after a plan or a client was put right."""
    viewer.require(Right.PLAN_WRITE)
    with transaction.atomic(using=router.db_for_write(Breach)):
        Breach.objects.all().delete()
        access.audit(viewer=viewer, what="plan.forget_violations", on="plan")


def publish_sources() -> None:
    """Tell intake which sources there are; done at each change and when the server starts."""
    publication.publish(settings.SOJOURN.write_keys_file, queries.sources)


def bump() -> None:
    """Let the loader see that sources or plan have changed; in the caller's transaction."""
    Revision.objects.get_or_create(pk=1)
    Revision.objects.filter(pk=1).update(number=models.F("number") + 1)


def _with_groups(now: Plan, groups: tuple[EventGroup, ...], viewer: Viewer) -> Plan:
    return save_plan(text=document.write(replace(now, groups=groups)), viewer=viewer, base=now.version)


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
