"""A year's plans as a table: pasted from a spreadsheet, uploaded, or taken over from an earlier year."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from cehours.lib import lists
from cehours.lib.lists import BadLines, Column, Row
from cehours.lib.refusal import Refusal
from organizations.acting.errors import NotAllowed
from rules import number_text
from training.forms import PlanForm
from training.models import TrainingPlan
from training.services.plans import PlanInput, check

MOST_PLANS = 100
COLUMNS = (
    Column("topic", ("培训主题", "主题", "课程名称", "培训内容", "培训名称")),
    Column("category", ("科目", "科目类别", "学时类别")),
    Column("first_day", ("开始日期", "培训日期", "开班日期", "培训时间", "日期")),
    Column("last_day", ("结束日期", "结班日期"), required=False),
    Column("days", ("培训天数", "天数", "授课天数")),
    Column("place", ("培训地点", "地点")),
    Column("lecturers", ("主讲教师", "授课教师", "教师", "师资"), required=False),
    Column("purpose", ("与单位发展战略和岗位要求的关系", "培训目的", "目的"), required=False),
)
NO_HEADER = "第一行应是列名，请从表头开始粘贴：培训主题、科目、开始日期、结束日期、培训天数、培训地点。"


def read_text(text: str) -> list[PlanInput]:
    """The plans of pasted cells. Raises BadLines naming each row that cannot be taken, Refusal."""
    table = lists.read_text(text, COLUMNS, most_rows=MOST_PLANS)
    if table is None:
        raise Refusal(NO_HEADER)
    return _plans(table.rows)


def read_file(content: bytes) -> list[PlanInput]:
    """The plans of an uploaded .xlsx or CSV. Raises BadLines naming each row that cannot be taken, Refusal."""
    return _plans(lists.read(content, COLUMNS, most_rows=MOST_PLANS).rows)


def written(plans: Iterable[PlanInput]) -> str:
    """The table as it is pasted: what `read_text` reads as the same plans."""
    names = _category_names()
    rows = [[column.words[0] for column in COLUMNS]]
    for plan in plans:
        texts = {
            "category": names.get(plan.category, plan.category),
            "first_day": plan.first_day.isoformat(),
            "last_day": plan.last_day.isoformat(),
            "days": number_text(plan.days),
        }
        rows.append([texts.get(column.key) or getattr(plan, column.key) for column in COLUMNS])
    return "\n".join("\t".join(" ".join(cell.replace('"', "”").split()) for cell in row) for row in rows)


def digest(plans: Iterable[PlanInput]) -> str:
    """Stands for exactly these plans, in this order: what was looked at is what is added."""
    return hashlib.sha256(written(plans).encode()).hexdigest()


def taken_over(plans: Iterable[TrainingPlan], year: int) -> list[PlanInput]:
    """Plans of an earlier year as drafts of `year`, each on the same days; people are listed anew."""
    return [
        PlanInput(
            topic=plan.topic,
            category=plan.category,
            purpose=plan.purpose,
            first_day=_in_year(plan.first_day, year),
            last_day=_in_year(plan.last_day, year),
            days=plan.days,
            place=plan.place,
            lecturers=plan.lecturers,
        )
        for plan in plans
    ]


def _in_year(day: date, year: int) -> date:
    """The same day of `year`; 29 February is the 28th in a year without one."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _plans(rows: Iterable[Row]) -> list[PlanInput]:
    keys = {name: key for key, name in _category_names().items()}
    plans: list[PlanInput] = []
    faults: list[tuple[int, str]] = []
    for row in rows:
        says, plan = _read(row, keys)
        faults += [(row.place, each) for each in says]
        if plan in plans:
            faults.append((row.place, f"与前面的“{plan.topic}”完全相同，请删去一行。"))
        elif plan is not None:
            plans.append(plan)
    if faults:
        raise BadLines(faults)
    return plans


def _read(row: Row, keys: dict[str, str]) -> tuple[list[str], PlanInput | None]:
    """What is wrong with a row, and the plan it holds where nothing is."""
    cells = dict(row.cells)
    cells["last_day"] = cells["last_day"] or cells["first_day"]
    cells["days"] = cells["days"].removesuffix("天").strip()
    typed = cells["category"]
    cells["category"] = keys.get(typed) or keys.get(f"{typed}科目") or typed
    form = PlanForm(cells)
    if not form.is_valid():
        if "category" in form.errors and typed:
            form.errors["category"] = form.error_class([f"科目“{typed}”应为{'、'.join(keys)}之一。"])
        return list(dict.fromkeys(str(each) for errors in form.errors.values() for each in errors)), None
    plan = form.entered()
    try:
        check(plan)
    except NotAllowed as refusal:
        return [refusal.says], None
    return [], plan


def _category_names() -> dict[str, str]:
    """Key and name of every subject a plan may have, as the form offers them."""
    field = PlanForm().fields["category"]
    return dict(field.choices)  # type: ignore[attr-defined]  # a ChoiceField
