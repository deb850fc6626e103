"""我有旧认定单: one upload fills and proves every year that an earlier slip covers (notice 三(四), A68)."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from weasyprint import HTML

from applications.files.slips import figures_in, range_in, range_of
from applications.models import Application
from applications.states import State
from certificates.paper.render import render
from certificates.paper.sheet import Sheet, YearHours
from tests.applications.test_recognised import enter, lines
from tests.applications.typing_in import text_of, url
from tests.certificates.sheets import SHEET
from tests.world import World, picture

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed file .*sRGB2014.icc:ResourceWarning"
)  # WeasyPrint's own


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(), evidence=False)


def post(world: World, case: Application, **typed: Any) -> Any:
    with world.acting("applicant"):
        case.refresh_from_db()
    sent = {
        "version": case.version,
        "file": SimpleUploadedFile("2019-2023学时认定单.png", picture()),
        "prior_from": "2019",
        "prior_to": "2023",
        **typed,
    }
    typed_in = {key: value for key, value in sent.items() if value}
    return world.browser("applicant").post(url("slip", case), typed_in, follow=True)


def slip_pdf(says: str) -> bytes:
    return HTML(string=f"<p>{says}</p>").write_pdf() or b""


@pytest.mark.requirement("R072", "R074")
def test_one_upload_fills_and_proves_all_the_years_it_covers(world: World, case: Application) -> None:
    page = text_of(post(world, case))
    tasks = text_of(world.browser("applicant").get(url("detail", case)))
    with world.acting("applicant"):
        filled = [(entry.year, entry.evidence.count()) for entry in case.years.all()]
        hours = {(each.category, each.claimed, each.says) for each in case.activities.all()}
    assert filled == [(2020, 1), (2021, 0), (2022, 0), (2023, 0)]
    assert hours == {
        ("public", Decimal(30), "以认定单认定（达到规定学时）"),
        ("professional", Decimal(60), "以认定单认定（达到规定学时）"),
    }
    assert "4 个年度的材料齐全" in tasks
    assert "已按认定单填好 2020、2021、2022、2023 年度（达到规定学时）" in page


def test_the_one_year_that_is_left_is_the_next_page(world: World, case: Application) -> None:
    answer = post(world, case)
    assert answer.redirect_chain == [(f"{url('year_add', case)}?year=2024", 302)]
    assert "2024 年度" in text_of(answer) or "新增申报年度明细信息" in text_of(answer)


def test_where_several_years_or_none_are_left_the_task_list_is(world: World, case: Application) -> None:
    answer = post(world, case, prior_to="2022")
    assert answer.redirect_chain == [(url("detail", case), 302)]
    answer = post(world, case, prior_from="2020", prior_to="2024")
    assert answer.redirect_chain == [(url("detail", case), 302)]


def sheet_of(world: World, case: Application) -> Sheet:
    """A slip of ours for the applicant, 2019–2023, with more than the minimum in two years."""
    hours = {2019: (30, 60), 2020: (30, 72), 2021: (40, "60.5"), 2022: (30, 60), 2023: (30, 60)}
    rows = tuple(YearHours(year, (Decimal(one), Decimal(other))) for year, (one, other) in hours.items())
    with world.acting("applicant"):
        name = case.person.name
    return replace(SHEET, name=name, from_year=2019, to_year=2023, rows=rows)


def as_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("扫描件.pdf", content)


def claims(world: World, case: Application) -> dict[int, list[Decimal]]:
    with world.acting("applicant"):
        return {entry.year: [each.claimed for each in entry.activities.all()] for entry in case.years.all()}


MINIMA = {year: [Decimal(30), Decimal(60)] for year in range(2020, 2024)}


@pytest.mark.requirement("R074")
def test_the_figures_that_a_slip_of_ours_states_are_taken(world: World, case: Application) -> None:
    page = text_of(post(world, case, file=as_file(render(sheet_of(world, case)))))
    assert claims(world, case) == {
        **MINIMA,
        2020: [Decimal(30), Decimal(72)],
        2021: [Decimal(40), Decimal("60.5")],
    }
    with world.acting("applicant"):
        assert {each.says for each in case.activities.all()} == {"以认定单认定（按单上写明的学时）"}
    assert "2020、2021、2022、2023 年度（单上写明的学时）" in page
    assert "请核对学时与单上是否一致" in page


def test_figures_of_another_person_or_range_are_not_taken(world: World, case: Application) -> None:
    sheet = sheet_of(world, case)
    for other in (replace(sheet, name="别的人"), replace(sheet, from_year=2021, rows=sheet.rows[2:])):
        post(world, case, file=as_file(render(other)))
        assert claims(world, case) == MINIMA
        with world.acting("applicant"):
            case.years.all().delete()


HEAD = "学时认定单\n根据规定精神，\n秦舒窈 同志，自 2022 年至 2023 年参加培训\n年度 公需科目 专业科目 合计\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + "2022 30 60 90\n2023 30 72.5 102.5\n合计 60 132.5 192.5\n", True),
        (HEAD + "2022 30 60 90\n2023 30 72.5 102.5\n", False),
        (HEAD + "2022 30 60 90\n2023 30 72.5 102\n合计 60 132.5 192\n", False),
        (HEAD + "2022 30 60 90\n2023 30 72.5 102.5\n合计 60 132.5 191.5\n", False),
        (HEAD + "2022 30 60 90\n合计 30 60 90\n", False),
        (HEAD + "2023 30 72.5 102.5\n2022 30 60 90\n合计 60 132.5 192.5\n", False),
        (HEAD + "2022 0 0 0\n2023 30 72.5 102.5\n合计 30 72.5 102.5\n", False),
        (HEAD + HEAD + "2022 30 60 90\n2023 30 72.5 102.5\n合计 60 132.5 192.5\n", False),
        (HEAD.replace("专业科目", "选修科目") + "2022 30 60 90\n2023 30 60 90\n合计 60 120 180\n", False),
        (HEAD.replace("秦", "欧阳秦") + "2022 30 60 90\n2023 30 60 90\n合计 60 120 180\n", False),
        (HEAD.replace("秦舒窈", "秦舒") + "2022 30 60 90\n2023 30 60 90\n合计 60 120 180\n", False),
        ("学时认定单\n根据规定精神，\n秦舒窈 同志，自 2022 年至 2023 年（近 2 年）参加继续教育培训", False),
    ],
)
def test_a_table_is_believed_as_a_whole_or_not_at_all(text: str, found: bool) -> None:
    figures = figures_in(text, categories=["公需科目", "专业科目"], holder=["秦舒窈", ""])
    assert figures == (
        {2022: (Decimal(30), Decimal(60)), 2023: (Decimal(30), Decimal("72.5"))} if found else {}
    )


def test_the_slip_is_asked_for_first_and_no_more_once_a_year_is_there(
    world: World, case: Application
) -> None:
    browser = world.browser("applicant")
    page = text_of(browser.get(url("detail", case)))
    assert page.index("我有以前年度的《学时认定单》") < page.index("申报内容")
    post(world, case)
    assert "我有以前年度的《学时认定单》" not in text_of(browser.get(url("detail", case)))
    assert "我有以前年度的《学时认定单》" in text_of(browser.get(url("prior", case)))


def test_years_that_are_there_stay_and_are_proved_too(world: World) -> None:
    case = world.draft(years=(2021,), evidence=False)
    page = text_of(post(world, case))
    assert [title for title, *_ in lines(world, case, 2021)] == ["2021公需科目", "2021专业科目"]
    assert "2021 年度原来已经填写，没有改动；认定单也可以证明这些年度" in page
    assert "4 个年度的材料齐全" in text_of(world.browser("applicant").get(url("detail", case)))


def test_records_on_file_are_ticked_in_the_same_step(world: World, case: Application) -> None:
    inside, outside = enter(world, year=2022), enter(world, year=2024, title="平台培训")
    page = text_of(world.browser("applicant").get(url("detail", case)))
    assert "2024 年 · 平台培训 · 30 学时" in page
    page = text_of(post(world, case, take=[inside.pk, outside.pk]))
    assert lines(world, case, 2024) == [("平台培训", "30.0", "platform", "platform")]
    assert {basis for _, _, basis, _ in lines(world, case, 2022)} == {"declared"}
    assert "2022 年度的系统记录已包含在认定单里，没有重复勾选" in page


def test_records_alone_are_ticked_without_a_slip(world: World, case: Application) -> None:
    row = enter(world, year=2024)
    post(world, case, file=None, prior_from="", prior_to="", take=[row.pk])
    assert len(lines(world, case, 2024)) == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"file": None}, "请选择认定单的文件"),
        ({"prior_from": "2011", "prior_to": "2015"}, "不在本次核认跨度（2020—2024 年）内"),
        ({"prior_from": "2023", "prior_to": "2019"}, "请填写认定单上的起始年度和结束年度"),
        ({"file": SimpleUploadedFile("单.docx", b"PK\x03\x04")}, "请将 Word 文档另存为 PDF 后上传"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_nothing_is_filled_in(
    world: World, case: Application, typed: dict[str, Any], says: str
) -> None:
    answer = post(world, case, **typed)
    assert answer.status_code == 422
    assert says in text_of(answer)
    with world.acting("applicant"):
        assert not case.years.exists()


def test_without_a_script_the_range_is_read_shown_and_asked_to_be_confirmed(
    world: World, case: Application
) -> None:
    answer = post(world, case, prior_from="", prior_to="")
    assert answer.status_code == 422
    page = text_of(answer)
    assert "按文件填好了起止年度 2019—2023 年。请核对，并再选择一次文件。" in page
    assert 'value="2019"' in page


def test_the_script_is_told_what_the_text_of_the_slip_says(world: World, case: Application) -> None:
    file = SimpleUploadedFile("扫描件.pdf", slip_pdf("自 2019年至2023年（近5年）参加继续教育培训"))
    answer = world.browser("applicant").post(url("slip_look", case), {"file": file})
    assert answer.json() == {"from": 2019, "to": 2023}
    silent = SimpleUploadedFile("扫描件.png", picture())
    assert world.browser("applicant").post(url("slip_look", case), {"file": silent}).json() == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2019-2023年学时认定单.pdf", (2019, 2023)),
        ("自 2020 年至 2024 年", (2020, 2024)),
        ("认定单2018—2022", (2018, 2022)),
        ("2019 ~ 2023", (2019, 2023)),
        ("IMG_20251128_101233.jpg", None),
        ("2023-2019", None),
        ("认定单.pdf", None),
    ],
)
def test_a_range_is_read_where_one_is_written(text: str, found: tuple[int, int] | None) -> None:
    assert range_in(text) == found


def test_a_file_that_is_no_document_has_no_range() -> None:
    assert range_of(io.BytesIO(b"%PDF-1.4 nothing"), "单.pdf") is None
    assert range_of(io.BytesIO(b""), "单.pdf") is None


def test_an_application_in_review_takes_no_slip(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    assert post(world, case).status_code == 409


def test_strangers_neither_fill_in_nor_look(world: World, case: Application) -> None:
    for name in ("slip", "slip_look"):
        answer = world.browser("other_applicant").post(url(name, case), {"version": 1})
        assert answer.status_code == 404
