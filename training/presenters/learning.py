"""Records of providers as lists, result files and pages show them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import rules
from cehours.lib import workbooks
from organizations.registry import identity
from training.feeds.queries import SEALED
from training.feeds.reported import FLAGS, categories, category_name
from training.models import LearningRecord, RecordStanding, Standing

HEADINGS = ("记录编号", "版本", "姓名", "证件号码", "年度", "科目", "学时", "培训名称", "完成日期", "结果")
LOOK_HEADINGS = ("报送单位", *HEADINGS[:9], "需要核对的原因", "办理结果", "理由")
TONES = {
    Standing.FLAGGED: "look",
    Standing.MISMATCH: "look",
    Standing.REFUSED: "block",
    Standing.COUNTED: "done",
    Standing.WAITING: "wait",
    Standing.WITHDRAWN: "draft",
}
MISMATCH = "姓名与登记的姓名不一致"


@dataclass(frozen=True)
class Shown:
    """A version of a record in words; `outcome` and `why` are what its sender is told, whoever the person is."""

    record: LearningRecord
    masked: str
    category: str
    hours: str
    outcome: str
    why: str
    tone: str

    @property
    def cells(self) -> list[str]:
        record = self.record
        outcome = f"{self.outcome}：{self.why}" if self.why else self.outcome
        return [
            *(record.number, str(record.version), record.name, self.masked, str(record.year), self.category),
            *(self.hours, record.title, record.completed_on.isoformat(), outcome),
        ]


def shown(record: LearningRecord) -> Shown:
    outcome, why, tone = "已收到", "", "done"
    if record.withdrawn:
        outcome, tone = "已撤销", "draft"
    elif record.flags:
        outcome, why, tone = "转省人社厅核对", reasons(record.flags), "look"
    elif record.version > 1:
        outcome = "已更正"
    return Shown(
        record,
        identity.shown_masked(record.id_cipher, table=SEALED, pk=record.pk),
        category_name(record.category),
        rules.number_text(record.hours),
        outcome,
        why,
        tone,
    )


def reasons(flags: Sequence[str]) -> str:
    return "；".join(FLAGS.get(flag, flag) for flag in flags)


@dataclass(frozen=True)
class Looked:
    """A record that the bureau looks at, why, and what was decided."""

    standing: RecordStanding
    shown: Shown
    why: str
    tone: str
    outcome: str

    @property
    def knows_category(self) -> bool:
        return self.standing.category in categories().values()

    @property
    def cells(self) -> list[str]:
        return [
            self.standing.provider.unit.name,
            *self.shown.cells[:9],
            self.why,
            self.outcome,
            self.standing.reason,
        ]


def looked(standing: RecordStanding) -> Looked:
    record = standing.record
    mismatch = standing.state == Standing.MISMATCH or not record.flags
    outcome = standing.get_state_display()
    if standing.accepted:
        outcome = "同意计入"
    return Looked(
        standing,
        shown(record),
        MISMATCH if mismatch else reasons(record.flags),
        TONES[Standing(standing.state)],
        outcome,
    )


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    file = io.BytesIO()
    workbooks.write_table(file, title=title, headings=headings, rows=rows)
    return file.getvalue()
