"""/api/learning/v1: a provider's program reports, corrects, withdraws and reads what it reported."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Status
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from pydantic import Field

from cehours.lib.paging import keyset_page
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.acting.scope import scope
from training import services
from training.api.gate import Signed, StrictJson
from training.api.problems import PROBLEM, Problem, unreadable
from training.api.schemas import (
    BatchIn,
    DeliveriesOut,
    HoursPageOut,
    ProblemOut,
    RecordsOut,
    ResultOut,
    WithdrawalsIn,
)
from training.feeds import outward, queries
from training.feeds.reported import FLAGS, BadRows, Fault, Reported, judged, no_number_twice
from training.models import Channel, Delivery, LearningRecord, Scope

PAGE = 500
PROBLEMS = dict.fromkeys((400, 401, 403, 409, 413, 415, 422, 429, 503), ProblemOut)
READ_PROBLEMS = dict.fromkeys((401, 403, 404, 422, 429, 503), ProblemOut)
NO_KEY = "请在 Idempotency-Key 中写明本次报送的幂等键：1 至 64 个字母、数字和 . _ : -。"
NO_DELIVERY = "没有找到这次报送。"
Cursor = Annotated[str | None, Field(max_length=1024, description="上一页给出的 next")]
Number = Annotated[
    str | None, Field(max_length=32, pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/-]*$", description="记录编号")
]
KEY = re.compile(r"[0-9A-Za-z._:-]{1,64}")
# Sentences for what a schema refuses, by the kind of fault.
SAYS = {
    "missing": "缺少这一项，请补上。",
    "extra_forbidden": "没有这一项，请删去。",
    "string_type": "应为文本。",
    "string_too_short": "为空，请补上。",
    "string_too_long": "过长，请核对。",
    "string_pattern_mismatch": "只能用字母、数字和 . _ : / -，以字母或数字开头。",
    "int_type": "应为整数，例如 2024。",
    "greater_than_equal": "应为四位年份，例如 2024。",
    "less_than_equal": "应为四位年份，例如 2024。",
    "literal_error": "不是可以使用的证件类型。",
    "too_short": "至少要有一条。",
    "too_long": "每批最多 10000 条，请分成几批。",
    "list_type": "应为数组。",
    "dict_type": "应为对象。",
}
BY_FIELD = {"completed_on": "应为日期，例如 2024-06-01。", "hours": "应为数字，0.5 的整数倍。"}

KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "本次报送的幂等键",
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}


class Interface(NinjaAPI):
    """Described with the header that every writing request has, and the media type of refusals."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        described = super().get_openapi_schema(**how)
        for methods in described["paths"].values():
            for method, operation in methods.items():
                if method == "post":
                    operation["parameters"] = [KEY_PARAMETER]
                for code, answer in operation["responses"].items():
                    if int(code) >= 400:
                        answer["content"] = {PROBLEM: answer["content"]["application/json"]}
        return described


api = Interface(
    title="学习记录接口",
    version="1.0.0",
    description="培训基地和平台报送、更正、撤销学习记录，查询本单位的报送。说明见 docs/learning-api.md。",
    urls_namespace="learning_api",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=StrictJson(),
)
WRITES, READS, HOURS = Signed(Scope.WRITE), Signed(Scope.READ), Signed(Scope.HOURS)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    faults = [_fault(each) for each in error.errors]
    return Problem(422, "内容有误，整批没有收下，请按 errors 更正后重发。", faults=faults).answer()


@api.exception_handler(HttpError)
def not_read(request: HttpRequest, error: HttpError) -> HttpResponse:
    return unreadable()


@api.exception_handler(BadRows)
def bad_rows(request: HttpRequest, error: BadRows) -> HttpResponse:
    return Problem(422, "内容有误，整批没有收下，请按 errors 更正后重发。", faults=error.faults).answer()


@api.exception_handler(services.OtherBody)
def other_body(request: HttpRequest, error: services.OtherBody) -> HttpResponse:
    return Problem(409, error.says).answer()


@api.exception_handler(NotYours)
def not_yours(request: HttpRequest, error: NotYours) -> HttpResponse:
    return Problem(404, error.says).answer()


@api.exception_handler(Problem)
def problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return error.answer()


@api.post(
    "/records", auth=WRITES, response={200: ResultOut, 201: ResultOut, **PROBLEMS}, summary="报送或更正"
)
def report(request: HttpRequest, batch: BatchIn) -> Status[Any]:
    """整批收下（201）或者整批不收；同一幂等键和同一正文重发，得到原来的结果（200）。"""
    read: list[Reported] = []
    faults: list[Fault] = []
    for row, each in enumerate(batch.records, start=1):
        reported, wrong = judged(row, each.__dict__)
        faults += wrong
        if reported is not None:
            read.append(reported)
    faults += no_number_twice((row, each.number) for row, each in enumerate(batch.records, start=1))
    if faults:
        raise BadRows(faults)
    with scope(_program(request)) as actor:
        delivery, new = services.deliver(actor=actor, parcel=_parcel(request), rows=read)
        return Status(201 if new else 200, _result(delivery))


