"""Brings a demo company's files in as deliveries, with progress, and makes its timeline ready."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import connections
from django.utils.module_loading import autodiscover_modules
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from sojourn.domains.access.contracts import SYSTEM
from sojourn.domains.collection import actions as collection
from sojourn.domains.collection import queries as collection_queries
from sojourn.domains.collection.contracts import Delivery, DeliveryStatus
from sojourn.domains.privacy import actions as privacy
from sojourn.kit.errors import ConflictError
from sojourn.kit.settings import Settings
from sojourn.surfaces.cli.companies import Company, DemoState
from sojourn.surfaces.cli.parcels import Parcel, pack

PRESET = "sojourn"
POLL_SECONDS = 0.2
FOLDER = "parcels"


def ship(settings: Settings, company: Company, state: DemoState, console: Console) -> None:
    """Make the files, deliver each, refresh the timeline; raise ConflictError when a delivery does not come through."""
    autodiscover_modules("plugins", "tasks")
    folder = settings.temporary / FOLDER
    with _progress(console) as progress:
        try:
            making = progress.add_task(f"making {company.name}", total=None)
            parcels = pack(state, folder, lambda done, in_all: progress.update(making, completed=done, total=in_all))
            progress.update(making, completed=1, total=1, visible=False)
            _deliver_all(parcels, progress)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        follow(progress)


def follow(progress: Progress) -> None:
    """Hand the new events on, so that the first page finds everything in place."""
    indexing = progress.add_task("indexing journeys", total=None)
    collection.pass_on_observations()
    collection.run_tail()
    privacy.refresh_timeline()
    progress.update(indexing, completed=1, total=1)


def _deliver_all(parcels: list[Parcel], progress: Progress) -> None:
    collection.run_deliveries()  # what an interrupted loading left behind
    loading = progress.add_task("loading events", total=sum(each.rows for each in parcels))
    done = 0
    for parcel in parcels:
        if not _is_delivered(parcel):
            _deliver(parcel, partial(_count, progress, loading, done))
        done += parcel.rows
        progress.update(loading, completed=done)


def _count(progress: Progress, task: TaskID, before: int, rows: int) -> None:
    progress.update(task, completed=before + rows)


def _is_delivered(parcel: Parcel) -> bool:
    known = collection_queries.deliveries(source=parcel.source)
    return any(each.name == parcel.path.name and each.status is DeliveryStatus.DONE for each in known)


def _deliver(parcel: Parcel, tell: Callable[[int], None]) -> None:
    begun = collection.begin(
        source=parcel.source, name=parcel.path.name, file=parcel.path, viewer=SYSTEM, mapping=PRESET
    )
    with _watched(begun.id, tell):
        collection.start(delivery=begun.id, viewer=SYSTEM)
    ended = collection_queries.delivery(begun.id)
    if ended.status is not DeliveryStatus.DONE or ended.rows_refused:
        raise ConflictError(f"The delivery {ended.name} is {ended.status.value}: {ended.message or _refusals(ended)}")


def _refusals(ended: Delivery) -> str:
    first = collection_queries.refused_rows(ended.id, limit=1)
    return f"{ended.rows_refused} rows were refused, the first because: {first[0].reason if first else 'unknown'}"


@contextmanager
def _watched(delivery: int, tell: Callable[[int], None]) -> Iterator[None]:
    """Tell how many rows a delivery has taken, from a thread of its own, while the block loads it."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(POLL_SECONDS):
            now = collection_queries.delivery(delivery)
            tell(now.rows_good + now.rows_known)
        connections.close_all()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        watcher.join()


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
        console=console,
    )  # fmt: skip
