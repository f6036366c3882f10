"""Backups: which there are, a new one, and reading one whole."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Schema

from sojourn.domains.access.contracts import Right
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import Backup
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page

router = Router(tags=["encryption and backups"])
Name = Annotated[str, Path(max_length=63)]


class Asked(Schema):
    """A backup is being made; it is in the list when it is done."""

    ok: bool = True


@router.get("/backups", response={200: Page[Backup], **PROBLEMS}, summary="List the backups")
@needs(Right.BACKUPS_RUN)
def list_backups(request: HttpRequest) -> Page[Backup]:
    """Newest first, each with the time at which it was last read whole."""
    return Page[Backup](items=list(queries.backups()), next=None)


@router.post("/backups", response={200: Asked, **PROBLEMS}, summary="Make a backup")
@needs(Right.BACKUPS_RUN)
def make_backup(request: HttpRequest) -> Asked:
    """The work process makes it while everything runs."""
    actions.request_backup(viewer=viewer_of(request))
    return Asked()


@router.post("/backups/{name}/verify", response={200: Backup, **PROBLEMS}, summary="Read a backup whole")
@needs(Right.BACKUPS_RUN)
def verify_backup(request: HttpRequest, name: Name) -> Backup:
    """Opens every part and compares every file with its digest; takes its time on a large one."""
    return queries.verify_backup(name)
