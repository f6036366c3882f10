"""The master keys: which there are, a new one, and letting the old ones go."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from sojourn.domains.access.contracts import Right
from sojourn.domains.collection import actions, queries
from sojourn.domains.collection.contracts import Encryption
from sojourn.surfaces.rest.auth import viewer_of
from sojourn.surfaces.rest.errors import PROBLEMS
from sojourn.surfaces.rest.needing import needs

router = Router(tags=["encryption and backups"])


class Rotated(Schema):
    """The new key's name; the key itself stays in the key file."""

    newest: str


class Retired(Schema):
    """How many keys were forgotten."""

    keys: int


@router.get("/encryption", response={200: Encryption, **PROBLEMS}, summary="Say how far a key rotation has come")
@needs(Right.BACKUPS_RUN)
def encryption(request: HttpRequest) -> Encryption:
    """Names of keys, and for each column how many values an older key still seals."""
    return queries.encryption()


@router.post("/encryption/keys", response={200: Rotated, **PROBLEMS}, summary="Make a new master key")
@needs(Right.BACKUPS_RUN)
def rotate(request: HttpRequest) -> Rotated:
    """It seals at once; what older keys sealed is sealed anew in the background. Keys of the environment: refused."""
    return Rotated(newest=actions.rotate_key(viewer=viewer_of(request)))


@router.delete("/encryption/keys", response={200: Retired, **PROBLEMS}, summary="Forget the older master keys")
@needs(Right.BACKUPS_RUN)
def retire(request: HttpRequest) -> Retired:
    """Refused while one of them still seals something."""
    return Retired(keys=actions.retire_keys(viewer=viewer_of(request)))
