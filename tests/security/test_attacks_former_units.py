"""A unit that had a case once: it keeps what it decided on, and learns nothing of what is filed or edited later."""

from __future__ import annotations

import io

import pytest
from django.db import Error, transaction
from django.urls import reverse
from openpyxl import load_workbook

from applications import services as filing
from applications.models import Application, Assessment, Decision
from applications.states import State
from certificates import queries as certificates_queries
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.errors import NotYours
from organizations.acting.scope import scope
from review import queries, tasks
from review.cases.elsewhere import elsewhere
from review.models import BatchAct, ExportJob
from tests.certificates.approving import certificates
from tests.review.batching import confirmed, filed, worked_off
from tests.security.attacking import browser_of
from tests.world import World, picture

NEW_SPECIALTY, NEW_UNIT = "悄悄改的专业", "湘水大学"


def moved(world: World, case: Application, *, to: str = "university") -> Application:
    """The applicant's own edit after the case came back; nobody has seen it yet."""
    with world.acting("applicant") as actor:
        return filing.save_header(
            actor=actor,
            application_id=case.pk,
            seen=world.see("applicant", case.pk).version,
            data={
                "employer": world.units[to],
                "nature": world.units[to].nature,
                "specialty": NEW_SPECIALTY,
                "title_series": "高等学校教师",
            },
        )


@pytest.fixture
def came_back(world: World, request: pytest.FixtureRequest) -> tuple[Application, str]:
    kind = request.param
    case = world.application(at=State.EMPLOYER_REVIEW)
    case = world.return_(case, by="employer") if kind == "handled" else world.withdraw(case)
    return moved(world, case), kind


@pytest.mark.parametrize("came_back", ["handled", "withdrawn"], indirect=True)
def test_the_lists_of_a_former_unit_show_what_was_filed_with_it(
    world: World, came_back: tuple[Application, str]
) -> None:
    case, kind = came_back
    browser = browser_of(world, "employer")
    url = reverse(f"review:{kind}")
    shown = {"list": kind, "column": ["employer", "series", "specialty", "region", "now"]}
    browser.post(reverse("review:look"), shown)

    page = browser.get(url).content.decode()

    assert case.name in page and "省第九人民医院" in page and "建筑学" in page
    for secret in (NEW_SPECIALTY, NEW_UNIT):
        assert secret not in page
    assert case.name not in browser.get(url, {"unit": NEW_UNIT}).content.decode(), "a filter tells it too"


