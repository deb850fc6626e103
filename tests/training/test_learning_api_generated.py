"""Requests made from the interface's own description, right and wrong: an answer or a problem, never a 500."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET

from tests.training.program import Program
from tests.world import World
from training.api.endpoints import api

OPERATIONS = (
    ("POST", "/records"), ("POST", "/withdrawals"), ("GET", "/deliveries"), ("GET", "/records"),
    ("GET", "/deliveries/{pk}"),
)  # fmt: skip
SLICE, ALL = 15, 2_000
ROOT = "/api/learning/v1"


def tried(program: Program, method: str, path: str, mode: GenerationMode, times: int) -> int:
    """How many requests were sent; each was answered as described."""
    schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema())))
    operation = schema[ROOT + path][method]
    described = {int(code) for code in operation.definition.raw["responses"]}
    sent = 0

    @seed(2025)
    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        nonlocal sent
        query = case.query or {}
        address = case.formatted_path.removeprefix(ROOT)
        if method == "POST":
            answer = program.post(address, sent_as(case.body))
        else:
            answer = program.get(address + query_of(query))
        sent += 1
        assert answer.status_code in described | {404}, (answer.status_code, answer.content)
        kind = "application/problem+json" if answer.status_code >= 400 else "application/json"
        assert answer["Content-Type"].startswith(kind)

    ask()
    return sent


def sent_as(body: Any) -> bytes:
    if body is NOT_SET:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def query_of(query: dict[str, Any]) -> str:
    pairs = {str(key): str(value) for key, value in query.items()}
    return f"?{urlencode(pairs, errors='replace')}" if pairs else ""


@pytest.fixture
def program(world: World, settings: Any) -> Program:
    settings.ACCOUNT_RATE_LIMITS = {}
    return Program.of(world)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_slice_of_generated_requests(
    program: Program, method: str, path: str, mode: GenerationMode
) -> None:
    assert tried(program, method, path, mode, SLICE) > 0


@pytest.mark.long
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_twenty_thousand_generated_requests(
    program: Program, method: str, path: str, mode: GenerationMode
) -> None:
    assert tried(program, method, path, mode, ALL) > 0
