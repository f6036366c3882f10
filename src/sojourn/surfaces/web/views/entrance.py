"""Before somebody is signed in: invitations, lost passwords, what an identity provider refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from sojourn.domains.access import actions, queries
from sojourn.surfaces.web.account_forms import FirstPasswordForm

View = Callable[..., HttpResponseBase]


@sensitive_post_parameters()
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let somebody invited choose a password."""
    form = FirstPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if form.attempt(lambda: actions.accept_invitation(token=token, password=given["password"])):
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("account_login")
    elif request.method != "POST":
        queries.invited(token)
    return render(request, "account/invitation.html", {"form": form})


def nobody_new(request: HttpRequest) -> HttpResponse:
    """Say that the identity provider knows somebody who has no account here."""
    return render(request, "account/signup_closed.html", status=403)


def no_sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Answer a provider that would sign somebody out here: an unsigned wish could come from anybody."""
    raise Http404


def with_mail(view: View) -> View:
    """Close a page where no mail server is set."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
        if not queries.has_mail():
            raise Http404
        return view(request, *args, **given)

    return opened


password_lost = with_mail(account.password_reset)
password_lost_sent = with_mail(account.password_reset_done)
password_new = with_mail(account.password_reset_from_key)
password_new_set = with_mail(account.password_reset_from_key_done)
