"""The printed facts: kept as they were, refused when they contradict each other."""

from dataclasses import replace

import pytest

from certificates.paper.sheet import Category, InvalidSheet, Sheet
from tests.certificates.sheets import RARE, SHEET, years


def test_a_sheet_comes_back_from_json_as_it_was() -> None:
    sheet = replace(SHEET, name=f"王{RARE}", rows=years(2020, 2024, "67.50"))
    again = Sheet.from_json(sheet.to_json())
    assert again == sheet
    assert again.to_json() == sheet.to_json()
    assert '"rows":[[2020,["30","67.5"]]' in sheet.to_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        SHEET.to_json()[:-1],
        SHEET.to_json().replace('"format":1', '"format":2'),
        SHEET.to_json().replace('"issuer"', '"issued_by"'),
        SHEET.to_json().replace("2025-07-28", "2025-07-32"),
        SHEET.to_json().replace('["30","60"]', '["30","sixty"]'),
    ],
)
def test_a_damaged_record_is_refused(text: str) -> None:
    with pytest.raises(InvalidSheet, match="认定单记录"):
        Sheet.from_json(text)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"number": "202500013"}, "10 位数字"),
        ({"number": "２０２５０００１３７"}, "10 位数字"),
        ({"name": "　"}, "缺少“姓名”"),
        ({"specialty": ""}, "缺少“子专业名称”"),
        ({"verification_url": "javascript:alert(1)"}, "核验网址"),
        ({"verification_url": "https:///verify"}, "核验网址"),
        ({"sentence": "{name}同志{id_number}"}, "“id_number”"),
        ({"sentence": "{name.__class__}同志"}, "__class__"),
        ({"sentence": "{name同志"}, "花括号"),
        ({"rows": years(2020, 2023)}, "不缺年度"),
        ({"rows": (*years(2020, 2022), *years(2024, 2024))}, "不缺年度"),
        ({"rows": tuple(reversed(years(2020, 2024)))}, "按年度排列"),
        ({"from_year": 2025, "rows": ()}, "至少要有一个年度"),
        ({"categories": (Category("public", "公需科目"),)}, "类别数目不符"),
        ({"rows": years(2020, 2024, "-1")}, "不是有效数字"),
        ({"rows": years(2020, 2024, "NaN")}, "不是有效数字"),
    ],
)
def test_contradicting_facts_make_no_sheet(change: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidSheet, match=says):
        replace(SHEET, **change)
