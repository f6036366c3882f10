"""Addresses of the pages."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, path

from sojourn.surfaces.web.views import home, palette

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("palette", palette.palette, name="palette"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
]
