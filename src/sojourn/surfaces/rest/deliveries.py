"""Files handed in: take, look before, load, follow, call off."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Path, Query, Router, Schema, Status, UploadedFile
from pydantic import Field

from sojourn.domains.access.contracts import LOCAL, Right
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import Delivery, Preview, RefusedRow
from sojourn.kit.errors import ForbiddenError, InvalidError
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs
from sojourn.surfaces.rest.paging import LIMIT, Cursor, Limit, Page, encode, number
from sojourn.surfaces.rest.types import Flag

router = Router(tags=["files"])
Number = Annotated[int, Path(ge=1, lt=1 << 63)]
BINARY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"format": "binary"}}}}}


class ReadAs(Schema):
    """What may be said beside a preset."""

    preset: str = Field("", max_length=100, description="A preset's name; empty: the one that fits best.")
    time_zone: str = Field("", max_length=64, description="Of times that name none, such as Europe/Berlin; empty: UTC.")
    blank: Literal["", "keeps", "clears"] = Field(
        "", description="What an empty cell does to a trait that is known; empty: it keeps it."
    )

    def said(self) -> dict[str, Any] | None:
        """Give what was said as a mapping; None when nothing was."""
        said = {"name": self.preset, "time_zone": self.time_zone, "blank": self.blank}
        return {key: value for key, value in said.items() if value} or None


class FileAsked(ReadAs):
    """Where a file comes from and how it is read."""

    source: str = Field(min_length=1, max_length=63, description="Slug of the source.")
    name: str = Field(
        "", max_length=200, description="The same name from the same source replaces the earlier delivery."
    )
    encoding: str = Field("", max_length=32, description="Empty: found out.")
    delimiter: str = Field("", max_length=3, description="Of CSV; empty: found out.")
    rows: str = Field("", max_length=19, description="Control total: the number of rows the file must have.")
    total: str = Field("", max_length=40, description="Control total: the sum of value over all rows.")
    start: bool = Field(True, description="Load at once; false: wait for /start, so that a preview can be looked at.")


class LocalFile(FileAsked):
    """A file on the server's own disk."""

    path: str = Field(min_length=1, max_length=4_096)
    start: Flag = True


class Mapping(ReadAs):
    """How columns become fields of an event; what is not given stays as found out."""

    mapping: dict[str, Any] | None = Field(None, description="Instead of a preset: fields of an event with columns.")


class PreviewAsked(Mapping):
    """How to read the file for once."""

    encoding: str = Field("", max_length=32)
    delimiter: str = Field("", max_length=3)


class Preset(Schema):
    """A mapping that ships with Sojourn."""

    name: str
    title: str


@router.get("/presets", response={200: Page[Preset], **PROBLEMS}, summary="List the presets for files")
@needs(Right.IMPORTS_RUN)
def list_presets(request: HttpRequest) -> Page[Preset]:
    """Mappings of usual exports."""
    return Page[Preset](items=[Preset(name=name, title=title) for name, title in queries.import_presets()])


