"""Whatever is sent, the API answers as its description says."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CheckContext
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sojourn.surfaces.rest.api import api
from surfaces.rest.asking import secret


def valid_input_is_refused_for_its_meaning_only(
    context: CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """What fits the description may be refused only by a rule that no schema can say, such as until before since.

    Stands in for `positive_data_acceptance`, which knows no such rules.
    """
    if case.meta and case.meta.generation.mode.is_positive and response.status_code == 422:
        assert "errors" not in response.json(), response.json()


schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = get_wsgi_application()


@pytest.fixture
def key(db: None) -> Iterator[str]:
    """A key that may do everything; the test's transaction stays open over its requests, as in Django's test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield secret()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """Drop what broken uploads left open while their warnings are still ignored."""
    yield
    gc.collect()


# Django leaves the temporary file of a form that breaks off to the garbage collector, which closes and deletes it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.django_db(databases="__all__")
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
def test_every_answer_is_as_described(case: schemathesis.Case, key: str) -> None:
    case.call_and_validate(
        headers={"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"},
        excluded_checks=[positive_data_acceptance],
        additional_checks=[valid_input_is_refused_for_its_meaning_only],
    )
