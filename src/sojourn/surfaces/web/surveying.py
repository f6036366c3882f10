"""Pages for customers, without an account: a survey behind a link. They need no script and set no cookie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sojourn.domains.feedback import actions, queries
from sojourn.domains.feedback.contracts import Progress, Question, QuestionKind, ResponseState, Sent, Survey, Visit
from sojourn.kit.errors import NotFoundError
from sojourn.surfaces.web.public import LANGUAGES, Turns, quiet
from sojourn.surfaces.web.public import languages as languages_of

STAMP: Final = "survey"
PREFIX: Final = "a_"
HONEYPOT: Final = "website"  # people do not see the field; programs fill in what they find
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "ps", "yi"})
BY_PART: Final = (QuestionKind.MATRIX, QuestionKind.RANKING, QuestionKind.CONTACT)
PARTS: Final = ("name", "email", "phone")
RADIOS_MOST: Final = 11  # points of a scale; a slider has more and takes a number


@csrf_exempt  # nobody is signed in, and the stamp in the form is ours
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Show a survey's page and take what is sent."""
    limit = settings.SOJOURN.survey_posts_per_minute
    address = f"address:{request.META.get('REMOTE_ADDR', '')}"
    if limit and request.method == "POST" and not _turns(limit).take(address):
        return _refused(request, 429)
    try:
        found = queries.visit(token)
    except NotFoundError:
        return _refused(request, 404 if _turns(limit or 60).take(f"wrong:{address}") else 429)
    except actions.EndedError as refusal:
        return _refused(request, 410, refusal.message)
    language = _language(request, found)
    with translation.override(language if language in LANGUAGES else "en"):
        return _sent(request, found, language) if request.method == "POST" else _opened(request, found, language)


def previewed(request: HttpRequest, found: Visit) -> HttpResponse:
    """Show a survey's pages to who writes it; what is sent leads on and is stored nowhere."""
    survey = found.version.survey
    shown = request.POST.getlist("shown")
    seen = [each.id for each in survey.questions if each.id in (*request.POST.getlist("seen"), *shown)]
    answers = _values(request.POST, tuple(each for each in survey.questions if each.id in seen))
    page = queries.next_page(survey, answers=answers, seen=seen, traits={})
    state = ResponseState.STARTED if page else ResponseState.COMPLETE
    progress = Progress(response=0, state=state, page=page, answers=answers, traits={}, done=len(seen))
    language = _language(request, found)
    with translation.override(language if language in LANGUAGES else "en"):
        return _shown(request, found, progress, language, started_at=datetime.now(UTC), said={}, is_preview=True)


@lru_cache(maxsize=2)
def _turns(limit: int) -> Turns:
    return Turns(limit)


def _opened(request: HttpRequest, found: Visit, language: str) -> HttpResponse:
    progress = queries.begin_visit(found)
    if request.method == "GET":
        actions.note_opened(found)
    return _shown(
        request, found, progress, language, started_at=datetime.now(UTC), said=_values(request.GET, progress.page)
    )


def _sent(request: HttpRequest, found: Visit, language: str) -> HttpResponse:
    try:
        response, started_us = signing.loads(request.POST.get("stamp", ""), salt=STAMP)
    except (signing.BadSignature, ValueError, TypeError):
        return _opened(request, found, language)
    shown = tuple(request.POST.getlist("shown"))
    asked = tuple(each for each in found.version.survey.questions if each.id in shown)
    sent = Sent(
        response=response,
        started_at=datetime.fromtimestamp(started_us / 1e6, UTC),
        shown=tuple(each.id for each in asked),
        values=_values(request.POST, asked),
        language=language,
        why_held="honeypot" if request.POST.get(HONEYPOT) else "",
    )
    return _shown(request, found, actions.take(found, sent), language, started_at=sent.started_at, said={})


