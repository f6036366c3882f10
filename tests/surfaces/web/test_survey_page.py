"""A survey behind its link: answered without scripts, in any language, once; machines and strangers get nowhere."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import msgspec
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from domains.feedback.asked import LEAD, document, live
from sojourn.domains.collection.actions import waiting
from sojourn.domains.feedback import actions
from sojourn.domains.feedback.contracts import LinkTerms, Survey
from sojourn.domains.feedback.models import LinkRow, ResponseRow
from sojourn.surfaces.web import surveying

pytestmark = pytest.mark.django_db(databases="__all__")
PAGE_MOST = 30 * 1024
SHEETS = ("web/public.css", "web/survey.css", "web/mark.svg")
WHOLE = [
    {"id": "csat", "kind": "csat", "required": True, "text": {"en": "How was it?", "ar": "كيف؟"}},
    {"id": "parts", "kind": "matrix", "text": {"en": "And", "ar": "و"},
     "rows": [{"id": "wait", "text": {"en": "the wait", "ar": "الانتظار"}}]},
    {"id": "first", "kind": "ranking", "text": {"en": "First?", "ar": "؟"},
     "options": [{"id": "a", "text": {"en": "A", "ar": "ا"}}, {"id": "b", "text": {"en": "B", "ar": "ب"}}]},
    {"id": "some", "kind": "multiple", "text": {"en": "Which?", "ar": "؟"},
     "options": [{"id": "a", "text": {"en": "A", "ar": "ا"}}, {"id": "b", "text": {"en": "B", "ar": "ب"}}]},
    {"id": "day", "kind": "date", "text": {"en": "When?", "ar": "متى؟"}},
    {"id": "fair", "kind": "slider", "text": {"en": "How fair?", "ar": "؟"}},
    {"id": "mood", "kind": "faces", "text": {"en": "Mood?", "ar": "؟"}},
    {"id": "works", "kind": "thumbs", "text": {"en": "Works?", "ar": "؟"}},
    {"id": "mail", "kind": "contact", "text": {"en": "Write?", "ar": "؟"}},
    {"id": "agree", "kind": "consent", "purpose": "marketing", "text": {"en": "May we?", "ar": "؟"}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def rested() -> None:
    surveying._turns.cache_clear()


def address(survey: Survey | None = None, **terms: object) -> str:
    live(survey=survey)
    made = actions.add_link(slug="visit", terms=LinkTerms(name="exit", **terms), viewer=LEAD)  # type: ignore[arg-type]
    return f"/s/{made.token}"


def hidden(page: str) -> dict[str, list[str]]:
    """Read what a form sends by itself."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    return found


def scores() -> list[object]:
    return [msgspec.json.decode(frame.items[0])["properties"].get("score") for _, frame in waiting(100)]


def test_a_survey_is_answered_page_by_page_without_a_script_or_a_cookie() -> None:
    where, visitor = address(), Client()
    first = visitor.get(where)
    page = first.content.decode()
    assert first.status_code == 200 and "<script" not in page and not first.cookies
    assert (first["Referrer-Policy"], first["X-Robots-Tag"]) == ("same-origin", "noindex, nofollow")
    assert page.count('type="radio"') == 11 and "Would you recommend us?" in page
    second = visitor.post(where, {**hidden(page), "a_nps": "10"}).content.decode()
    assert "Why 10?" in second and "Will you stay?" not in second
    done = visitor.post(where, {**hidden(second), "a_why": "Quick.", "a_ease": "7"})
    assert "Your answers have arrived" in done.content.decode() and not done.cookies
    assert scores() == [10, 7]
    again = visitor.post(where, {**hidden(second), "a_ease": "1"})
    assert "Your answers have arrived" in again.content.decode()
    assert scores() == [10, 7], "sent twice, counted once"
    assert LinkRow.objects.get().opened == 1


def test_the_whole_page_weighs_less_than_thirty_kilobytes() -> None:
    page = Client().get(address(document(questions=WHOLE))).content
    sheets = sum(Path(str(finders.find(each))).stat().st_size for each in SHEETS)
    assert len(page) + sheets < PAGE_MOST


def test_every_form_of_question_is_sent_and_read() -> None:
    where = address(document(questions=WHOLE))
    page = Client().get(where).content.decode()
    sent = {
        "a_csat": "5", "a_parts.wait": "2", "a_first.a": "2", "a_first.b": "1", "a_some": ["a", "b"],
        "a_day": "2026-03-01", "a_fair": "80", "a_mood": "4", "a_works": "0", "a_mail.email": "ana@example.com",
        "a_agree": "no",
    }  # fmt: skip
    done = Client().post(where, {**hidden(page), **sent})
    assert "Your answers have arrived" in done.content.decode()
    told = [msgspec.json.decode(frame.items[0])["properties"] for _, frame in waiting(100)]
    assert [each.get("score", each.get("answer")) for each in told] == [
        5, 2, ["b", "a"], ["a", "b"], "2026-03-01", 80, 4, 0, "no",
    ]  # fmt: skip


def test_what_is_wrong_is_marked_and_what_was_written_stays() -> None:
    where = address(document(questions=WHOLE))
    page = Client().get(where).content.decode()
    answer = Client().post(where, {**hidden(page), "a_day": "soon", "a_fair": "33"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Please answer this." in shown and "Write a day as 2026-01-31." in shown and 'value="33"' in shown
    assert not ResponseRow.objects.exists()


def test_a_language_that_reads_from_right_to_left_is_set_so() -> None:
    where = address()
    page = Client().get(where, headers={"accept-language": "ar-EG,en;q=0.5"}).content.decode()
    assert '<html lang="ar" dir="rtl">' in page and "هل توصي بنا؟" in page
    assert '<html lang="en" dir="ltr">' in Client().get(f"{where}?lang=en").content.decode()
    assert 'value="9" checked' in Client().get(f"{where}?a_nps=9&lang=en").content.decode()
    assert not ResponseRow.objects.exists(), "a link that somebody's mail scanner followed answers nothing"


def test_a_form_filled_in_by_a_program_is_held_apart_and_told_nothing() -> None:
    where = address()
    page = Client().get(where).content.decode()
    second = Client().post(where, {**hidden(page), "a_nps": "10", "website": "http://x"}).content.decode()
    done = Client().post(where, hidden(second)).content.decode()
    assert "Your answers have arrived" in done
    assert scores() == [] and ResponseRow.objects.get().why_held == "honeypot"


def test_links_that_lead_nowhere_say_so() -> None:
    where = address()
    assert Client().get("/s/oAAAAAAAAAAAAAAAAAAAA").status_code == 404
    forged = Client().post(where, {"stamp": "forged", "shown": "nps", "a_nps": "1"})
    assert forged.status_code == 200 and not ResponseRow.objects.exists()
    actions.end_survey(slug="visit", viewer=LEAD)
    ended = Client().get(where)
    assert (ended.status_code, "takes no answers any more" in ended.content.decode()) == (410, True)


def test_one_address_sends_so_many_pages_a_minute() -> None:
    where = address()
    stamp = hidden(Client().get(where).content.decode())
    statuses = [Client().post(where, stamp).status_code for _ in range(settings.SOJOURN.survey_posts_per_minute + 1)]
    assert statuses[-1] == 429 and set(statuses[:-1]) == {422}
