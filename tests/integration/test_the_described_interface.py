"""What `/api/v1/openapi.json` describes is answered: schemathesis tries every operation in every role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from ratedparts.app import create_app
from ratedparts.organisations import signing_in
from ratedparts.web.requests import EXTENSION
from tests.integration.world import World

ROLES = [None, "maker", "laboratory", "reviewer", "issuer", "administrator"]
EXAMPLES = 4  # of each operation and role
# A protocol that does not exist and a wrong password fit the schema, and are refused with 422 all the same.
NOT_ASKED = ["positive_data_acceptance"]


@schemathesis.serializer("application/offset+octet-stream")
def piece_of_a_file(_context: Any, value: Any) -> bytes:
    given = getattr(value, "data", value)
    return given if isinstance(given, bytes) else str(given).encode("utf-8", "surrogatepass")


@pytest.fixture
def app(certified: World) -> Iterator[Any]:
    made = create_app(certified.installation.settings, certified.clock)
    yield made
    made.extensions[EXTENSION].database.dispose()


def test_the_description_is_of_openapi_3_1_and_names_every_route(app: Any) -> None:
    described = app.test_client().get("/api/v1/openapi.json").get_json()
    assert described["openapi"].startswith("3.1")
    served = {
        (rule.rule.replace("<uuid:", "<").replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api-docs.openapi_json"
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
    }
    told = {(path, method) for path, methods in described["paths"].items() for method in methods}
    assert served <= told
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                assert operation.get("summary"), f"{method} {path} says nothing of itself"


@pytest.mark.parametrize("role", ROLES)
def test_no_operation_answers_other_than_described(app: Any, certified: World, role: str | None) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    headers = {}
    if role is not None:
        with certified.work() as work:
            token = signing_in.create_access_token(work, certified.cast[role], "schemathesis")
        headers = {"Authorization": f"Bearer {token}"}
    excluded = CHECKS.get_by_names([*NOT_ASKED, "ignored_auth"])
    for operation in schema.get_all_operations():
        tried = settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )

        @tried
        @given(case=operation.ok().as_strategy())
        def answers_as_described(case: Any) -> None:
            case.call_and_validate(headers=headers, excluded_checks=excluded)

        answers_as_described()
