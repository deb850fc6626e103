"""上传附件, and who may look at a file."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import rules
from applications.models import Application, Evidence
from applications.states import State
from organizations.models import Event
from tests.applications.typing_in import text_of, url
from tests.world import World, picture


def pdf(pages: int = 2) -> bytes:
    out = io.BytesIO()
    sheets = [Image.new("RGB", (600, 800), colour) for colour in ("white", "ivory", "beige")[:pages]]
    sheets[0].save(out, "PDF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


def upload(
    world: World, case: Application, *files: tuple[str, bytes], kind: str = "completion", **more: Any
) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    typed = {"rows": "1", "row-0-kind": kind, "row-0-files": sent, **more}
    return world.browser("applicant").post(url("evidence", case, 2020), typed)


def papers(world: World, case: Application) -> list[Evidence]:
    with world.acting("applicant"):
        return list(Application.objects.get(pk=case.pk).evidence.all())


@pytest.fixture
def case(world: World) -> Application:
    return world.draft(years=(2020,), evidence=False)


def test_the_limits_are_told_before_the_upload(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("evidence", case, 2020)))
    assert "可上传 PDF、JPG、PNG。每个文件不超过 20 MB，每个年度最多 30 个，整份申报合计不超过 300 MB" in page


def test_missing_papers_are_named_and_have_a_row_waiting(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("evidence", case, 2020)))
    assert '2020公需科目<span class="soft">（远程教育）</span>' in page
    assert "还缺：</span>课程时长证明或课程内容" in page
    assert "还缺：</span>结业证书" in page
    assert '<input type="hidden" name="row-2-kind" value="completion">' in page


@pytest.mark.requirement("R171")
def test_several_files_are_taken_at_once_with_kind_and_seal(world: World, case: Application) -> None:
    answer = upload(world, case, ("证书.pdf", pdf()), ("照片.png", picture()), **{"row-0-stamped": "yes"})
    assert answer["Location"] == url("evidence", case, 2020)
    assert [(paper.filename, paper.kind, paper.stamped, paper.pages) for paper in papers(world, case)] == [
        ("证书.pdf", "completion", True, 2),
        ("照片.png", "completion", True, 1),
    ]


@pytest.mark.requirement("R171")
def test_a_row_and_a_camera_take_their_files_under_the_kind_that_is_missing(
    world: World, case: Application
) -> None:
    typed = {
        "rows": "3",
        "row-1-kind": "course_content",
        "row-1-files": [SimpleUploadedFile("课程.png", picture())],
        "row-2-kind": "completion",
        "row-2-camera": [SimpleUploadedFile("image.png", picture("red"))],
    }
    world.browser("applicant").post(url("evidence", case, 2020), typed)
    assert [(paper.filename, paper.kind) for paper in papers(world, case)] == [
        ("课程.png", "course_content"),
        ("image.png", "completion"),
    ]


def test_each_missing_paper_says_what_a_good_one_shows(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("evidence", case, 2020)))
    policy = rules.load_policy("hunan-2025")
    for key in ("course_duration", "course_content", "completion"):
        assert policy.document_of(key).good in page


def test_a_row_asks_for_the_seal_only_of_papers_that_need_one(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("evidence", case, 2020)))
    assert 'name="row-0-stamped"' in page
    assert 'name="row-1-stamped"' not in page


def test_phones_may_offer_the_camera_and_their_pictures(world: World, case: Application) -> None:
    page = text_of(world.browser("applicant").get(url("evidence", case, 2020)))
    assert 'name="row-0-camera" id="id_row-0_camera" accept="image/*" capture="environment"' in page
    assert 'multiple accept="image/*,application/pdf' in page


BAD = {
    "a Word file": (("总结.docx", b"PK\x03\x04"), "请将 Word 文档另存为 PDF 后上传"),
    "a format few can open": (("照片.webp", b"RIFF0000WEBP"), "请将图片另存为 JPG 或 PNG 后上传"),
    "a wrong ending": (("证书.pdf", b"GIF89a"), "文件内容与扩展名不符，实际是GIF 图片"),
    "a broken picture": (("证书.png", b"\x89PNG\r\n\x1a\nxxxx"), "图片无法打开，可能已损坏"),
    "an empty file": (("空.pdf", b""), "文件是空的，请重新选择文件"),
    "a file beyond 20 MB": (("大.pdf", b"%PDF-1.4" + b"0" * (20 * 1024 * 1024)), "文件超过 20 MB"),
}


@pytest.mark.parametrize(("file", "says"), BAD.values(), ids=BAD.keys())
def test_a_file_that_is_not_taken_says_why_and_the_others_stay(
    world: World, case: Application, file: tuple[str, bytes], says: str
) -> None:
    answer = upload(world, case, file, ("好.png", picture()))
    assert answer.status_code == 422
    assert f"{file[0]}：" in text_of(answer)
    assert says in text_of(answer)
    assert [paper.filename for paper in papers(world, case)] == ["好.png"]


def test_a_file_without_a_kind_is_refused(world: World, case: Application) -> None:
    answer = upload(world, case, ("证书.png", picture()), kind="")
    assert answer.status_code == 422
    assert "证书.png：请选择材料种类。" in text_of(answer)
    assert papers(world, case) == []


def test_uploading_nothing_says_so(world: World, case: Application) -> None:
    answer = world.browser("applicant").post(
        url("evidence", case, 2020), {"rows": "1", "row-0-kind": "completion"}
    )
    assert answer.status_code == 422
    assert "请先选择要上传的文件" in text_of(answer)


def test_a_file_whose_name_is_sent_in_gbk_is_told_apart_from_no_file(world: World, case: Application) -> None:
    head = '--edge\r\nContent-Disposition: form-data; name="row-0-files"; filename="结业证书.png"\r\n\r\n'
    body = head.encode("gbk") + bytes(20_000) + b"\r\n--edge--\r\n"

    answer = world.browser("applicant").generic(
        "POST", url("evidence", case, 2020), body, "multipart/form-data; boundary=edge"
    )

    assert answer.status_code == 422
    assert "文件名的编码无法识别" in text_of(answer)
    assert papers(world, case) == []


def test_an_earlier_slip_needs_the_years_it_speaks_of(world: World, case: Application) -> None:
    answer = upload(world, case, ("认定单.png", picture()), kind="prior_certificate")
    assert answer.status_code == 422
    assert "请填写学时认定单上的起始年度和结束年度" in text_of(answer)
    years = {"row-0-from": "2018", "row-0-to": "2022"}
    assert (
        upload(world, case, ("认定单.png", picture()), kind="prior_certificate", **years).status_code == 302
    )
    assert "2020 年度的材料已齐全" in text_of(world.browser("applicant").get(url("evidence", case, 2020)))


def test_a_file_is_removed_after_one_question(world: World, case: Application) -> None:
    upload(world, case, ("证书.png", picture()))
    [paper] = papers(world, case)
    browser = world.browser("applicant")
    assert "删除这个附件？" in text_of(browser.get(url("evidence_delete", case, paper.pk)))
    assert browser.post(url("evidence_delete", case, paper.pk))["Location"] == url("evidence", case, 2020)
    assert papers(world, case) == []


@pytest.mark.requirement("R175")
def test_files_stay_with_their_year(world: World) -> None:
    case = world.draft(years=(2020, 2021), evidence=False)
    upload(world, case, ("只属于2020.png", picture()))
    assert "只属于2020.png" not in text_of(world.browser("applicant").get(url("evidence", case, 2021)))


def test_nothing_can_be_uploaded_while_a_reviewer_has_it(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    before = len(papers(world, case))
    assert upload(world, case, ("证书.png", picture())).status_code == 409
    assert len(papers(world, case)) == before


# -- looking at files


def download(world: World, who: str, case: Application, paper: Evidence) -> Any:
    """The answer with its whole content in `read`; reading to the end closes the stored file."""
    answer = world.browser(who).get(url("evidence_file", case, paper.pk))
    answer.read = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def headers_seal_it_off(answer: Any) -> bool:
    return (
        answer["X-Content-Type-Options"] == "nosniff"
        and answer["Content-Security-Policy"] == "sandbox; default-src 'none'; img-src 'self'"
        and "no-store" in answer["Cache-Control"]
    )


def test_the_file_comes_back_as_a_download_byte_for_byte(world: World, case: Application) -> None:
    content = pdf()
    upload(world, case, ("证书.pdf", content))
    [paper] = papers(world, case)
    answer = download(world, "applicant", case, paper)
    assert answer.read == content
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["Content-Type"] == "application/pdf"
    assert headers_seal_it_off(answer)


@pytest.mark.parametrize("number", [1, 2])
def test_a_page_of_a_pdf_comes_as_a_picture_1200_wide(world: World, case: Application, number: int) -> None:
    upload(world, case, ("证书.pdf", pdf()))
    [paper] = papers(world, case)
    for _ in range(2):  # drawn, then from the store
        answer = world.browser("applicant").get(url("evidence_page", case, paper.pk, number))
        assert answer["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(answer.content)).width == 1200
        assert headers_seal_it_off(answer)


def test_a_picture_comes_as_it_is_and_small_as_a_thumbnail(world: World, case: Application) -> None:
    upload(world, case, ("照片.png", picture(size=(900, 600))))
    [paper] = papers(world, case)
    browser = world.browser("applicant")
    page, thumb = (
        browser.get(address)
        for address in (
            url("evidence_page", case, paper.pk, 1),
            url("evidence_thumb", case, paper.pk),
        )
    )
    assert Image.open(io.BytesIO(page.content)).size == (900, 600)
    assert Image.open(io.BytesIO(thumb.content)).size == (240, 160)


@pytest.mark.parametrize("number", [0, 3])
def test_a_page_the_file_does_not_have_is_not_found(world: World, case: Application, number: int) -> None:
    upload(world, case, ("证书.pdf", pdf()))
    [paper] = papers(world, case)
    browser = world.browser("applicant")
    assert browser.get(url("evidence_page", case, paper.pk, number)).status_code == 404
    assert browser.get(url("evidence_view", case, paper.pk, number)).status_code == 404


def views_on_record(case: Application) -> int:
    return Event.objects.filter(subject_id=case.pk, act="evidence_viewed").count()


def test_a_reviewer_on_the_route_may_look_and_it_is_put_on_record(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    paper = papers(world, case)[0]
    assert world.browser("employer").get(url("evidence_page", case, paper.pk, 1)).status_code == 200
    assert download(world, "employer", case, paper).status_code == 200
    with world.acting("employer") as actor:
        assert views_on_record(case) == 2
        event = Event.objects.filter(act="evidence_viewed").first()
        assert event is not None
        assert (event.unit_id, str(paper.pk) in event.facts) == (actor.unit_id, True)


def test_looking_at_ones_own_file_is_not_put_on_record(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    world.browser("applicant").get(url("evidence_page", case, papers(world, case)[0].pk, 1))
    with world.acting("applicant"):
        assert views_on_record(case) == 0


@pytest.mark.parametrize("who", ["other_applicant", "other_employer", "department", "other_bureau"])
@pytest.mark.parametrize("name", ["evidence_file", "evidence_page", "evidence_thumb"])
def test_an_outsider_does_not_find_the_file(world: World, who: str, name: str) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    paper = papers(world, case)[0]
    more = [1] if name == "evidence_page" else []
    assert world.browser(who).get(url(name, case, paper.pk, *more)).status_code == 404


def test_a_reviewer_does_not_find_a_file_that_was_not_submitted(world: World) -> None:
    case = world.application(at=State.RETURNED)
    before = papers(world, case)
    upload(world, case, ("新的.png", picture("red")))
    [new] = [paper for paper in papers(world, case) if paper not in before]
    assert download(world, "employer", case, new).status_code == 404
    assert {download(world, "employer", case, paper).status_code for paper in before} == {200}


def test_a_reviewer_still_finds_what_was_submitted_after_the_applicant_removed_it(world: World) -> None:
    case = world.application(at=State.RETURNED)
    paper = papers(world, case)[0]
    world.browser("applicant").post(url("evidence_delete", case, paper.pk))
    assert download(world, "employer", case, paper).status_code == 200
    assert download(world, "applicant", case, paper).status_code == 404


def test_a_file_of_another_case_is_not_found_through_this_one(world: World) -> None:
    mine = world.application(at=State.EMPLOYER_REVIEW)
    assert world.browser("employer").get(url("evidence_file", mine, uuid4())).status_code == 404
