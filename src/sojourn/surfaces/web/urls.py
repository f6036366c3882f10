"""Addresses of the pages."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, path

from sojourn.surfaces.web.views import (
    attribution,
    data,
    explorer,
    home,
    imports,
    journeys,
    measures,
    palette,
    paths,
    people,
    plan,
    process,
    retention,
    sources,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("palette", palette.palette, name="palette"),
    path("journeys/explorer", explorer.explorer, name="explorer"),
    path("journeys/paths", paths.paths, name="paths"),
    path("journeys/process", process.process, name="process"),
    path("journeys/retention", retention.retention, name="retention"),
    path("journeys/attribution", attribution.attribution, name="attribution"),
    path("journeys/new", journeys.journey_new, name="journey-new"),
    path("journeys/<slug:slug>/change", journeys.journey_edit, name="journey-edit"),
    path("journeys/<slug:slug>/delete", journeys.journey_delete, name="journey-delete"),
    path("journeys/restore", journeys.journey_restore, name="journey-restore"),
    path("journeys/", journeys.journeys, name="journeys"),
    path("settings/sources/", sources.sources, name="sources"),
    path("settings/sources/new", sources.source_new, name="source-new"),
    path("settings/sources/<slug:slug>", sources.source, name="source"),
    path("settings/sources/<slug:slug>/change", sources.source_change, name="source-change"),
    path("settings/plan/", plan.plan, name="plan"),
    path("settings/plan/change", plan.plan_edit, name="plan-edit"),
    path("settings/plan/forget", plan.plan_forget, name="plan-forget"),
    path("settings/imports/", imports.imports, name="imports"),
    path("settings/imports/<int:number>", imports.delivery, name="import"),
    path("settings/quarantine/", data.quarantine, name="quarantine"),
    path("settings/quarantine/<int:number>", data.refused, name="refused"),
    path("settings/flow", data.flow, name="flow"),
    path("settings/health", data.health, name="health"),
    path("measures/kpis/", measures.kpis, name="kpis"),
    path("measures/kpis/<slug:kpi_id>", measures.kpi, name="kpi"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/new", people.person_new, name="person-new"),
    path("settings/people/<int:person_id>/change", people.person_change, name="person-change"),
    path("settings/keys/", people.keys, name="keys"),
    path("settings/keys/<int:key_id>/revoke", people.key_revoke, name="key-revoke"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
]
