"""What customers read without an account is whole in German: pages, forms, letters."""

from __future__ import annotations

import ast
import gettext
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import sojourn.surfaces.web as web
from sojourn.domains.privacy.desk import letters
from sojourn.surfaces.web import asking, public
from sojourn.surfaces.web.request_forms import KINDS, RequestForm

HERE = Path(web.__file__).parent
PAGES = ("customer_facing", "languages", "preferences", "preferences_refused", "your_data", "your_data_done")
CATALOGUE = HERE / "locale" / "de" / "LC_MESSAGES"
WORDS = re.compile(
    r"""\{% translate ("[^"]+"|'[^']+') %\}|\{% blocktranslate[^%]*%\}(.*?)\{% endblocktranslate %\}""", re.S
)


def on_pages() -> Iterator[str]:
    for name in PAGES:
        text = (HERE / "templates" / "web" / f"{name}.html").read_text(encoding="utf-8")
        for plain, block in WORDS.findall(text):
            yield plain[1:-1] if plain else re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block)


def in_code(module: ModuleType) -> Iterator[str]:
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(func=ast.Name(id="_" | "gettext_noop"), args=[ast.Constant(value=text), *_]):
                yield str(text)


def in_the_form() -> Iterator[str]:
    yield from (str(each) for each in KINDS.values())
    yield from (str(each.label) for each in RequestForm().fields.values())
    refused = RequestForm({"kind": "access"})
    yield from (str(each) for each in refused.errors["email"])


def read() -> dict[str, str]:
    with (CATALOGUE / "django.mo").open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


@pytest.mark.parametrize("where", ["pages", "letters", "views", "form"])
def test_every_text_for_customers_has_its_german(where: str) -> None:
    texts = {
        "pages": on_pages,
        "letters": lambda: in_code(letters),
        "views": lambda: (*in_code(asking), *in_code(public)),
        "form": in_the_form,
    }[where]
    german, said = read(), list(texts())
    assert said or where == "views"
    assert [each for each in said if not german.get(each)] == []


def test_the_catalogue_is_compiled_and_keeps_what_is_put_in() -> None:
    german = read()
    written = (CATALOGUE / "django.po").read_text(encoding="utf-8")
    texts = [ast.literal_eval(each) for each in re.findall(r'^msgstr (".+")$', written, re.M)]
    assert [each for each in texts if each and each not in german.values()] == []
    for english, said in german.items():
        if english:
            assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", said)), english
