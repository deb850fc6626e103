"""What the interface takes and gives; OpenAPI is made of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict, StrictInt, WithJsonSchema

from training.feeds.reported import LONGEST, MOST_ROWS

Kind = Literal["resident", "residence", "passport", "hk_macao", "taiwan", "permanent"]


def _only_text(value: Any) -> Any:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("not a day")
    return value


def _only_number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("not a number")
    return value


Day = Annotated[
    date,
    BeforeValidator(_only_text),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2025-06-01"]}),
]
Hours = Annotated[
    Decimal,
    BeforeValidator(_only_number),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 9999, "multipleOf": 0.5}),
]


def _text(key: str, about: str, **more: Any) -> Any:
    return Field(min_length=1, max_length=LONGEST[key], description=about, **more)


class Strict(Schema):
    """No field that is not named here."""

    model_config = ConfigDict(extra="forbid")


class RecordIn(Strict):
    """一条学习记录。同一编号再次报送即为更正，成为新的版本。"""

    number: str = _text(
        "number", "本单位的记录编号，字母、数字和 . _ : / -", pattern=r"^[0-9A-Za-z][0-9A-Za-z._:/-]*$"
    )
    id_kind: Kind = Field("resident", description="证件类型")
    id_number: str = _text("id_number", "证件号码")
    name: str = _text("name", "姓名，与证件一致")
    year: Annotated[StrictInt, Field(ge=1900, le=2999, description="学时计入的年度")]
    category: str = _text("category", "科目：public（公需）或 professional（专业）")
    hours: Hours = Field(description="学时，0.5 的整数倍")
    title: str = _text("title", "培训名称")
    completed_on: Day = Field(description="完成日期")


class BatchIn(Strict):
    """一批记录，整批收下或者整批不收。"""

    records: list[RecordIn] = Field(min_length=1, max_length=MOST_ROWS)


class WithdrawalsIn(Strict):
    """要撤销的记录编号。"""

    numbers: list[Annotated[str, Field(min_length=1, max_length=LONGEST["number"])]] = Field(
        min_length=1, max_length=MOST_ROWS
    )


class RowOut(Schema):
    """一行的结果，与本人是否注册、姓名是否与登记一致无关。"""

    row: int
    number: str
    version: int
    outcome: Literal["received", "corrected", "withdrawn", "to_be_checked"]
    remarks: list[str]


class DeliveryOut(Schema):
    """一次报送。"""

    id: UUID
    received_at: datetime
    channel: Literal["api", "file", "attendance", "platform"]
    rows: int
    to_be_checked: int


class ResultOut(DeliveryOut):
    """一次报送和每一行的结果。"""

    results: list[RowOut]


class DeliveriesOut(Schema):
    """一页报送，新的在前；`next` 是下一页的游标。"""

    deliveries: list[DeliveryOut]
    next: str | None


class RecordOut(RowOut):
    """本单位报送的一个版本。"""

    delivery: UUID
    name: str
    year: int
    category: str
    hours: float
    title: str
    completed_on: date


class RecordsOut(Schema):
    """一页记录，按编号；`next` 是下一页的游标。"""

    records: list[RecordOut]
    next: str | None


class HoursOut(Schema):
    """事业单位人员的一条基地学时。同一 `id` 以更大的 `position` 再次出现即为变动，`valid` 为 false 即已失效。"""

    id: UUID
    position: int
    valid: bool
    id_kind: Kind
    id_number: str
    name: str
    year: int
    category: str
    hours: float
    number: str
    title: str


class HoursPageOut(Schema):
    """一页变动，先后为序；`next` 总是有值，保存下来，下次从它读起。"""

    epoch: str
    hours: list[HoursOut]
    next: str


class FaultOut(Schema):
    """一处错误：第几行（从 1 起，0 为整份内容）、哪一项、怎样改。"""

    row: int
    field: str
    detail: str


class ProblemOut(Schema):
    """RFC 9457 的问题说明。"""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultOut] = []
    errors_total: int = 0
