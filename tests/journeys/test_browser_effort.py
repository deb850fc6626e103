"""What five plain years cost in clicks and fields, at a desk: docs/filing-effort.md claims no less than this."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.journeys.filer import Filer
from tests.journeys.window import Window

DOC = Path(__file__).parents[2] / "docs" / "filing-effort.md"
PARTS = ("新增申报", "基本信息", "填写年度", "上传附件", "核对并提交")
FIVE, SLIP = "Measured", "An old slip and one new year"


def claimed(section: str = FIVE) -> dict[str, tuple[int, int]]:
    """Part → (clicks, fields) as the table of the document says."""
    text = DOC.read_text().split(f"## {section}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\S+) \|.*\| (\d+) \| (\d+) \|$", text, re.M)
    return {name: (int(clicks), int(fields)) for name, clicks, fields in rows}


def test_five_plain_years_cost_no_more_than_the_document_says(
    desk: Window, capsys: pytest.CaptureFixture[str]
) -> None:
    filer = Filer(desk)
    filer.register()
    filer.start()
    filer.fill_header(employer="湘澜第一医院")
    filer.save_header()
    filer.fill_years()
    filer.attach_all()
    filer.check()
    filer.hand_in()

    no_more_than_said(filer, PARTS, FIVE, capsys)


def test_an_old_slip_and_one_new_year_cost_no_more_than_the_document_says(
    phone: Window, capsys: pytest.CaptureFixture[str]
) -> None:
    filer = Filer(phone)
    filer.register()
    filer.start()
    filer.fill_header(employer="湘澜第一医院")
    filer.save_header()
    filer.bring_slip("2019-2023年学时认定单.jpg")
    filer.fill_years([2024])
    filer.attach_all([2024])
    filer.check()
    filer.hand_in()
    no_more_than_said(filer, ("旧认定单", *PARTS), SLIP, capsys)


def no_more_than_said(
    filer: Filer, names: tuple[str, ...], section: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = filer.hand.parts
    with capsys.disabled():
        print(json.dumps({name: asdict(parts[name]) for name in names}, ensure_ascii=False))  # noqa: T201
    says = claimed(section)
    for name in names:
        clicks, fields = says[name]
        assert parts[name].clicks <= clicks, name
        assert parts[name].fields <= fields, name
    total = filer.hand.total
    assert total.clicks <= says["合计"][0]
    assert total.fields <= says["合计"][1]
