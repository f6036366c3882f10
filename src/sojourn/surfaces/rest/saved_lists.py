"""Saved lists of customers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from sojourn.domains.access.contracts import Right
from sojourn.domains.customers import actions, queries
from sojourn.domains.customers.contracts import Parameters, SavedList
from sojourn.kit.errors import InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import Page
from sojourn.surfaces.rest.types import Flag, plain

router = Router(tags=["customers"])
Id = Annotated[str, Path(max_length=12)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Query = Annotated[
    str,
    Field(
        max_length=12_000,
        description="Which customers, as `GET /customers` is asked: state=customer&when=visits>=3&trait=visits.",
    ),
]
PREFIX = "/api/v1/customers?"


class ListText(Schema):
    """A list to save."""

    name: Name
    query: Query = ""
    is_shared: Flag = Field(False, description="Whether everyone who may list customers opens it.")


class ListChange(Schema):
    """What changes; the rest stays."""

    name: Name | None = None
    query: Query | None = None
    is_shared: Flag | None = None


class SavedListAnswer(Schema):
    """A saved list; `address` gives whom it holds today."""

    id: str
    name: str
    address: str
    is_shared: bool
    owner: str
    may_change: bool
    created_at: datetime
    saved_at: datetime


@router.get("/lists", response={200: Page[SavedListAnswer], **PROBLEMS}, summary="List saved lists")
@needs(Right.CUSTOMERS_LIST)
def list_lists(request: HttpRequest) -> Page[SavedListAnswer]:
    """Your own and the shared ones, by name."""
    viewer = viewer_of(request)
    return Page[SavedListAnswer](items=[_answer(request, each) for each in queries.saved_lists(viewer=viewer)])


@router.post("/lists", response={201: SavedListAnswer, **PROBLEMS}, summary="Save a list")
@needs(Right.CUSTOMERS_LIST)
def save_list(request: HttpRequest, body: ListText) -> Status[SavedListAnswer]:
    """Filters, columns and order under a name; no customers."""
    saved = actions.save_list(
        name=body.name, parameters=_read(body.query), is_shared=body.is_shared, viewer=viewer_of(request)
    )
    return Status(201, _answer(request, saved))


@router.get("/lists/{list_id}", response={200: SavedListAnswer, **PROBLEMS}, summary="Show a saved list")
@needs(Right.CUSTOMERS_LIST)
def get_list(request: HttpRequest, list_id: Id) -> SavedListAnswer:
    """What it asks for; `GET /customers?saved=` gives whom it holds."""
    return _answer(request, queries.saved_list(id=plain(list_id), viewer=viewer_of(request)))


@router.patch("/lists/{list_id}", response={200: SavedListAnswer, **PROBLEMS}, summary="Change a saved list")
@needs(Right.CUSTOMERS_LIST)
def change_list(request: HttpRequest, list_id: Id, body: ListChange) -> SavedListAnswer:
    """For who saved it and, where it is shared, administrators."""
    changed = actions.change_list(
        id=plain(list_id),
        name=body.name,
        parameters=None if body.query is None else _read(body.query),
        is_shared=body.is_shared,
        viewer=viewer_of(request),
    )
    return _answer(request, changed)


@router.delete("/lists/{list_id}", response={204: None, **PROBLEMS}, summary="Delete a saved list")
@needs(Right.CUSTOMERS_LIST)
def delete_list(request: HttpRequest, list_id: Id) -> Status[None]:
    """For a day it can be brought back."""
    actions.delete_list(id=plain(list_id), viewer=viewer_of(request))
    return Status(204, None)


@router.post("/lists/{list_id}/restore", response={200: SavedListAnswer, **PROBLEMS}, summary="Bring back a saved list")
@needs(Right.CUSTOMERS_LIST)
def restore_list(request: HttpRequest, list_id: Id) -> SavedListAnswer:
    """One deleted less than a day ago."""
    return _answer(request, actions.restore_list(id=plain(list_id), viewer=viewer_of(request)))


def _answer(request: HttpRequest, saved: SavedList) -> SavedListAnswer:
    return SavedListAnswer(
        id=saved.id,
        name=saved.name,
        address=PREFIX + urlencode(saved.parameters),
        is_shared=saved.is_shared,
        owner=saved.owner,
        may_change=queries.may_change_list(saved, viewer=viewer_of(request)),
        created_at=saved.created_at,
        saved_at=saved.saved_at,
    )


def _read(query: str) -> Parameters:
    """Read a query, or an address of `GET /customers` with one."""
    said = query.partition("?")[2] if query.startswith(("/", "http")) else query.removeprefix("?")
    try:
        return tuple(parse_qsl(said, max_num_fields=200))
    except ValueError:
        raise InvalidError("query: at most 200 parameters.") from None
