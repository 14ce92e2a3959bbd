"""The API answers nothing that its document does not tell, whatever Schemathesis asks it.

Here it asks a few fixed questions of each address; `make try-api` has it ask many more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as told

from relations.models import Statement, User
from tests.api.asking import OF_DESK, address, asking
from tests.api.growing import grow

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("API_EXAMPLES", "0"))  # of each kind of question, at each address; 0: one of one kind
CHECKS = [
    not_a_server_error,
    told.status_code_conformance,
    told.content_type_conformance,
    told.response_headers_conformance,
    told.response_schema_conformance,
]


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep a request's end from closing the connection that the test's own transaction is on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_whatever_is_asked_the_answer_is_one_that_the_document_tells(
    published: Statement, analyst: User, reviewer: User, settings: Settings
) -> None:
    settings.API_RATE = "1000000/s"
    grow(published, analyst, reviewer, 1)
    client = asking(reviewer, published.relationship)
    document = client.get(address("openapi-json")).json()
    there = {path: names_of_one(client, path) for path in document["paths"]}
    for methods in document["paths"].values():
        del methods["get"]["security"]  # who may ask is tried in test_access.py
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    token = {"Authorization": client.defaults["HTTP_AUTHORIZATION"]}
    told_with: dict[str, set[int]] = {path: set() for path in there}

    @hypothesis.settings(
        max_examples=EXAMPLES or 1,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def is_told(operation: Any, mode: GenerationMode, names: dict[str, Any], data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode, **names))
        response = case.call(headers=token)
        case.validate_response(response, checks=CHECKS)
        told_with[operation.path].add(response.status_code)

    with one_connection():
        for number, operation in enumerate(found.ok() for found in schema.get_all_operations()):
            parameters = document["paths"][operation.path]["get"]["parameters"]
            wrong = [GenerationMode.NEGATIVE] if any(each["in"] == "query" for each in parameters) else []
            kinds = list(product([GenerationMode.POSITIVE, *wrong], [{"path_parameters": there[operation.path]}, {}]))
            for mode, names in kinds if EXAMPLES else [kinds[number % len(kinds)]]:
                is_told(operation, mode, names)
    assert all(told_with.values())
    assert set().union(*told_with.values()) >= {200, 404, 422}


def names_of_one(client: Any, path: str) -> dict[str, Any]:
    """Return what names something that is there in a path."""
    if "/copies/" in path:
        return {**names_of_one(client, path.partition("copies/")[0]), "number": 1}
    if "{ref}" not in path:
        return {"desk": "us-turkiye"} if "{desk}" in path else {}
    several = path.rstrip("/").split("/")[-2]
    desk = ["us-turkiye"] if several in OF_DESK else []
    row = client.get(address(several, *desk)).json()["items"][0]
    key = {"issues": "slug", "parties": "code", "ratings": "publisher_ref"}.get(several, "ref")
    return {"ref": row[key], **({"desk": "us-turkiye"} if desk else {})}
