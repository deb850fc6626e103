"""What a paper proves: the activities it is tied to, and nothing else (policy decision A82)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from applications import services
from applications.filed import facts
from applications.filed.folder import tied
from applications.models import Activity, Application, Evidence, Tie
from applications.services import ActivityInput
from applications.states import State
from organizations.acting.errors import NotAllowed
from tests.applications.attaching import attach
from tests.applications.typing_in import text_of, url
from tests.world import World, picture

REMOTE, CLASS, SLIP = "03", "01", "prior"


def activity(title: str, form: str, category: str = "professional", hours: str = "30") -> ActivityInput:
    return ActivityInput(category=category, title=title, hours=Decimal(hours), form=form)


def filed(
    world: World, *activities: ActivityInput, year: int = 2021, case: Application | None = None
) -> Application:
    case = case or world.draft(years=(), evidence=False)
    with world.acting("applicant") as actor:
        case.refresh_from_db()
        services.add_year(
            actor=actor, application_id=case.pk, seen=case.version, year=year, activities=activities
        )
        case.refresh_from_db()
    return case


def put(
    world: World, case: Application, kind: str, *proves: str, year: int = 2021, **more: object
) -> Evidence:
    """Uploads a paper for the activities of these titles; none named: as the service ties it."""
    with world.acting("applicant") as actor:
        ids = [each.pk for each in case.activities.filter(title__in=proves)] if proves else None
        return attach(actor, case, year=year, kind=kind, proves=ids, **more)


def lacking(world: World, case: Application) -> list[str]:
    with world.acting("applicant"):
        case = Application.objects.get(pk=case.pk)
        return [gap.title for year in facts.find(case).years for gap in year.evidence]


def proved_by(world: World, paper: Evidence) -> list[str]:
    with world.acting("applicant"):
        return sorted(Activity.objects.filter(ties__evidence=paper.pk).values_list("title", flat=True))


def test_one_certificate_does_not_prove_two_courses(world: World) -> None:
    case = filed(world, activity("慕课", REMOTE, "public"), activity("骨干研修班", CLASS, hours="60"))
    put(world, case, "course_content", "慕课")
    put(world, case, "notice", "骨干研修班")
    put(world, case, "completion", "慕课")
    assert lacking(world, case) == ["骨干研修班"]
    put(world, case, "completion", "骨干研修班")
    assert lacking(world, case) == []


def test_one_file_proves_all_the_activities_it_is_ticked_for_also_of_other_years(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    filed(world, activity("课题续", "05"), year=2022, case=case)
    put(world, case, "closing_proof", "课题", "课题续")
    assert lacking(world, case) == []
    page = text_of(world.browser("applicant").get(url("evidence", case, 2022)))
    assert "存放在 2021 年度" in page
    assert "证明：课题续" in page


@pytest.mark.requirement("R175")
def test_a_file_of_one_year_is_not_listed_under_another_that_it_does_not_prove(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    filed(world, activity("论文", "06"), year=2022, case=case)
    put(world, case, "closing_proof", "课题")
    assert "证书.png" not in text_of(world.browser("applicant").get(url("evidence", case, 2022)))


def test_a_label_that_was_only_guessed_completes_nothing_until_it_is_looked_at(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    paper = put(world, case, "closing_proof", confirmed=False)
    assert lacking(world, case) == ["课题"]
    page = text_of(world.browser("applicant").get(url("evidence", case, 2021)))
    assert "自动标注，请核对" in page
    assert 'data-unlooked="closing_proof"' in page
    assert "已上传一份，由系统自动标注" in page
    answer = world.browser("applicant").post(url("evidence_confirm", case), {"paper": [paper.pk, "x"]})
    assert answer["Location"] == url("papers", case)
    assert lacking(world, case) == []


def test_a_stranger_confirms_nothing(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    paper = put(world, case, "closing_proof", confirmed=False)
    answer = world.browser("other_applicant").post(url("evidence_confirm", case), {"paper": paper.pk})
    assert answer.status_code == 404
    assert lacking(world, case) == ["课题"]


def test_a_kind_that_several_activities_ask_for_is_asked_about_once(world: World) -> None:
    """The person said what it is, and not which of the two it proves."""

    case = filed(world, activity("慕课", REMOTE, "public"), activity("骨干研修班", CLASS, hours="60"))
    sent = {"rows": "1", "row-0-kind": "completion", "row-0-files": SimpleUploadedFile("证.png", picture())}
    world.browser("applicant").post(url("evidence", case, 2021), sent)
    with world.acting("applicant"):
        paper = case.evidence.get()
    assert not paper.confirmed
    assert proved_by(world, paper) == ["慕课", "骨干研修班"]
    with world.acting("applicant"):
        course = case.activities.get(title="慕课")
    world.browser("applicant").post(
        url("evidence_label", case, paper.pk), {"kind": "completion", "for": [course.pk]}
    )
    assert proved_by(world, paper) == ["慕课"]
    with world.acting("applicant"):
        assert case.evidence.get().confirmed


def test_saving_a_year_again_leaves_papers_with_what_they_prove(world: World) -> None:
    case = filed(world, activity("慕课", REMOTE, "public"), activity("骨干研修班", CLASS, hours="60"))
    paper = put(world, case, "completion", "骨干研修班")
    with world.acting("applicant") as actor:
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2021,
            activities=[
                activity("骨干研修班（第二期）", CLASS, hours="60"),
                activity("慕课", REMOTE, "public"),
            ],
        )
    assert proved_by(world, paper) == ["骨干研修班（第二期）"]


def test_a_file_that_proves_another_year_too_outlives_its_own(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    filed(world, activity("课题续", "05"), year=2022, case=case)
    paper = put(world, case, "closing_proof", "课题", "课题续")
    lost = put(world, case, "other_support", "课题")
    with world.acting("applicant") as actor:
        services.delete_year(actor=actor, application_id=case.pk, seen=case.version, year=2021)
        assert [each.pk for each in case.evidence.all()] == [paper.pk] != [lost.pk]
        assert case.evidence.get().year_entry.year == 2022


@pytest.mark.requirement("R073")
@pytest.mark.requirement("R076")
def test_one_slip_proves_every_year_of_its_range_and_no_other(world: World) -> None:
    case = filed(world, activity("旧单", SLIP), activity("慕课", REMOTE, "public"), year=2022)
    for year in (2023, 2024):
        filed(world, activity(f"旧单{year}", SLIP), year=year, case=case)
    put(world, case, "prior_certificate", year=2022, prior_span=(2019, 2023))
    assert lacking(world, case) == ["旧单2024"]
    assert "证书.png" in text_of(world.browser("applicant").get(url("evidence", case, 2023)))


def test_what_a_file_proves_is_frozen_and_read_by_reviewers(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    page = text_of(world.browser("employer").get(f"/review/cases/{case.pk}/"))
    assert "证明：2020公需科目、2020专业科目" in page


def test_a_tie_to_another_case_is_refused(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    stranger = world.draft(by="other_applicant", years=(2021,), evidence=False)
    with world.acting("other_applicant"):
        foreign: UUID = stranger.activities.all()[0].pk
    with world.acting("applicant") as actor, pytest.raises(NotAllowed, match="请刷新页面"):
        attach(actor, case, year=2021, kind="closing_proof", proves=[foreign])
    paper = put(world, case, "closing_proof", "课题")
    with world.acting("applicant"), pytest.raises(DatabaseError), transaction.atomic():
        Tie.objects.create(application=case, evidence=paper, activity_id=foreign)


def test_what_is_in_review_is_tied_anew_by_nobody(world: World) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    with world.acting("applicant"):
        before = Tie.objects.filter(application=case).count()
        tie = Tie.objects.filter(application=case).first()
        assert tie is not None
        Tie.objects.filter(pk=tie.pk).delete()
        assert Tie.objects.filter(application=case).count() == before
        with pytest.raises(DatabaseError), transaction.atomic():
            Tie.objects.create(application=case, evidence=tie.evidence, activity=tie.activity)


def test_a_copy_of_a_rejected_application_keeps_what_each_paper_proves(world: World) -> None:
    case = world.application(at=State.REJECTED)
    with world.acting("applicant") as actor:
        copied = services.copy_rejected(actor=actor, application_id=case.pk)
        papers = copied.evidence.prefetch_related("ties")
        assert {paper.kind: len(tied(paper)) for paper in papers if paper.year_entry.year == 2021} == {
            "course_duration": 1,
            "completion": 2,
            "notice": 1,
        }
    assert lacking(world, copied) == []


def test_a_discarded_draft_takes_its_ties_with_it(world: World) -> None:
    case = filed(world, activity("课题", "05"))
    put(world, case, "closing_proof", "课题")
    with world.acting("applicant") as actor:
        services.discard(actor=actor, application_id=case.pk)
        assert not Application.objects.filter(pk=case.pk).exists()
