"""The API: its routers, its way in, its errors."""

from __future__ import annotations

from sojourn import __version__
from sojourn.surfaces.rest import (
    accounts,
    attribution,
    audit,
    backups,
    cases,
    comparison,
    consents,
    customers,
    deliveries,
    encryption,
    events,
    explorer,
    export,
    extracts,
    flow,
    funnels,
    graph,
    health,
    invitations,
    journeys,
    kpis,
    lists,
    matching,
    paths,
    patterns,
    people,
    pickups,
    plan,
    problems,
    process,
    profiles,
    requests,
    retaining,
    retention,
    roles,
    saved,
    saved_lists,
    sources,
    units,
    webhooks,
)
from sojourn.surfaces.rest.answering import Api
from sojourn.surfaces.rest.arrow import negotiated
from sojourn.surfaces.rest.auth import Key, SignedIn
from sojourn.surfaces.rest.needing import guarded
from sojourn.surfaces.rest.renderer import JsonRenderer

api = Api(
    title="Sojourn",
    version=__version__,
    description="Everything that the pages and the command line can do. Errors are problem+json (RFC 9457).",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    renderer=JsonRenderer(),
    auth=[Key(), SignedIn()],
)
problems.install(api)
api.add_decorator(guarded, mode="operation")
api.add_decorator(negotiated, mode="operation")
for room in (
    health,
    events,
    export,
    extracts,
    webhooks,
    pickups,
    explorer,
    funnels,
    paths,
    patterns,
    process,
    retention,
    customers,
    lists,
    saved_lists,
    profiles,
    accounts,
    matching,
    graph,
    attribution,
    comparison,
    cases,
    journeys,
    saved,
    kpis,
    deliveries,
    flow,
    sources,
    plan,
    units,
    people,
    invitations,
    consents,
    requests,
    retaining,
    encryption,
    backups,
    audit,
    roles,
):
    api.add_router("", room.router)
