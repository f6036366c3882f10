"""Pages for customers, without an account: the preference centre behind a secret link."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from sojourn.domains.privacy import actions, queries
from sojourn.kit.errors import InvalidError, NotFoundError

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}  # that these pages are written in
HONOURED_SINCE = "2026-01-01"
A_MINUTE = 30  # requests with one link, and links tried from one address
KEPT_MAX = 20_000


class Turns:
    """Counts requests by key and minute, in this process."""

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, threading.Lock()
        self._minute, self._spent = 0, dict[str, int]()

    def take(self, key: str) -> bool:
        """Count a request; say whether it is within the limit."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute or len(self._spent) > KEPT_MAX:
                self._minute, self._spent = minute, {}
            self._spent[key] = self._spent.get(key, 0) + 1
            return self._spent[key] <= self._limit

    def clear(self) -> None:
        """Forget what was counted."""
        with self._lock:
            self._spent.clear()


TURNS = Turns(A_MINUTE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a customer may choose, and note what they choose. It needs no script and no account."""
    with translation.override(language(request)):
        if not TURNS.take(f"link:{token}"):
            return _refused(request, 429)
        try:
            return _changed(request, token) if request.method == "POST" else _shown(request, token)
        except NotFoundError:
            is_patient = TURNS.take(f"address:{request.META.get('REMOTE_ADDR', '')}")
            return _refused(request, 404 if is_patient else 429)


@require_safe
def gpc(request: HttpRequest) -> JsonResponse:
    """Say that Global Privacy Control is honoured here."""
    return JsonResponse({"gpc": True, "lastUpdate": HONOURED_SINCE})


def _shown(request: HttpRequest, token: str, mistake: str = "") -> HttpResponse:
    choices = queries.preferences(token=token, languages=languages(request))
    context = {
        "choices": choices,
        "until": queries.preferences_until(token=token),
        "done": request.GET.get("done", ""),
        "mistake": mistake,
        "can_withdraw": any(each.standing.allowed for each in choices),
        **spoken(),
        "is_chosen": "lang" in request.GET,
    }
    return quiet(render(request, "web/preferences.html", context, status=422 if mistake else 200))


def _changed(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.POST.get("what") == "withdraw":
            actions.withdraw_all(token=token, shown=_notices(request))
        else:
            actions.choose(token=token, choices=_choices(request), shown=_notices(request))
    except InvalidError as refusal:
        return _shown(request, token, refusal.message)
    done = "withdrawn" if request.POST.get("what") == "withdraw" else "saved"
    chosen = f"&lang={translation.get_language()}" if "lang" in request.GET else ""
    return quiet(redirect(f"{reverse('preferences', kwargs={'token': token})}?done={done}{chosen}"))


def _choices(request: HttpRequest) -> dict[str, bool]:
    said = {name.removeprefix("for-"): value for name, value in request.POST.items() if name.startswith("for-")}
    return {name: value == "yes" for name, value in said.items() if value in ("yes", "no")}


def _notices(request: HttpRequest) -> dict[str, tuple[int, str]]:
    """Read which notice each purpose was shown with: `version.language`."""
    found = {}
    for name, value in request.POST.items():
        version, _, language = str(value).partition(".")
        if name.startswith("shown-") and version.isdecimal() and len(version) < 10:
            found[name.removeprefix("shown-")] = (int(version), language)
    return found


def languages(request: HttpRequest) -> list[str]:
    """List the languages that somebody reads, best first, each followed by its wider form."""
    asked = [request.GET["lang"]] if "lang" in request.GET else []
    asked += [each for each, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return [form for each in asked for form in dict.fromkeys((each, each.split("-")[0]))]


def language(request: HttpRequest) -> str:
    """Give the language of these pages that somebody reads best."""
    return next((each for each in languages(request) if each in LANGUAGES), "en")


def spoken() -> dict[str, object]:
    """Give templates the languages to choose from, the one that is spoken, and how it writes a day."""
    now = translation.get_language()
    return {"languages": LANGUAGES.items(), "language": now, "day": "j F Y" if now == "en" else "DATE_FORMAT"}


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    return quiet(render(request, "web/preferences_refused.html", {"status": status}, status=status))


def quiet(answer: HttpResponse) -> HttpResponse:
    """Let no other site learn the address, and no search engine keep it.

    Not `no-referrer`: with it browsers send the page's own form with `Origin: null`, which the check
    against forgery refuses.
    """
    answer["Referrer-Policy"] = "same-origin"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
