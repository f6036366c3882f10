"""Signing in through an identity provider: whose account it is, who gets a new one, what groups and claims give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.account.signals import user_logged_in
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.shortcuts import render

from sojourn.domains.access import actions
from sojourn.domains.access.contracts import SYSTEM
from sojourn.kit.errors import SojournError


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Opens accounts for those whom the settings name, and keeps nothing of what the provider says about them."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Read the groups and which employee it is, before anything is kept."""
        account, set_to = sociallogin.account, settings.SOJOURN
        told = account.extra_data or getattr(account, "told", {})
        sociallogin.groups = _claimed(told, set_to.sso_groups_claim)
        sociallogin.employees = _claimed(told, set_to.sso_employee_claim) if set_to.sso_employee_claim else []
        if settings.SOJOURN.sso_trusts_mail:
            for each in sociallogin.email_addresses:
                each.verified = True

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Say whether somebody new gets an account: a verified address of a named domain, and a named group."""
        domains, groups = _named(settings.SOJOURN.sso_domains.lower()), _named(settings.SOJOURN.sso_groups)
        address = _address(sociallogin)
        if not address or address.rpartition("@")[2] not in domains:
            return False
        return not groups or bool(groups & set(sociallogin.groups))

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Say yes: nobody fills in a form."""
        return True

    def is_email_verified(self, provider: Any, email: str) -> bool:
        """Say whether an address of the provider counts as verified though it does not say so."""
        return bool(settings.SOJOURN.sso_trusts_mail)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """Make the account with the role that the settings name."""
        try:
            made = actions.create_person(email=_address(sociallogin), role=settings.SOJOURN.sso_role, viewer=SYSTEM)
        except SojournError as error:
            told = render(request, "web/refused.html", {"error": error}, status=error.status)
            raise ImmediateHttpResponse(told) from None
        sociallogin.user = get_user_model().objects.get(pk=made.id)
        sociallogin.account.user = sociallogin.user
        sociallogin.account.save()
        return sociallogin.user

    def on_authentication_error(self, request: HttpRequest, provider: Any, **given: Any) -> None:
        """Say that the provider sent nobody; why stands in its own log."""
        raise ImmediateHttpResponse(render(request, "socialaccount/authentication_error.html", status=403))


@receiver(pre_save, sender=SocialAccount)
def keep_nothing_told(sender: Any, instance: Any, **given: Any) -> None:
    """Keep who somebody is at the provider, not what it says about them: name and picture are not needed."""
    instance.told, instance.extra_data = instance.extra_data, {}


@receiver(user_logged_in)
def give_roles_of_groups(sender: Any, user: Any, **given: Any) -> None:
    """Give the roles that somebody's groups at the provider stand for, take back others; note which employee it is."""
    sociallogin = given.get("sociallogin")
    if sociallogin is not None:
        actions.apply_groups(person_id=user.pk, groups=getattr(sociallogin, "groups", []))
        if employees := getattr(sociallogin, "employees", []):
            actions.follow_employee(person_id=user.pk, ids=employees)


def _address(sociallogin: SocialLogin) -> str:
    """Give the verified mail address, "" without one."""
    return next((each.email.lower() for each in sociallogin.email_addresses if each.verified), "")


def _claimed(data: Any, name: str) -> list[str]:
    """Read a claim from the userinfo, the ID token or the assertion's attributes: one text or several."""
    said = data if isinstance(data, dict) else {}
    for part in (said.get("userinfo"), said.get("id_token"), said):
        found = part.get(name) if isinstance(part, dict) else None
        if isinstance(found, str | int):
            return [str(found)]
        if isinstance(found, Iterable):
            return [str(each) for each in found]
    return []


def _named(text: str) -> set[str]:
    return {each.strip() for each in text.split(",") if each.strip()}
