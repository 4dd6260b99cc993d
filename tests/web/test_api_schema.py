"""The JSON API against its own description: hundreds of requests that schemathesis makes up.

What a description cannot say (which municipalities there are) may be refused with a problem.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kb.base.config import Settings
from kb.base.types import Viewer
from kb.storage.store import Store
from tests.support.web_world import services
from web.app import create_app

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def api_schema(world: Settings) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(services(world)))


def test_every_answer_is_as_described(api_schema: Any) -> None:
    seen = []
    for result in api_schema.get_all_operations():
        operation = result.ok()
        seen.append(operation.label)

        @settings(
            max_examples=60, deadline=None, suppress_health_check=list(HealthCheck),
            derandomize=True, database=None,
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            case.call_and_validate(
                headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance]
            )

        check()
    assert seen == [
        "GET /api/v1/cases/{case_id}", "GET /api/v1/documents", "GET /api/v1/municipalities/{code}",
        "GET /api/v1/search",
    ]  # fmt: skip


def test_real_cases_and_municipalities_are_as_described(world: Settings, api_schema: Any) -> None:
    store, owner = Store.open(world), Viewer.owner()
    found = [
        c
        for e in store.ledger(owner)
        for c in store.cases_of(document_id=e.document_id, viewer=owner)
    ]
    assert len(found) > 20
    for operation in (result.ok() for result in api_schema.get_all_operations()):
        for case in found:
            values = {"case_id": case.id, "code": case.code or "283657"}
            names = [name for name in values if f"{{{name}}}" in operation.label]
            if names:
                chosen = operation.Case(path_parameters={name: values[name] for name in names})
                answer = chosen.call_and_validate(headers={"Accept-Encoding": "identity"})
                assert answer.status_code == 200