@api.post(
    "/withdrawals",
    auth=WRITES,
    response={200: ResultOut, 201: ResultOut, **PROBLEMS},
    summary="撤销",
)
def withdraw(request: HttpRequest, withdrawals: WithdrawalsIn) -> Status[Any]:
    """撤销成为记录的新版本；编号不存在或已经撤销的，整批不收。"""
    faults = list(no_number_twice(enumerate(withdrawals.numbers, start=1)))
    if any("\x00" in number or not number.isascii() for number in withdrawals.numbers):
        faults += [
            Fault(row, "number", SAYS["string_pattern_mismatch"])
            for row, number in enumerate(withdrawals.numbers, start=1)
            if "\x00" in number or not number.isascii()
        ]
    if faults:
        raise BadRows(faults)
    with scope(_program(request)) as actor:
        delivery, new = services.withdraw(actor=actor, parcel=_parcel(request), numbers=withdrawals.numbers)
        return Status(201 if new else 200, _result(delivery))


@api.get("/deliveries", auth=READS, response={200: DeliveriesOut, **READ_PROBLEMS}, summary="报送列表")
def deliveries(request: HttpRequest, cursor: Cursor = None) -> dict[str, Any]:
    with scope(_program(request)) as actor:
        page = keyset_page(queries.deliveries(actor), order="-received_at", cursor=cursor, size=PAGE)
        return {"deliveries": [_delivery(each) for each in page.rows], "next": page.next}


@api.get(
    "/deliveries/{uuid:pk}", auth=READS, response={200: ResultOut, **READ_PROBLEMS}, summary="一次报送的结果"
)
def delivery(request: HttpRequest, pk: UUID) -> dict[str, Any]:
    with scope(_program(request)) as actor:
        found = queries.deliveries(actor).filter(pk=pk).first()
        if found is None:
            raise Problem(404, NO_DELIVERY)
        return _result(found)


@api.get("/records", auth=READS, response={200: RecordsOut, **READ_PROBLEMS}, summary="记录列表")
def records(
    request: HttpRequest,
    cursor: Cursor = None,
    number: Number = None,
) -> dict[str, Any]:
    """本单位报送的各个版本，按编号排列；可以只查一个编号。"""
    with scope(_program(request)) as actor:
        found = queries.delivered_records(actor)
        if number:
            found = found.filter(number=number)
        page = keyset_page(found, order="number", cursor=cursor, size=PAGE)
        return {"records": [_record(each) for each in page.rows], "next": page.next}


@api.get(
    "/recognised",
    auth=HOURS,
    response={200: HoursPageOut, 410: ProblemOut, **READ_PROBLEMS},
    summary="事业单位人员的基地学时",
)
def recognised(request: HttpRequest, cursor: Cursor = None) -> dict[str, Any]:
    """只限公共机构学习平台：上次读到的位置以后变动的学时，每页至多 500 条。"""
    with scope(_program(request)) as actor:
        try:
            return outward.changed_hours(actor, cursor or "")
        except outward.OtherEpoch as refusal:
            raise Problem(410, refusal.says) from None
        except outward.BadCursor as refusal:
            raise Problem(422, refusal.says) from None


def _program(request: HttpRequest) -> Actor:
    return Actor.program(_key(request).provider_id)


def _key(request: HttpRequest) -> Any:
    return request.auth  # type: ignore[attr-defined]  # what Signed gave


def _parcel(request: HttpRequest) -> services.Parcel:
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise Problem(400, NO_KEY)
    signed = request.path.encode() + b"\n" + request.body
    return services.Parcel(Channel.API, key, hashlib.sha256(signed).hexdigest(), _key(request).pk)


def _result(found: Delivery) -> dict[str, Any]:
    columns = ("row", "number", "version", "withdrawn", "flags")
    rows = found.records.order_by("row").values_list(*columns)
    return {**_delivery(found), "results": [_row(*each) for each in rows]}


def _delivery(found: Delivery) -> dict[str, Any]:
    return {
        "id": found.pk,
        "received_at": found.received_at,
        "channel": found.channel,
        "rows": found.rows,
        "to_be_checked": found.flagged,
    }


def _row(row: int, number: str, version: int, withdrawn: bool, flags: Sequence[str]) -> dict[str, Any]:
    outcome = "to_be_checked" if flags else "corrected" if version > 1 else "received"
    return {
        "row": row,
        "number": number,
        "version": version,
        "outcome": "withdrawn" if withdrawn else outcome,
        "remarks": [] if withdrawn else [FLAGS[flag] for flag in flags],
    }


def _record(found: LearningRecord) -> dict[str, Any]:
    return {
        **_row(found.row, found.number, found.version, found.withdrawn, found.flags),
        "delivery": found.delivery_id,
        "name": found.name,
        "year": found.year,
        "category": found.category,
        "hours": found.hours,
        "title": found.title,
        "completed_on": found.completed_on,
    }


def _fault(error: dict[str, Any]) -> Fault:
    """Row and field of what a schema refused: ("body", "batch", "records", 3, "year")."""
    place: Iterable[Any] = error.get("loc", ())
    steps = list(place)
    row = next((step + 1 for step in steps if isinstance(step, int)), 0)
    named = [step for step in steps[1:] if isinstance(step, str)]
    field = named[-1][:40] if named else ""
    field = "" if field in ("batch", "withdrawals") else field
    kind = str(error.get("type", ""))
    says = BY_FIELD.get(field) if kind not in ("missing", "extra_forbidden") else None
    return Fault(row, field, says or SAYS.get(kind, "不符合格式，请核对。"))
