"""导出: what is in the file, who gets it, and for how long."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from applications.models import Application
from cehours.lib import clock
from cehours.lib.workbooks import write_table
from organizations.models import Event, Membership, OutboxItem, Unit, User
from review import tasks
from review.models import ExportJob, ExportState
from review.services import exporting
from tests.review.desks import body, several, submitted
from tests.world import World

EXPORTS = reverse("review:exports")


def ask(world: World, who: str = "employer", **form: str) -> ExportJob:
    """Asks on the page, and lets the worker's task run."""
    answer = world.browser(who).post(EXPORTS, {"list": "inbox", "filter": "", **form})
    assert answer.status_code == 302
    with world.acting(who) as actor:
        job = ExportJob.objects.filter(user=actor.user).latest("asked_at")
    tasks.write_export(str(job.pk))
    return again(world, job, who)


def again(world: World, job: ExportJob, who: str = "employer") -> ExportJob:
    with world.acting(who):
        return ExportJob.objects.get(pk=job.pk)


def content_of(world: World, job: ExportJob, who: str = "employer") -> list[list[Any]]:
    answer = world.browser(who).get(reverse("review:export_file", args=[job.pk]))
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_the_file_holds_the_list_as_it_was_filtered_and_masked(world: World) -> None:
    wanted = submitted(world)
    submitted(world, by="other_applicant", evidence=False, note="原件遗失，单位已出具证明")
    submitted(world, by="third_applicant", unit="firm")

    job = ask(world, filter="view=clean")
    head, *rows = content_of(world, job)

    assert job.state == ExportState.DONE and job.rows == 1 and not job.is_cut
    assert head[:4] == ["姓名", "证件号码", "单位名称", "申报大类"]
    assert [row[0] for row in rows] == [wanted.name]
    assert rows[0][1].count("*") == 16
    assert rows[0][2] == "省第九人民医院"
    assert job.conditions == "分类：达标且无警示"


@pytest.mark.parametrize(("kind", "result"), [("handled", "退回修改"), ("withdrawn", "申报人已撤销")])
def test_handled_and_withdrawn_are_exported_too(world: World, kind: str, result: str) -> None:
    case = submitted(world)
    if kind == "handled":
        world.return_(case, by="employer")
    else:
        world.withdraw(case)

    head, row = content_of(world, ask(world, list=kind))

    assert row[0] == case.name
    assert result in row
    assert len(head) == len(row)


DANGEROUS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠x", " =1", "#N/A", "#REF!",
    "=HYPERLINK(\"http://x\",\"y\")",
]  # fmt: skip


@pytest.mark.parametrize("typed", DANGEROUS)
def test_no_cell_becomes_a_formula(typed: str) -> None:
    file = io.BytesIO()
    write_table(file, title="表", headings=["a"], rows=[[typed]])

    cell = load_workbook(file).active["A2"]

    assert cell.data_type == "s"
    assert cell.number_format == "@"
    assert str(cell.value).strip() == typed.strip()


def test_without_the_care_a_spreadsheet_would_reckon() -> None:
    """What the test above is worth: the library's own way makes a formula."""
    file, book = io.BytesIO(), Workbook()
    book.active["A1"] = "=1+1"
    book.save(file)

    assert load_workbook(file).active["A1"].data_type == "f"


def test_what_no_spreadsheet_can_hold_is_left_out_and_numbers_stay_numbers() -> None:
    file = io.BytesIO()
    write_table(file, title="表", headings=["a", "b"], rows=[["张\x00\x0b三", 7]])

    row = load_workbook(file).active[2]

    assert [cell.value for cell in row] == ["张三", 7]


def test_a_name_that_looks_like_a_formula_arrives_as_text(world: World) -> None:
    case = world.draft()
    with world.acting("applicant"):
        Application.objects.filter(pk=case.pk).update(name="=cmd|'/c calc'!A1")
    world.submit(case)

    job = ask(world)
    answer = world.browser("employer").get(reverse("review:export_file", args=[job.pk]))
    cell = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active["A2"]

    assert cell.data_type == "s"
    assert cell.value.startswith("=cmd")


def test_only_who_asked_can_see_and_download_it(world: World) -> None:
    submitted(world)
    job = ask(world)

    for who in ("second_employer", "other_employer", "bureau", "applicant"):
        for name in ("review:export_file", "review:export_state"):
            assert world.browser(who).get(reverse(name, args=[job.pk])).status_code in (403, 404)
    assert str(job.pk) not in body(world.browser("second_employer").get(EXPORTS))
    assert world.browser("employer").get(reverse("review:export_state", args=[job.pk])).status_code == 200


