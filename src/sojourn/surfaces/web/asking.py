"""Pages for customers, without an account: ask for one's rights, prove who one is, fetch one's data."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sojourn.domains.privacy import actions
from sojourn.domains.privacy.contracts import Channel, Contact, RequestKind
from sojourn.kit.errors import NotFoundError
from sojourn.surfaces.web.public import Turns, language, quiet, spoken
from sojourn.surfaces.web.request_forms import RequestForm

A_MINUTE = 6  # requests and tries of codes from one address
TURNS = Turns(A_MINUTE)
HALF_AN_HOUR = 1_800
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def spoken_to(view: View[P]) -> View[P]:
    """Answer in the language that the customer reads."""

    @functools.wraps(view)
    def spoken_view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        with translation.override(language(request)):
            return view(request, *args, **kwargs)

    return spoken_view


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@spoken_to
def ask(request: HttpRequest) -> HttpResponse:
    """Take a request from a customer; where mail can be sent, a code proves that the address is theirs."""
    form = RequestForm(request.POST or None)
    if request.method == "POST":
        if not _has_turn(request):
            return _answered(request, "web/your_data_done.html", {"is_busy": True}, 429)
        if form.is_valid():
            made = form.attempt(
                lambda: actions.open_request(
                    kind=RequestKind(form.cleaned_data["kind"]),
                    regulation=settings.SOJOURN.regulation,
                    channel=Channel.PAGE,
                    contact=Contact(
                        name=form.cleaned_data["name"],
                        email=form.cleaned_data["email"],
                        phone=form.cleaned_data["phone"],
                        message=form.cleaned_data["message"],
                        language=language(request),
                    ),
                    by="customer",
                )
            )
            if made is not None:
                if settings.SOJOURN.mail_host and form.cleaned_data["email"]:
                    actions.send_request_code(number=made.id)
                token = signing.dumps(made.id, salt="your-data")
                chosen = f"&lang={language(request)}" if "lang" in request.GET else ""
                return redirect(f"{reverse('your-data-code')}?request={token}{chosen}")
    return _answered(request, "web/your_data.html", {"form": form, **spoken()}, 422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@spoken_to
def code(request: HttpRequest) -> HttpResponse:
    """Say that the request is taken, and check the code that was mailed."""
    try:
        number = int(signing.loads(request.GET.get("request", ""), salt="your-data", max_age=HALF_AN_HOUR))
    except signing.BadSignature:
        return redirect("your-data")
    is_right = None
    if request.method == "POST":
        if not _has_turn(request):
            return _answered(request, "web/your_data_done.html", {"is_busy": True}, 429)
        is_right = actions.check_request_code(number=number, code=request.POST.get("code", ""))
    context: dict[str, object] = {"number": number, "is_right": is_right, "is_mailed": bool(settings.SOJOURN.mail_host)}
    return _answered(request, "web/your_data_done.html", context, 422 if is_right is False else 200)


@never_cache
@require_safe
@spoken_to
def fetch(request: HttpRequest, secret: str) -> HttpResponse:
    """Send a package to who has its link."""
    try:
        name, content = actions.download_package(secret=secret)
    except NotFoundError:
        if not _has_turn(request):
            return _answered(request, "web/your_data_done.html", {"is_busy": True}, 429)
        return _answered(request, "web/your_data_done.html", {"is_gone": True}, 404)
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return quiet(answer)


def _has_turn(request: HttpRequest) -> bool:
    return TURNS.take(f"address:{request.META.get('REMOTE_ADDR', '')}")


def _answered(request: HttpRequest, template: str, context: dict[str, object], status: int) -> HttpResponse:
    return quiet(render(request, template, context, status=status))
