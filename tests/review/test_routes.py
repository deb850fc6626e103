"""Every kind of unit: who decides, in which order, and what is refused on the way."""

from __future__ import annotations

from uuid import UUID

import pytest

from applications.models import Application
from applications.states import State
from cehours.lib.refusal import Refusal
from organizations.models import Entrustment
from review.cases import routing
from tests.world import World

ROUTES = [
    # unit, applicant's region, reviewers in order, units that hold the case in order, label of the last step
    ("hospital", "430000", ["employer", "department", "second_department", "bureau"],
     ["hospital", "group", "commission", "province"], "备案"),
    ("commission", "430000", ["commission_admin", "bureau"], ["commission", "province"], "备案"),
    ("university", "430000", ["university_admin", "university_reviewer", "bureau"],
     ["university", "university", "province"], "备案"),
    ("school", "430102", ["school_admin", "city_bureau"], ["school", "changsha"], "核认"),
    ("factory", "430203", ["factory_admin", "county_bureau", "other_bureau"],
     ["factory", "lusong", "zhuzhou"], "核认"),
    ("firm", "430104", ["other_employer", "city_bureau"], ["firm", "changsha"], "核认"),
    ("society", "430102", ["society_admin", "city_bureau"], ["society", "changsha"], "核认"),
    (None, "430102", ["city_bureau"], ["changsha"], "核认"),
    ("central", "430000", ["central_admin", "bureau"], ["central", "province"], "备案"),
]  # fmt: skip


@pytest.mark.requirement(
    "R030", "R031", "R032", "R033", "R034", "R040", "R041", "R042", "R043", "R044", "R045"
)
@pytest.mark.requirement("R047", "R048", "R049", "R215", "R217", "R218", "R227")
@pytest.mark.parametrize(
    ("unit", "region", "reviewers", "holders", "label"), ROUTES, ids=[str(r[0]) for r in ROUTES]
)
def test_each_kind_of_unit_has_its_route(
    world: World, unit: str | None, region: str, reviewers: list[str], holders: list[str], label: str
) -> None:
    from organizations.models import Region

    if unit == "commission":
        world.add_person("commission_admin", unit="commission")
    case = world.submit(world.draft(unit=unit, region=Region.objects.get(pk=region)))

    for reviewer, holder in zip(reviewers, holders, strict=True):
        assert case.current_unit == world.units[holder]
        case = world.approve(case, by=reviewer)

    assert case.state == State.APPROVED
    assert case.final_label == label


@pytest.mark.requirement("R047")
def test_a_central_unit_without_this_years_entrustment_is_refused_with_the_reason(world: World) -> None:
    case = world.draft(unit="other_central")

    with pytest.raises(Refusal, match="委托"):
        world.submit(case)

    Entrustment.objects.create(unit=world.other_central, year=2025)
    assert world.submit(case).state == State.EMPLOYER_REVIEW


@pytest.mark.requirement("R046")
def test_people_of_non_public_units_may_choose_where_their_file_is_kept(world: World) -> None:
    from organizations.models import Region

    zhuzhou = Region.objects.get(pk="430203")

    with pytest.raises(Refusal, match="行政区划"):
        world.submit(world.draft(unit="firm", region=zhuzhou))
    case = world.draft(by="other_applicant", unit="firm", region=zhuzhou, region_anchor="archive")
    case = world.approve(world.submit(case, by="other_applicant"), by="other_employer")

    assert case.current_unit == world.zhuzhou


@pytest.mark.requirement("R041", "R045")
def test_a_city_unit_stays_in_its_city(world: World) -> None:
    from organizations.models import Region

    with pytest.raises(Refusal, match="行政区划"):
        world.submit(
            world.draft(unit="school", region=Region.objects.get(pk="430203"), region_anchor="archive")
        )


WRONG_NEXT = ["hospital", "commission", "province", "firm", "changsha", "university", None, "nobody"]


@pytest.mark.requirement("R215", "R216", "R219")
@pytest.mark.parametrize("wrong", WRONG_NEXT)
def test_the_employer_cannot_send_it_past_its_superior_or_to_an_outsider(
    world: World, wrong: str | None
) -> None:
    case = world.application(at=State.EMPLOYER_REVIEW)
    unit = UUID(int=7) if wrong == "nobody" else world.units[wrong].pk if wrong else None

    with pytest.raises(Refusal, match="省级医疗集团"):
        world.approve(case, by="employer", next_unit_id=unit)

    assert world.see("employer", case.pk).state == State.EMPLOYER_REVIEW


@pytest.mark.requirement("R227")
@pytest.mark.parametrize("wrong", ["group", "hospital", "province", "changsha"])
def test_a_department_cannot_make_a_circle_or_skip_its_own_superior(world: World, wrong: str) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW)

    with pytest.raises(Refusal, match="省卫健主管委"):
        world.approve(case, by="department", next_unit_id=world.units[wrong].pk)


def test_what_lies_ahead_is_said_with_its_reason(world: World) -> None:
    case = world.application(at=State.DEPARTMENT_REVIEW, hop=2)

    with world.acting("second_department"):
        ahead = routing.ahead(Application.objects.select_related("current_unit", "region").get(pk=case.pk))

    assert [(choice.kind, choice.unit) for choice in ahead.choices] == [("bureau", world.province)]


def test_a_missing_bureau_is_said_instead_of_a_dead_end(world: World) -> None:
    case = world.submit(world.draft(unit="school"))
    world.changsha.active = False
    world.changsha.save()

    with pytest.raises(Refusal, match="没有启用的市州级经办机构"):
        world.approve(case, by="school_admin")
