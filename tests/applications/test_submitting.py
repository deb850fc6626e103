"""提交: what must be there, when it is accepted, and what bad input is answered with."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications import services
from applications.models import Activity, Application
from applications.services import ActivityInput
from applications.states import State
from cehours.lib import clock
from cehours.lib.clock import SHANGHAI
from cehours.lib.refusal import Refusal
from organizations.acting.errors import MovedOn
from tests.world import YEARS, World, plain_year


def refused(world: World, case: Application, match: str, **more: object) -> None:
    with pytest.raises(Refusal, match=match):
        world.submit(case, **more)
    assert world.see("applicant", case.pk).state == State.DRAFT


def test_nothing_filed_is_not_submitted(world: World) -> None:
    refused(world, world.draft(years=()), "还没有填写任何年度")


@pytest.mark.requirement("R025")
def test_a_missing_year_is_named(world: World) -> None:
    refused(world, world.draft(years=(2020, 2021, 2023, 2024)), "还缺 2022 年")


@pytest.mark.requirement("R015", "R016", "R017", "R018")
@pytest.mark.parametrize(
    ("public", "professional", "says"),
    [
        ("29", "61", "公需科目还差 1 学时"),
        ("31", "59", "专业科目还差 1 学时"),
        ("0", "90", "公需科目还差 30 学时"),
    ],
)
def test_a_short_year_says_what_is_short_by_how_much(
    world: World, public: str, professional: str, says: str
) -> None:
    case = world.draft()
    with world.acting("applicant") as actor:
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=plain_year(2022, public=public, professional=professional),
        )
    refused(world, case, f"2022 年.*{says}")


@pytest.mark.requirement("R026")
def test_a_doctor_applying_for_associate_senior_is_not_held_to_five_years(world: World) -> None:
    case = world.draft(years=(2023, 2024), education="11", target_title="associate_senior")

    assert world.submit(case).state == State.EMPLOYER_REVIEW


@pytest.mark.requirement(
    "R149", "R152", "R153", "R154", "R155", "R156", "R157", "R158", "R159", "R160", "R161", "R162"
)
@pytest.mark.parametrize(
    ("field", "blank", "label"),
    [
        ("ethnicity", "", "民族"),
        ("employer", None, "单位名称"),
        ("nature", "", "单位性质"),
        ("target_title", "", "拟申报职称"),
        ("phone", "", "联系电话"),
        ("education", "", "最高学历"),
        ("title_series", "", "申报大类"),
        ("specialty", "", "子专业名称"),
        ("region", None, "行政区划名称"),
    ],
)
def test_every_starred_field_is_required(world: World, field: str, blank: object, label: str) -> None:
    refused(world, world.draft(**{field: blank}), label)


@pytest.mark.requirement("R030")
def test_other_than_senior_titles_are_outside_this_session(world: World) -> None:
    case = world.draft(years=())
    with world.acting("applicant") as actor:
        services.save_header(
            actor=actor, application_id=case.pk, seen=case.version, data={"target_title": "intermediate"}
        )
    with pytest.raises(Refusal, match="高级"):
        world.submit(case)


@pytest.mark.parametrize(
    "phone", ["12345", "1391234567", "139123456789", "电话", "13９９９９９９９９９", "0731-8490000٣"]
)
@pytest.mark.requirement("R158")
def test_a_phone_number_that_cannot_ring_is_refused(world: World, phone: str) -> None:
    refused(world, world.draft(phone=phone), "联系电话格式不正确")


@pytest.mark.requirement("R236")
def test_without_the_statement_of_truth_it_is_not_submitted(world: World) -> None:
    case = world.draft()

    with pytest.raises(Refusal, match="承诺"), world.acting("applicant") as actor:
        services.submit(actor=actor, application_id=case.pk, seen=case.version, declared_true=False)


def test_missing_evidence_asks_for_an_explanation_and_then_warns_the_reviewer(world: World) -> None:
    case = world.draft(evidence=False)

    refused(world, case, "的佐证材料不全，还缺：(?!.*还缺)")
    case = world.submit(case, evidence_note="原件在火灾中损毁，单位可以作证")

    assert case.warnings > 0


@pytest.mark.requirement("R024", "R174")
@pytest.mark.parametrize("year", [2019, 2025, 1999])
def test_a_year_outside_the_span_is_refused(world: World, year: int) -> None:
    case = world.draft(years=())

    with pytest.raises(Refusal, match="跨度"), world.acting("applicant") as actor:
        services.add_year(
            actor=actor, application_id=case.pk, seen=case.version, year=year, activities=plain_year(year)
        )


@pytest.mark.requirement("R174")
def test_the_same_year_twice_is_refused_by_the_service_and_by_the_database(world: World) -> None:
    case = world.draft()

    with pytest.raises(Refusal, match="已经填写"), world.acting("applicant") as actor:
        services.add_year(
            actor=actor, application_id=case.pk, seen=case.version, year=2022, activities=plain_year(2022)
        )
    with (
        pytest.raises(IntegrityError, match="a_year_once_per_application"),
        world.acting("applicant"),
    ):
        case.years.create(year=2022)


@pytest.mark.parametrize(
    ("hours", "says"), [("-1", "负数"), ("7.25", "0.5"), ("1.125", "0.5"), ("10000", "9999")]
)
def test_hours_that_cannot_be_are_refused_and_nothing_changes(world: World, hours: str, says: str) -> None:
    case = world.draft()

    with pytest.raises(Refusal, match=says), world.acting("applicant") as actor:
        services.save_year(
            actor=actor,
            application_id=case.pk,
            seen=case.version,
            year=2022,
            activities=[ActivityInput("public", "公需", Decimal(hours), "03")],
        )

    with world.acting("applicant"):
        assert case.years.get(year=2022).activities.count() == 2


@pytest.mark.parametrize(
    ("claimed", "constraint"),
    [(Decimal("-1"), "hours_are_not_negative"), (Decimal("7.3"), "hours_come_in_halves")],
)
def test_the_database_holds_hours_to_halves(world: World, claimed: Decimal, constraint: str) -> None:
    case = world.draft()

    with pytest.raises(IntegrityError, match=constraint), world.acting("applicant"):
        Activity.objects.filter(application=case).update(claimed=claimed)


def test_an_edit_from_an_old_page_is_refused_and_nothing_is_overwritten(world: World) -> None:
    case = world.draft()
    old = case.version - 1

    with pytest.raises(Refusal, match="另一个窗口"), world.acting("applicant") as actor:
        services.save_header(actor=actor, application_id=case.pk, seen=old, data={"specialty": "别的"})

    assert world.see("applicant", case.pk).specialty == "建筑学"


@pytest.mark.requirement("R028")
@pytest.mark.parametrize(
    ("moment", "accepted"),
    [
        (datetime(2025, 5, 19, 23, 59, 59, tzinfo=SHANGHAI), False),
        (datetime(2025, 5, 20, 0, 0, 0, tzinfo=SHANGHAI), True),
        (datetime(2025, 7, 20, 23, 59, 59, 999999, tzinfo=SHANGHAI), True),
        (datetime(2025, 7, 21, 0, 0, 0, tzinfo=SHANGHAI), False),
    ],
)
def test_the_window_is_kept_to_the_second_in_shanghai(world: World, moment: datetime, accepted: bool) -> None:
    case = world.draft()
    notice_window(world)

    with clock.at(moment):
        if accepted:
            assert world.submit(case).state == State.EMPLOYER_REVIEW
        else:
            refused(world, case, "申报尚未开始|申报期已结束")


def notice_window(world: World) -> None:
    """The window of the notice: 5月20日至7月20日, both days included."""
    world.move_session(
        opens_at=datetime(2025, 5, 20, tzinfo=SHANGHAI),
        closes_at=datetime(2025, 7, 21, tzinfo=SHANGHAI),
        review_until=datetime(2025, 9, 1, tzinfo=SHANGHAI),
    )


def test_what_was_returned_after_the_window_may_come_back_within_the_grace_days(world: World) -> None:
    case = world.draft()
    notice_window(world)
    last_day = datetime(2025, 7, 20, 12, tzinfo=SHANGHAI)
    returned = datetime(2025, 7, 25, 9, tzinfo=SHANGHAI)
    with clock.at(last_day):
        world.submit(case)
    with clock.at(returned):
        world.return_(case, by="employer")

    with clock.at(returned + timedelta(days=5, seconds=1)), pytest.raises(Refusal, match="申报期已结束"):
        world.submit(case)
    with clock.at(returned + timedelta(days=5) - timedelta(seconds=1)):
        assert world.submit(case).state == State.EMPLOYER_REVIEW


@pytest.mark.requirement("R029")
def test_reviewing_has_its_own_end(world: World) -> None:
    case = world.draft()
    notice_window(world)
    with clock.at(datetime(2025, 7, 20, 12, tzinfo=SHANGHAI)):
        world.submit(case)

    with clock.at(datetime(2025, 9, 1, tzinfo=SHANGHAI)), pytest.raises(Refusal, match="审核截止"):
        world.approve(case, by="employer")
    with clock.at(datetime(2025, 8, 31, 23, 59, 59, tzinfo=SHANGHAI)):
        assert world.approve(case, by="employer").state == State.DEPARTMENT_REVIEW


def test_one_live_application_per_person_and_session(world: World) -> None:
    case = world.draft()

    with pytest.raises(Refusal, match="已有一份申报"), world.acting("applicant") as actor:
        services.start(actor=actor, session_id=world.session.pk)
    with (
        pytest.raises(IntegrityError, match="one_live_application_per_session"),
        transaction.atomic(),
        world.acting("applicant"),
    ):
        Application(
            session=world.session,
            person_id=case.person_id,
            name="x",
            id_kind="resident",
            id_cipher=b"",
            id_index=b"",
        ).save(force_insert=True)


@pytest.mark.requirement("R177")
def test_a_rejected_application_is_filed_anew_as_a_copy(world: World) -> None:
    rejected = world.application(at=State.REJECTED)

    with world.acting("applicant") as actor:
        copy = services.copy_rejected(actor=actor, application_id=rejected.pk)
        assert [entry.year for entry in copy.years.all()] == list(YEARS)
        assert copy.activities.count() == 10
        assert copy.evidence.count() == 15

    assert world.submit(copy).state == State.EMPLOYER_REVIEW
    assert world.see("applicant", rejected.pk).state == State.REJECTED


def test_a_draft_is_deleted_and_a_submitted_application_is_not(world: World) -> None:
    case = world.draft()
    with world.acting("applicant") as actor:
        services.discard(actor=actor, application_id=case.pk)
        assert not Application.objects.filter(pk=case.pk).exists()

    case = world.application(at=State.WITHDRAWN, by="other_applicant")
    with pytest.raises(Refusal, match="不能删除"), world.acting("other_applicant") as actor:
        services.discard(actor=actor, application_id=case.pk)


def test_a_service_edits_nothing_in_review_though_its_caller_saw_the_present_version(world: World) -> None:
    """No view stands in front of it here: another tab may submit between the view's look and the lock."""
    case = world.application(at=State.EMPLOYER_REVIEW)

    with world.acting("applicant") as actor, pytest.raises(MovedOn, match="请先撤销"):
        services.save_header(actor=actor, application_id=case.pk, seen=case.version, data={"remark": "改"})


@pytest.mark.requirement("R072", "R073", "R074", "R076")
@pytest.mark.parametrize(("span", "lacking"), [((2019, 2023), {2024}), ((2018, 2022), {2023, 2024})])
def test_an_earlier_slip_alone_proves_the_years_of_its_own_span(
    world: World, span: tuple[int, int], lacking: set[int]
) -> None:
    import io

    from applications.filed import facts
    from tests.world import picture

    case = world.draft(evidence=False)
    with world.acting("applicant") as actor:
        for year in YEARS:
            services.attach(
                actor=actor,
                application_id=case.pk,
                year=year,
                file=io.BytesIO(picture()),
                filename="slip.png",
                kind="prior_certificate",
                prior_span=span,
            )
        findings = facts.find(case)

    assert {year.year for year in findings.years if year.evidence} == lacking