def _shown(
    request: HttpRequest,
    found: Visit,
    progress: Progress,
    language: str,
    *,
    started_at: datetime,
    said: Mapping[str, Any],
    is_preview: bool = False,
) -> HttpResponse:
    survey = found.version.survey
    words = Words(survey, language, progress)
    is_done = not progress.page
    context = {
        "title": words(survey.title),
        "intro": words(survey.intro) if not progress.done else "",
        "thanks": words(survey.thanks),
        "is_done": is_done,
        "is_over_quota": progress.state is ResponseState.OVER_QUOTA,
        "is_kiosk": found.is_kiosk,
        "fields": [_field(each, words, progress, said) for each in progress.page],
        "is_last": progress.done + len(progress.page) >= len(survey.questions),
        "mistakes": progress.mistakes or {},
        "stamp": signing.dumps([progress.response, int(started_at.timestamp() * 1e6)], salt=STAMP),
        "language": language,
        "direction": "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
        "languages": survey.languages if len(survey.languages) > 1 and not is_done else (),
        "look": survey.look,
        "is_preview": is_preview,
        "behind": _behind(progress, survey) if is_preview else (),
    }
    status = 422 if progress.mistakes else 200
    return quiet(render(request, "web/survey.html", context, status=status))


class Words:
    """The texts of a survey in one language, with answers and traits put in."""

    def __init__(self, survey: Survey, language: str, progress: Progress) -> None:
        self._survey, self._language = survey, language
        self._answers, self._traits = progress.answers or {}, progress.traits or {}

    def __call__(self, texts: Mapping[str, str]) -> str:
        """Give a text as this visitor reads it."""
        text = queries.text_in(texts, self._language, self._survey)
        return queries.piped(
            text, survey=self._survey, language=self._language, answers=self._answers, traits=self._traits
        )


def _field(question: Question, words: Words, progress: Progress, said: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the template needs of a question."""
    answers = progress.answers or {}
    value = said.get(question.id, answers.get(question.id))
    low, _, high = question.scale.partition("-")
    points = [str(each) for each in range(int(low), int(high) + 1)] if question.scale else []
    options = question.rows if question.kind is QuestionKind.MATRIX else question.options
    return {
        "id": question.id,
        "name": f"{PREFIX}{question.id}",
        "kind": question.kind.value,
        "text": words(question.text),
        "help": words(question.help),
        "low": words(question.low),
        "high": words(question.high),
        "required": question.required,
        "points": points if len(points) <= RADIOS_MOST else [],
        "ends": (low, high),
        "options": [{"id": each.id, "text": words(each.text), "value": _of(value, each.id)} for each in options],
        "places": range(1, len(options) + 1),
        "parts": [{"id": each, "value": _of(value, each)} for each in PARTS],
        "value": "" if value is None or isinstance(value, list | dict) else str(value),
        "values": [str(each) for each in value] if isinstance(value, list) else [],
        "mistake": (progress.mistakes or {}).get(question.id, ""),
    }


def _behind(progress: Progress, survey: Survey) -> list[tuple[str, str]]:
    """List what a preview's form carries on, since nothing is stored: simple answers, which are what branches."""
    ahead = {each.id for each in progress.page}
    answers = {name: value for name, value in (progress.answers or {}).items() if isinstance(value, str)}
    seen = survey.questions[: progress.done]
    return [
        *(("seen", each.id) for each in seen if each.id not in ahead),
        *((f"{PREFIX}{name}", value) for name, value in answers.items()),
    ]


def _of(value: Any, name: str) -> str:
    if isinstance(value, list):
        return str(value.index(name) + 1) if name in value else ""
    return str(value.get(name, "")) if isinstance(value, Mapping) else ""


def _values(given: Any, asked: tuple[Question, ...]) -> dict[str, Any]:
    """Read what a form, or an address with an answer in it, says about questions."""
    found: dict[str, Any] = {}
    for each in asked:
        name = f"{PREFIX}{each.id}"
        if each.kind in BY_PART:
            parts = {key.removeprefix(f"{name}."): given[key] for key in given if key.startswith(f"{name}.")}
            found[each.id] = {part: value for part, value in parts.items() if value}
        elif each.kind is QuestionKind.MULTIPLE:
            found[each.id] = given.getlist(name)
        elif name in given:
            found[each.id] = given[name]
    return found


def _language(request: HttpRequest, found: Visit) -> str:
    offered = found.version.survey.languages
    asked = [request.POST.get("lang", ""), request.GET.get("lang", ""), found.language, *languages_of(request)]
    return next((each for each in asked if each in offered), found.version.survey.language)


def _refused(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    return quiet(render(request, "web/survey_refused.html", {"status": status, "message": message}, status=status))
