"""The library of surveys to begin with, by industry: YAML files beside the code, each question with its reason."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from sojourn.domains.feedback.surveys import reading
from sojourn.domains.feedback.words.surveys import SurveyTemplate
from sojourn.kit.errors import NotFoundError


@cache
def templates() -> tuple[SurveyTemplate, ...]:
    """Read the library, by industry and title."""
    folder = files("sojourn.domains.feedback") / "templates"
    found = [_template(*each) for path in folder.iterdir() if path.name.endswith(".yaml") for each in _read(path)]
    return tuple(sorted(found, key=lambda each: (each.industry, each.title)))


def template(name: str) -> SurveyTemplate:
    """Give a template of the library; raise NotFoundError."""
    for each in templates():
        if each.name == name:
            return each
    raise NotFoundError("There is no such template; list them with sojourn surveys templates.")


def _read(path: Any) -> list[tuple[str, str, dict[str, Any]]]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(document["industry"], name, told) for name, told in document["templates"].items()]


def _template(industry: str, name: str, told: dict[str, Any]) -> SurveyTemplate:
    about = told.pop("about")
    survey = reading.of(told)
    return SurveyTemplate(name=name, industry=industry, title=survey.title[survey.language], about=about, survey=survey)