def test_under_another_units_hat_the_file_is_not_there(world: World) -> None:
    submitted(world)
    job = ask(world)
    employer = world.people["employer"]
    other = Membership.objects.create(user=employer.user, unit=world.firm)
    browser = world.browser(type(employer).of(employer.user, other))

    assert browser.get(reverse("review:export_file", args=[job.pk])).status_code == 404


def test_after_a_week_the_file_is_gone_and_the_page_says_so(world: World) -> None:
    submitted(world)
    job = ask(world)
    address = reverse("review:export_file", args=[job.pk])

    with clock.at(clock.now() + timedelta(days=6)):
        assert tasks.tidy_exports() == 0
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert tasks.tidy_exports() == 1

    assert again(world, job).state == ExportState.EXPIRED
    page = body(world.browser("employer").get(address, follow=True))
    assert "系统已自动删除" in page


def test_the_deleted_file_leaves_the_storage(world: World, django_capture_on_commit_callbacks: Any) -> None:
    submitted(world)
    job = ask(world)
    assert default_storage.exists(job.storage_key)

    with django_capture_on_commit_callbacks(execute=True), clock.at(clock.now() + timedelta(days=8)):
        tasks.tidy_exports()

    assert not default_storage.exists(job.storage_key)


def test_every_step_of_a_file_is_on_record(world: World) -> None:
    submitted(world)
    job = ask(world)
    content_of(world, job)

    with world.acting("employer") as actor:
        mine = Event.objects.filter(subject="export", subject_id=job.pk)
        assert set(mine.values_list("act", flat=True)) >= {"export_asked", "export_downloaded"}
        assert not mine.exclude(user=actor.user).exists()


def test_a_long_list_is_cut_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ROWS", 1)
    submitted(world)
    several(world, 1)

    job = ask(world)

    assert job.rows == 1 and job.is_cut
    assert len(content_of(world, job)) == 2
    assert "请缩小条件后分几次导出" in body(world.browser("employer").get(EXPORTS))


@pytest.mark.parametrize("lost", ["membership", "account", "unit"])
def test_who_lost_the_right_meanwhile_gets_no_file(world: World, lost: str) -> None:
    submitted(world)
    world.browser("employer").post(EXPORTS, {"list": "inbox"})
    with world.acting("employer"):
        job = ExportJob.objects.get()
    match lost:
        case "membership":
            Membership.objects.filter(user=world.employer.user).delete()
        case "account":
            User.objects.filter(pk=world.employer.user_id).update(is_active=False)
        case _:
            Unit.objects.filter(pk=world.hospital.pk).update(active=False)

    tasks.write_export(str(job.pk))

    found = again(world, job)
    assert found.state == ExportState.FAILED
    assert found.says == exporting.RIGHT_LOST
    assert not default_storage.exists(job.storage_key)


def test_a_third_file_at_once_has_to_wait(world: World) -> None:
    browser = world.browser("employer")
    for _ in range(3):
        page = body(browser.post(EXPORTS, {"list": "inbox"}, follow=True))

    assert exporting.BUSY in page
    with world.acting("employer"):
        assert ExportJob.objects.count() == 2


def test_the_work_is_a_row_first_and_done_once(world: World) -> None:
    submitted(world)
    world.browser("employer").post(EXPORTS, {"list": "inbox"})
    with world.acting("employer"):
        job = ExportJob.objects.get()

    tasks.write_export(str(job.pk))
    tasks.write_export(str(job.pk))

    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope

    with scope(Actor.system("test")):
        item = OutboxItem.objects.get(task=exporting.WRITE)
        written = Event.objects.filter(subject_id=job.pk, act="export_done").count()
    assert item.state == "done" and item.attempts == 1
    assert written == 1


def test_an_identity_number_in_the_filter_is_sealed_on_the_job(world: World) -> None:
    from tests.review.test_search import number_of

    wanted = submitted(world)
    submitted(world, by="other_applicant")
    number = number_of(world, "applicant")
    address = world.browser("employer").post(reverse("review:search"), {"find": number})["Location"]

    job = ask(world, filter=address.partition("?")[2])

    assert number not in str(job.asked) + job.conditions
    assert [row[0] for row in content_of(world, job)[1:]] == [wanted.name]