@pytest.mark.parametrize("came_back", ["handled", "withdrawn"], indirect=True)
def test_the_exports_of_a_former_unit_hold_what_was_filed_with_it(
    world: World, came_back: tuple[Application, str]
) -> None:
    _, kind = came_back
    browser = browser_of(world, "employer")
    browser.post(reverse("review:exports"), {"list": kind, "filter": ""})
    with world.acting("employer"):
        job = ExportJob.objects.get()
    tasks.write_export(str(job.pk))

    answer = browser.get(reverse("review:export_file", args=[job.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = {cell.value for row in sheet.iter_rows() for cell in row}

    assert {"省第九人民医院", "建筑学"} <= cells
    assert not cells & {NEW_SPECIALTY, NEW_UNIT}


def test_a_former_employer_neither_sees_nor_fetches_the_certificate_that_followed(world: World) -> None:
    """Returned by one employer, filed anew and approved through the next: the paper is none of the first's."""
    case = world.return_(world.application(at=State.EMPLOYER_REVIEW), by="employer")
    world.add_unit("clinic", "省第十人民医院", region="430000", parent="group")
    world.add_person("clinic_admin", unit="clinic")
    case = world.submit(moved(world, case, to="clinic"))
    for who in ("clinic_admin", "department", "second_department", "bureau"):
        case = world.approve(case, by=who)
    (certificate,) = certificates()
    assert certificate.application_id == case.pk and certificate.revision == 2
    url = reverse("certificates:download", args=[certificate.pk])

    assert browser_of(world, "clinic_admin").get(url).status_code == 409, "not printed yet, but theirs"
    assert browser_of(world, "employer").get(url).status_code == 404
    with world.acting("employer") as actor:
        assert not Certificate.objects.exists(), "the second wall alone"
        with pytest.raises(NotYours):
            certificates_queries.visible_one(actor, certificate.pk)


def test_the_wall_alone_keeps_later_decisions_from_a_former_employer(world: World) -> None:
    case = world.return_(world.application(at=State.EMPLOYER_REVIEW), by="employer")
    world.add_unit("clinic", "省第十人民医院", region="430000", parent="group")
    world.add_person("clinic_admin", unit="clinic")
    case = world.approve(world.submit(moved(world, case, to="clinic")), by="clinic_admin")

    with world.acting("employer"):
        assert list(Decision.objects.values_list("revision", flat=True)) == [1]
        assert set(Assessment.objects.values_list("decision__revision", flat=True)) <= {1}
    for who in ("clinic_admin", "department", "applicant"):
        with world.acting(who):
            assert set(Decision.objects.values_list("revision", flat=True)) == {1, 2}, who
            assert Assessment.objects.filter(decision__revision=2).exists(), who


def test_a_bureau_is_not_told_of_files_added_after_the_case_left_it(world: World) -> None:
    """The hint "the same file in another person's case" reads live rows: only while they are what was filed."""
    other = world.draft(by="other_applicant")
    world.submit(other, by="other_applicant")
    case = world.return_(world.application(at=State.BUREAU_REVIEW), by="bureau")
    with world.acting("applicant") as actor:
        for paper in case.evidence.all():
            filing.detach(actor=actor, application_id=case.pk, evidence_id=paper.pk)
        filing.attach(
            actor=actor,
            application_id=case.pk,
            year=2020,
            file=io.BytesIO(picture()),
            filename="悄悄加上.png",
            kind="completion",
        )

    page = browser_of(world, "bureau").get(reverse("review:case", args=[case.pk]))

    assert page.status_code == 200
    assert "悄悄加上" not in page.content.decode()
    with world.acting("bureau"):
        assert elsewhere(case) == []


def test_the_page_of_a_batch_shows_the_employer_that_filed(world: World) -> None:
    case = filed(world)
    case = world.approve(case, by="society_admin")
    batch = confirmed(
        world, "city_bureau", [(case.pk, case.version)], act=BatchAct.RETURN, opinion="请补充材料后再提交。"
    )
    worked_off(batch)
    moved(world, case)
    browser = browser_of(world, "city_bureau")
    chosen = {"pick": [f"{case.pk}:{case.version}"]}

    run = browser.get(reverse("review:batch_run", args=[batch.pk])).content.decode()
    preview = browser.post(reverse("review:batch"), chosen).content.decode()

    for page in (run, preview):
        assert case.name in page and "湘江工程学会" in page
        assert NEW_UNIT not in page


@pytest.mark.parametrize("came_back", ["handled", "withdrawn"], indirect=True)
def test_the_case_page_of_a_former_unit_compares_with_no_register_of_the_next(
    world: World, came_back: tuple[Application, str]
) -> None:
    case, _ = came_back
    moved(world, case, to="firm")

    page = browser_of(world, "employer").get(reverse("review:case", args=[case.pk])).content.decode()

    assert case.name in page
    for secret in (NEW_SPECIALTY, "星城云创有限公司", "单位登记为"):
        assert secret not in page


@pytest.fixture
def moved_on(world: World) -> Application:
    """Returned by the employer, filed anew through 湘水大学, and approved there."""
    case = world.return_(world.application(at=State.EMPLOYER_REVIEW), by="employer")
    case = world.submit(moved(world, case))
    return world.approve(case, by="university_admin", opinion="新单位的秘密意见。")


@pytest.mark.parametrize("kind", ["handled", "case", "export"])
def test_a_former_employer_is_not_told_where_the_case_went_next(
    world: World, moved_on: Application, kind: str
) -> None:
    browser = browser_of(world, "employer")
    if kind == "export":
        browser.post(reverse("review:exports"), {"list": "handled", "filter": ""})
        with world.acting("employer"):
            job = ExportJob.objects.get()
        tasks.write_export(str(job.pk))
        answer = browser.get(reverse("review:export_file", args=[job.pk]))
        sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        shown = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    else:
        browser.post(reverse("review:look"), {"list": "handled", "column": ["employer", "now", "reviewer"]})
        arguments = [moved_on.pk] if kind == "case" else []
        shown = browser.get(reverse(f"review:{kind}", args=arguments)).content.decode()

    assert moved_on.name in shown
    for secret in (NEW_UNIT, NEW_SPECIALTY, "新单位的秘密意见"):
        assert secret not in shown


def test_the_picture_of_a_case_that_left_is_not_the_case_and_cannot_be_saved_over_it(
    world: World, moved_on: Application
) -> None:
    with world.acting("employer") as actor:
        picture = queries.case_for(actor, moved_on.pk)
        assert (picture.state, picture.current_unit, picture.step) == (State.RETURNED, None, None)
        with pytest.raises(Error), transaction.atomic():
            picture.save()
    with scope(Actor.system("tests")):
        assert Application.objects.get(pk=moved_on.pk).state == moved_on.state


def test_a_former_unit_on_the_same_way_still_sees_that_the_case_comes_again(world: World) -> None:
    case = world.return_(world.application(at=State.DEPARTMENT_REVIEW), by="department")
    world.submit(case)

    page = browser_of(world, "department").get(reverse("review:case", args=[case.pk])).content.decode()

    assert "该申报现由 省第九人民医院 办理" in page
