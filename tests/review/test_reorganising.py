"""Units merge, move and are renamed while cases run; every case stays on its way."""

from __future__ import annotations

import pytest
from django.db import Error, transaction
from django.urls import reverse

from applications import services as filing
from applications.models import Application
from applications.states import State
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.acting.scope import scope
from organizations.models import Event, Membership, Unit
from organizations.services import units
from organizations.services.units import UnitInput
from review.cases import routing
from review.lists import queries
from review.services import reorganising

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world):
    """Two more units of the same branch."""
    world.add_unit("other_group", "省第二医疗集团", region="430000", parent="commission")
    world.add_unit("second_hospital", "省第二人民医院", region="430000", parent="other_group")
    return world


def merge(world, unit, into, by="bureau"):
    with world.acting(by) as actor:
        seen = Unit.objects.get(pk=world.units[unit].pk).audit_seq
        return reorganising.merge_unit(
            actor=actor, unit_id=world.units[unit].pk, into_id=world.units[into].pk, seen=seen
        )


def entered(unit, **changed):
    """The unit as the form holds it, with changes."""
    facts = {
        "name": unit.name, "uscc": unit.uscc, "affiliation": unit.affiliation, "nature": unit.nature,
        "region_id": unit.region_id, "parent_id": unit.parent_id, "top_level": unit.top_level,
        "active": unit.active,
    }  # fmt: skip
    return UnitInput(**{**facts, **changed})


def change(world, key, **changed):
    unit = Unit.objects.get(pk=world.units[key].pk)
    with world.acting("bureau") as actor:
        units.change_unit(actor=actor, unit_id=unit.pk, seen=unit.audit_seq, data=entered(unit, **changed))


def member_of(who):
    return Actor.of(who.user, Membership.objects.get(user=who.user))


def test_the_successor_holds_the_cases_of_the_merged_unit_and_its_people_decide_them(world):
    case = world.application(at=State.EMPLOYER_REVIEW)

    _, moved = merge(world, "hospital", "second_hospital")

    assert moved == 1
    someone = member_of(world.employer)
    assert someone.unit == world.second_hospital
    with scope(someone):
        assert list(queries.inbox(someone)) == [case]
    world.people["employer"] = someone
    assert world.approve(case, by="employer").state == State.DEPARTMENT_REVIEW


def test_the_next_step_follows_the_successors_superior(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    merge(world, "hospital", "second_hospital")

    with scope(member_of(world.employer)):
        found = Application.objects.select_related("current_unit__parent", "region").get(pk=case.pk)
        (choice,) = routing.ahead(found).choices

    assert choice.unit == world.second_hospital.parent


def test_the_move_is_on_record_in_the_case(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    merge(world, "hospital", "second_hospital")

    with world.acting("applicant"):
        event = Event.objects.filter(subject="application", subject_id=case.pk).latest("seq")

    assert event.act == "unit_followed"


def test_a_department_that_was_merged_hands_its_cases_on_too(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)

    merge(world, "group", "other_group")

    assert world.see("applicant", case.pk).current_unit == world.other_group
    assert Unit.objects.get(pk=world.hospital.pk).parent == world.other_group


def test_an_applicant_of_a_merged_unit_is_told_where_it_went(world):
    case = world.draft()
    merge(world, "hospital", "second_hospital")

    with pytest.raises(NotAllowed, match="省第九人民医院已并入省第二人民医院，请在个人信息中"):
        world.submit(case)


@pytest.mark.parametrize(
    ("unit", "into", "says"),
    [
        ("hospital", "hospital", "不能并入本单位自身"),
        ("group", "hospital", "是本单位的下级"),
        ("hospital", "province", "经办机构不能在这里合并"),
    ],
)
def test_a_merger_that_makes_no_sense_is_refused(world, unit, into, says):
    with pytest.raises(NotAllowed, match=says):
        merge(world, unit, into)


def test_a_merged_unit_takes_no_second_merger(world):
    merge(world, "hospital", "second_hospital")

    with pytest.raises(NotAllowed, match="必须在用"):
        merge(world, "hospital", "group")


def test_an_old_page_merges_nothing(world):
    with world.acting("bureau") as actor, pytest.raises(Stale):
        reorganising.merge_unit(
            actor=actor, unit_id=world.hospital.pk, into_id=world.second_hospital.pk, seen=99
        )


@pytest.mark.parametrize("who", ["employer", "department", "other_bureau"])
def test_only_the_bureau_that_keeps_a_unit_merges_it(world, who):
    with pytest.raises(NotYours):
        merge(world, "hospital", "second_hospital", by=who)
    answer = world.browser(who).get(reverse("review:merge_unit", args=[world.hospital.pk]))

    assert answer.status_code == 404


def test_no_case_goes_to_a_unit_that_is_no_successor_even_by_raw_sql(world):
    case = world.application(at=State.EMPLOYER_REVIEW)

    with scope(Actor.system("attack")), pytest.raises(Error), transaction.atomic():
        Application.objects.filter(pk=case.pk).update(
            current_unit=world.second_hospital, version=case.version + 1
        )


def test_the_page_says_what_will_move_before_it_is_confirmed(world):
    world.application(at=State.EMPLOYER_REVIEW)
    browser, address = world.browser("bureau"), reverse("review:merge_unit", args=[world.hospital.pk])

    assert "现由该单位办理的申报 1 件" in browser.get(address).content.decode()
    found = browser.post(address, {"into_text": "第二人民", "find": "1"}).content.decode()
    assert "找到 1 个" in found
    answer = browser.post(
        address,
        {"into_text": "第二人民", "into": str(world.second_hospital.pk), "version": world.hospital.audit_seq},
        follow=True,
    )

    assert "移交在办申报 1 件" in answer.content.decode()


def test_a_unit_under_a_new_superior_sends_its_running_cases_there(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    change(world, "hospital", parent_id=world.other_group.pk)

    assert world.approve(case, by="employer").current_unit == world.other_group


def test_a_renamed_unit_keeps_its_old_name_in_what_was_filed(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    change(world, "hospital", name="省第九医院")

    page = world.browser("employer").get(reverse("review:case", args=[case.pk])).content.decode()

    assert "省第九人民医院" in page
    assert "省第九医院" in page


def test_after_a_return_the_case_of_somebody_who_changed_employers_starts_at_the_new_one(world):
    case = world.application(at=State.DEPARTMENT_REVIEW)
    case = world.return_(case, by="department")
    with world.acting("applicant") as actor:
        filing.save_header(
            actor=actor,
            application_id=case.pk,
            seen=world.see("applicant", case.pk).version,
            data={"employer": world.second_hospital},
        )

    again = world.submit(world.see("applicant", case.pk))

    assert again.current_unit == world.second_hospital
