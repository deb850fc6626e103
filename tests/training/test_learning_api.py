"""The interface of learning records: who may, what is taken once, and that every refusal names row and field."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Event
from tests.training import feeding
from tests.training.program import ROOT, Program, record
from tests.world import World
from training import services
from training.models import Delivery, LearningRecord, Scope


@pytest.fixture
def program(world: World) -> Program:
    return Program.of(world)


def stored() -> int:
    with scope(Actor.system("tests")):
        return LearningRecord.objects.count()


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The problem document of a refusal, after which nothing is stored."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.content)
    assert problem["status"] == status and problem["title"] and problem["detail"]
    assert stored() == 0
    return problem


def test_a_batch_is_taken_and_counts(world: World, program: Program) -> None:
    name, number = feeding.number_of(world, "applicant")

    answer = program.post(
        "/records", {"records": [record(name=name, id_number=number), record("K-2", year=1999)]}
    )
    feeding.worked_off()

    assert answer.status_code == 201, answer.content.decode()
    told = answer.json()
    assert [(row["row"], row["number"], row["version"], row["outcome"]) for row in told["results"]] == [
        (1, "K-1", 1, "received"),
        (2, "K-2", 1, "to_be_checked"),
    ]
    assert told["results"][1]["remarks"] == ["年度不在可以认定的范围"]
    assert feeding.standing("K-1").state == "counted"


def test_known_unknown_and_mismatching_people_read_the_same(world: World, program: Program) -> None:
    name, number = feeding.number_of(world, "applicant")
    rows = [record(name=name, id_number=number), record("K-2"), record("K-3", name="别人", id_number=number)]

    told = program.post("/records", {"records": rows}).json()

    assert len({json.dumps({**row, "row": 0, "number": ""}) for row in told["results"]}) == 1


def test_the_answer_asks_the_database_the_same_whoever_the_people_are(world: World, program: Program) -> None:
    name, number = feeding.number_of(world, "applicant")
    asked = []
    for row in (
        record(name=name, id_number=number),
        record("K-2"),
        record("K-3", name="别人", id_number=number),
    ):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            program.post("/records", {"records": [row]})
        asked.append([query["sql"][:40] for query in seen if "SAVEPOINT" not in query["sql"]])
        assert not any("organizations_person" in query["sql"] for query in seen)
    assert asked[0] == asked[1] == asked[2]


def test_a_correction_and_a_withdrawal_are_versions(program: Program) -> None:
    program.post("/records", {"records": [record()]})
    corrected = program.post("/records", {"records": [record(hours=8)]}).json()
    withdrawn = program.post("/withdrawals", {"numbers": ["K-1"]}).json()

    assert corrected["results"][0]["outcome"] == "corrected"
    assert withdrawn["results"][0] == {
        "row": 1, "number": "K-1", "version": 3, "outcome": "withdrawn", "remarks": [],
    }  # fmt: skip


def test_the_same_key_with_the_same_body_gives_the_same_answer(program: Program) -> None:
    first = program.post("/records", {"records": [record()]}, key="once")
    again = program.post("/records", {"records": [record()]}, key="once")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() and stored() == 1


def test_the_same_key_with_another_body_is_a_conflict(program: Program) -> None:
    program.post("/records", {"records": [record()]}, key="once")

    answer = program.post("/records", {"records": [record(hours=8)]}, key="once")

    assert answer.status_code == 409 and answer["Content-Type"] == "application/problem+json"
    assert stored() == 1


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_a_signature_of_another_time_is_refused(program: Program, off: timedelta) -> None:
    refused(program.post("/records", {"records": [record()]}, created=datetime.now(UTC) + off), 401)


def test_a_clock_that_is_four_minutes_off_is_borne_with(program: Program) -> None:
    for minutes in (-4, 4):
        created = datetime.now(UTC) + timedelta(minutes=minutes)
        assert program.get("/deliveries", created=created).status_code == 200


def test_a_replayed_request_is_refused(program: Program) -> None:
    body = json.dumps({"records": [record()]}).encode()
    headers = program.signed("POST", f"{ROOT}/records", body)
    assert program.send("POST", f"{ROOT}/records", body, headers).status_code == 201

    assert program.send("POST", f"{ROOT}/records", body, headers).status_code == 401


def test_what_was_signed_is_what_is_read(program: Program) -> None:
    body = json.dumps({"records": [record()]}).encode()
    headers = program.signed("POST", f"{ROOT}/records", body)

    refused(program.send("POST", f"{ROOT}/records", body.replace(b"12.5", b"90.0"), headers), 401)
    refused(program.send("POST", f"{ROOT}/withdrawals", body, headers), 401)
    refused(program.send("POST", f"{ROOT}/records?a=1", body, headers), 401)
    refused(program.send("POST", f"{ROOT}/records", body, headers | {"Idempotency-Key": "other"}), 401)


@pytest.mark.parametrize("covered", [("@method",), ("@method", "@path", "@query")])
def test_a_signature_that_leaves_something_out_is_refused(program: Program, covered: tuple[str, ...]) -> None:
    refused(program.post("/records", {"records": [record()]}, covered=covered), 401)


def test_an_unknown_key_an_ended_one_and_no_signature_read_alike(world: World, program: Program) -> None:
    stranger = Program("lr_0000000000000000", program.secret)
    answers = [stranger.get("/deliveries"), program.send("GET", f"{ROOT}/deliveries", b"", {})]
    with world.acting("university_admin") as actor:
        key = services.make_credential(actor=actor, scopes=[Scope.READ])
        services.end_credential(actor=actor, credential_id=key.credential.pk)
    answers.append(Program(key.credential.key_id, key.secret).get("/deliveries"))

    assert {answer.content for answer in answers} == {answers[0].content}
    refused(answers[0], 401)


def test_a_rotated_key_is_good_for_a_week_more(world: World, program: Program) -> None:
    with world.acting("university_admin") as actor:
        old = feeding.base(world).credentials.get()
        made = services.rotate_credential(actor=actor, credential_id=old.pk)
    assert program.get("/deliveries").status_code == 200
    assert Program(made.credential.key_id, made.secret).get("/deliveries").status_code == 200

    with world.acting("university_admin"):
        feeding.base(world).credentials.filter(pk=old.pk).update(ends_at=datetime.now(UTC))
    assert program.get("/deliveries").status_code == 401


def test_a_key_does_what_its_scopes_say(world: World) -> None:
    writes, reads = Program.of(world, scopes=(Scope.WRITE,)), Program.of(world, scopes=(Scope.READ,))

    refused(reads.post("/records", {"records": [record()]}), 403)
    refused(writes.get("/records"), 403)


def test_an_ended_provider_has_no_key(world: World, program: Program) -> None:
    with world.acting("bureau") as bureau:
        services.end_provider(actor=bureau, provider_id=feeding.base(world).pk)
    refused(program.get("/deliveries"), 401)


def test_another_provider_reads_nothing_of_it(world: World, program: Program) -> None:
    done = program.post("/records", {"records": [record()]}).json()
    feeding.base(world, unit="society", code="XH")
    other = Program.of(world, who="society_admin")

    assert other.get("/records").json()["records"] == []
    assert other.get(f"/deliveries/{done['id']}").status_code == 404
    assert [row["number"] for row in program.get("/records?number=K-1").json()["records"]] == ["K-1"]
    assert program.get(f"/deliveries/{done['id']}").json() == done


def test_lists_go_on_by_cursor(program: Program, monkeypatch: Any) -> None:
    monkeypatch.setattr("training.api.endpoints.PAGE", 2)
    program.post("/records", {"records": [record(f"K-{each}") for each in range(5)]})

    numbers, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/records?cursor={cursor}").json()
        numbers += [row["number"] for row in page["records"]]
        cursor = page["next"]

    assert numbers == [f"K-{each}" for each in range(5)]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 415), (b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b"1" * 5000, 400),
        ([], 422), ({}, 422), ({"records": []}, 422), ({"records": 7}, 422), ({"records": [7]}, 422),
        ({"records": [{}]}, 422), ({"records": [{"number": None}]}, 422), ("text", 422), (None, 422),
    ],
)  # fmt: skip
def test_a_malformed_body_is_refused(program: Program, content: Any, status: int) -> None:
    refused(program.post("/records", content), status)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", ""), ("number", "编号"), ("number", "a" * 33), ("number", 7), ("number", "a\x00"),
        ("id_kind", "driving"), ("id_number", "430102198501011234"), ("id_number", ""), ("id_number", "\ud800"),
        ("name", " "), ("name", "甲\u200b乙"), ("name", "甲" * 61), ("name", "\ud800"), ("name", "\x00"),
        ("year", "2024"), ("year", True), ("year", 24), ("year", 10**30), ("year", 2024.5),
        ("category", ""), ("category", "\ud800"), ("hours", "8"), ("hours", -1), ("hours", 8.3), ("hours", 1e300),
        ("hours", True), ("hours", float("nan")), ("hours", float("inf")), ("hours", 10**400), ("hours", None),
        ("title", ""), ("title", "题" * 121), ("title", "\n"), ("completed_on", "2024-02-30"),
        ("completed_on", 20240601), ("completed_on", "2024-06-01T00:00:00"), ("extra", 1),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_row(program: Program, field: str, value: Any) -> None:
    problem = refused(program.post("/records", {"records": [record(), {**record("K-2"), field: value}]}), 422)

    assert [(error["row"], error["field"]) for error in problem["errors"]] == [(2, field)]
    assert problem["errors"][0]["detail"]


def test_the_same_number_twice_is_named(program: Program) -> None:
    problem = refused(program.post("/records", {"records": [record(), record()]}), 422)

    assert problem["errors"] == [
        {"row": 2, "field": "number", "detail": "与第 1 行的记录编号相同，同一批中每条记录只能出现一次。"}
    ]


@pytest.mark.parametrize("numbers", [["K-9"], ["\x00"], ["\ud800"], ["K-1", "K-1"], [""], [7]])
def test_a_withdrawal_of_nothing_is_refused(program: Program, numbers: list[Any]) -> None:
    problem = refused(program.post("/withdrawals", {"numbers": numbers}), 422)
    assert problem["errors"][0]["row"] in (1, 2)


def test_too_many_rows_too_many_bytes_and_other_media_are_refused(program: Program) -> None:
    refused(program.post("/withdrawals", {"numbers": [str(each) for each in range(10_001)]}), 422)
    refused(program.post("/records", b" " * (8 * 1024 * 1024 + 1)), 413)
    body = json.dumps({"records": [record()]}).encode()
    headers = program.signed("POST", f"{ROOT}/records", body)
    refused(program.send("POST", f"{ROOT}/records", body, headers, content_type="text/plain"), 415)
    refused(program.post("/records", {"records": [record()]}, key="a b"), 400)
    headers = program.signed("POST", f"{ROOT}/records", body)
    other = program.send(
        "POST", f"{ROOT}/records", body, headers, content_type="application/json; charset=gbk"
    )
    refused(other, 400)


def test_whatever_is_not_there_is_a_problem_document(program: Program) -> None:
    for path in ("/", "/nowhere", "/deliveries/7", "/deliveries/00000000-0000-4000-8000-000000000000"):
        refused(program.get(path), 404)
    answer = program.send("PUT", f"{ROOT}/records", b"", {})
    refused(answer, 405)
    assert answer["Allow"]


@pytest.mark.parametrize(
    "query", ["cursor=x", "cursor=%00", "cursor=" + "a" * 2000, "number=%00", "number=%E6%9C%89"]
)
def test_a_strange_query_is_no_error_of_ours(program: Program, query: str) -> None:
    assert program.get(f"/records?{query}").status_code in (200, 422)


def test_a_program_that_asks_too_often_waits(program: Program, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "learning_api": "2/m/key"}
    assert [program.get("/deliveries").status_code for _ in range(3)] == [200, 200, 429]


def test_who_delivered_is_in_the_trail(world: World, program: Program) -> None:
    done = program.post("/records", {"records": [record()]}).json()
    with scope(Actor.system("tests")):
        event = Event.objects.get(subject="delivery", subject_id=done["id"])
        facts = json.loads(event.facts)
        key = feeding.base(world).credentials.get()
        delivery = Delivery.objects.get(pk=done["id"])
    assert (event.act, facts["credential"], facts["rows"], facts["sha256"]) == (
        "delivered", str(key.pk), 1, delivery.sha256,
    )  # fmt: skip


def test_the_description_is_openapi_and_open_to_everybody(world: World, program: Program) -> None:
    described = program.client.get(f"{ROOT}/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert {f"{ROOT}{path}" for path in ("/records", "/withdrawals", "/deliveries")} <= set(
        described["paths"]
    )