@router.get("/deliveries", response={200: Page[Delivery], **PROBLEMS}, summary="List deliveries, newest first")
@needs(Right.IMPORTS_RUN)
def list_deliveries(
    request: HttpRequest,
    source: Annotated[str, Query(max_length=63)] = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Page[Delivery]:
    """Of every source, or of one."""
    rows = queries.deliveries(source=source or None, before=number(cursor), limit=limit)
    return Page[Delivery](items=list(rows), next=encode(rows[-1].id) if len(rows) == limit else None)


@router.post("/deliveries", response={201: Delivery, **PROBLEMS}, summary="Hand in a file as a form")
@needs(Right.IMPORTS_RUN)
def upload(request: HttpRequest, asked: Form[FileAsked], file: File[UploadedFile]) -> Status[Delivery]:
    """A multipart form, as browsers send it. The answer comes when the file is stored; follow it by its id."""
    return _begun(request, asked, file.file, file.name or "")


@router.post(
    "/deliveries/stream",
    response={201: Delivery, **PROBLEMS},
    summary="Hand in a file as the request's body",
    openapi_extra=BINARY,
)
@needs(Right.IMPORTS_RUN)
def upload_stream(request: HttpRequest, asked: Query[FileAsked]) -> Status[Delivery]:
    """The file's bytes, nothing around them, of any size; never held in memory."""
    # Django reads nothing of a body without a length, as a pipe sends it (chunked); the server knows where it ends.
    body = request if request.META.get("CONTENT_LENGTH") else request.META["wsgi.input"]
    return _begun(request, asked, body, "")


@router.post("/deliveries/local", response={201: Delivery, **PROBLEMS}, summary="Hand in a file on the server's disk")
@needs(Right.IMPORTS_RUN)
def take_local(request: HttpRequest, body: LocalFile) -> Status[Delivery]:
    """For the command line on the server's machine only."""
    if viewer_of(request) != LOCAL:
        raise ForbiddenError("Only the command line on the server's own machine may name files there.")
    path = FilePath(body.path) if "\x00" not in body.path else FilePath()
    if not path.is_absolute() or not path.is_file():
        raise InvalidError("path: there is no such file.")
    return _begun(request, body, path, path.name)


@router.get("/deliveries/{delivery}", response={200: Delivery, **PROBLEMS}, summary="Follow a delivery")
@needs(Right.IMPORTS_RUN)
def get_delivery(request: HttpRequest, delivery: Number) -> Delivery:
    """Its progress, counts and control total."""
    return queries.delivery(delivery)


@router.post(
    "/deliveries/{delivery}/preview", response={200: Preview, **PROBLEMS}, summary="Show what a file would become"
)
@needs(Right.IMPORTS_RUN)
def preview(request: HttpRequest, delivery: Number, body: PreviewAsked) -> Preview:
    """While the delivery waits; nothing enters."""
    return queries.preview(delivery, mapping=_mapping(body), encoding=body.encoding, delimiter=body.delimiter)


@router.post("/deliveries/{delivery}/start", response={200: Delivery, **PROBLEMS}, summary="Load a delivery that waits")
@needs(Right.IMPORTS_RUN)
def start(request: HttpRequest, delivery: Number, body: Mapping) -> Delivery:
    """With another mapping, where one is given."""
    return actions.start(delivery=delivery, mapping=_mapping(body), viewer=viewer_of(request))


@router.post("/deliveries/{delivery}/cancel", response={200: Delivery, **PROBLEMS}, summary="Call a delivery off")
@needs(Right.IMPORTS_RUN)
def cancel(request: HttpRequest, delivery: Number) -> Delivery:
    """Nothing of it enters."""
    return actions.cancel(delivery=delivery, viewer=viewer_of(request))


@router.get(
    "/deliveries/{delivery}/refused", response={200: Page[RefusedRow], **PROBLEMS}, summary="List a file's refused rows"
)
@needs(Right.IMPORTS_RUN)
def list_refused(request: HttpRequest, delivery: Number, limit: Limit = LIMIT, cursor: Cursor = "") -> Page[RefusedRow]:
    """With line and reason, in the file's order; the first thousand are kept."""
    queries.delivery(delivery)
    rows = queries.refused_rows(delivery, after=number(cursor) or 0, limit=limit)
    return Page[RefusedRow](items=list(rows), next=encode(rows[-1].id) if len(rows) == limit else None)


def _begun(request: HttpRequest, asked: FileAsked, file: Any, name: str) -> Status[Delivery]:
    viewer = viewer_of(request)
    begun = actions.begin(
        source=asked.source,
        name=asked.name or name,
        file=file,
        mapping=asked.said(),
        encoding=asked.encoding,
        delimiter=asked.delimiter,
        control=actions.stated(rows=asked.rows, total=asked.total),
        viewer=viewer,
    )
    return Status(201, actions.start(delivery=begun.id, viewer=viewer) if asked.start else begun)


def _mapping(body: Mapping) -> dict[str, Any] | None:
    if body.mapping is not None:
        return body.mapping
    return body.said()
