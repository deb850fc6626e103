"""The bureau's lists of units and people: who works there, what they have in hand; and the entrusted years."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cehours.lib import clock
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed
from organizations.acting.scope import scope
from organizations.models import Entrustment, Event, Membership, Unit, User
from organizations.models.user import Role
from organizations.services.entrusting import entrust_year
from review import services
from tests.review.batching import at_the_city
from tests.world import World

pytestmark = pytest.mark.django_db
UNITS, ENTRUSTED = reverse("organizations:units"), reverse("organizations:entrusted")


def rows(page: Any) -> list[dict[str, str]]:
    """Label → words of each row of the first table."""
    table = page.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    found = []
    for row in table.split("</tr>")[:-1]:
        cells = re.findall(r'<td data-label="([^"]+)"[^>]*>(.*?)</td>', row, re.DOTALL)
        found.append({label: re.sub(r"<[^>]+>|\s+", "", words) for label, words in cells})
    return found


def listed(world: World, who: str = "bureau", **asked: str) -> dict[str, dict[str, str]]:
    return {row["单位名称"]: row for row in rows(world.browser(who).get(UNITS, asked))}


def test_each_unit_says_how_many_people_and_running_cases_it_has(world: World) -> None:
    at_the_city(world)
    User.objects.filter(pk=world.other_employer.user_id).update(is_active=False)
    found = listed(world)
    city, firm = found["星城市人社局（经办机构）"], found["星城云创有限公司"]
    assert (city["人员"], city["在办申报"]) == ("1人", "1件")
    assert (firm["人员"], firm["在办申报"]) == ("没有账号", "0件")


def test_units_are_found_by_affiliation_state_and_superior(world: World) -> None:
    Unit.objects.filter(pk=world.school.pk).update(active=False)
    assert set(listed(world, affiliation="central")) == {"中部勘测院", "南方设计院"}
    assert set(listed(world, state="closed")) == {"星城第一中学"}
    assert "星城第一中学" not in listed(world, state="active")
    assert set(listed(world, state="no_account", affiliation="central")) == {"南方设计院"}
    below = world.browser("bureau").get(UNITS, {"parent": str(world.group.pk)})
    assert [row["单位名称"] for row in rows(below)] == ["省第九人民医院"]
    assert "上级主管单位" in below.content.decode()
    page = world.browser("bureau").get(UNITS).content.decode()
    assert f'href="?parent={world.group.pk}">下级 1 个' in page
    assert len(listed(world, parent="nonsense", state="nonsense")) == len(listed(world))


def test_the_list_asks_as_often_for_many_units_as_for_few(world: World) -> None:
    def asked(**narrowed: str) -> int:
        browser = world.browser("bureau")
        browser.get(UNITS, narrowed)
        with CaptureQueriesContext(connection) as statements:
            browser.get(UNITS, narrowed)
        return len(statements)

    assert asked(affiliation="central") == asked(affiliation="city")


def test_people_are_listed_with_what_they_have_in_hand_and_when_they_are_away(world: World) -> None:
    world.add_person("colleague", unit="changsha")
    case = at_the_city(world)
    User.objects.filter(pk=world.colleague.user_id).update(phone="13912345678")
    with world.acting("city_bureau") as actor:
        services.assign(actor=actor, cases=[case.pk], to=[world.colleague.user_id])
    today = clock.today()
    with world.acting("colleague") as actor:
        services.be_absent(
            actor=actor, deputy=world.city_bureau.user_id, first_day=today, last_day=today + timedelta(days=1)
        )
    for page in ("members", f"units/{world.changsha.pk}/members"):
        who = "city_bureau" if page == "members" else "bureau"
        people = {row["姓名"]: row for row in rows(world.browser(who).get(f"/{page}/"))}
        row = people[world.colleague.display_name]
        assert (row["联系方式"], row["分派在办"]) == ("139****5678", "1件")
        assert row["请假"].endswith(f"，由{world.city_bureau.display_name}代办")
        assert row["最近登录"] == "没有登录过"


def test_the_years_of_a_unit_that_is_not_central_are_folded_away(world: World) -> None:
    sections = {
        unit: re.findall(
            r"<details( open)?>\s*<summary>中央驻湘单位",
            world.browser("bureau").get(reverse("organizations:unit_edit", args=[unit.pk])).content.decode(),
        )
        for unit in (world.central, world.hospital)
    }
    assert sections == {world.central: [" open"], world.hospital: [""]}


# -- the entrusted years


def entrusted(year: int) -> set[str]:
    return set(Entrustment.objects.filter(year=year).values_list("unit__name", flat=True))


def ticked(page: Any) -> set[str]:
    return {unit.name for unit, is_ticked, _ in page.context["rows"] if is_ticked}


def test_next_year_begins_with_the_ticks_of_this_year_and_nothing_is_saved_by_looking(world: World) -> None:
    now = clock.today().year
    Entrustment.objects.create(unit=world.central, year=now)
    browser = world.browser("bureau")
    page = browser.get(ENTRUSTED, {"year": now + 1})
    assert ticked(page) == {"中部勘测院"}
    assert "已按上一年度勾选" in page.content.decode()
    assert entrusted(now + 1) == set()

    wanted = [world.central.pk, world.other_central.pk]
    answer = browser.post(f"{ENTRUSTED}?year={now + 1}", {"unit": wanted}, follow=True)
    assert f"{now + 1} 年的委托单位已保存，2 个单位有变动" in answer.content.decode()
    assert entrusted(now + 1) == {"中部勘测院", "南方设计院"}
    assert entrusted(now) == {"中部勘测院"}
    assert "已按上一年度勾选" not in browser.get(ENTRUSTED, {"year": now + 1}).content.decode()


def test_each_unit_that_changes_has_it_on_its_trail_and_no_other(world: World) -> None:
    year = clock.today().year + 1
    with world.acting("bureau") as actor:
        assert entrust_year(actor=actor, year=year, units=[world.central.pk]) == 1
        assert entrust_year(actor=actor, year=year, units=[world.central.pk]) == 0
        assert entrust_year(actor=actor, year=year, units=[world.other_central.pk]) == 2
    with scope(Actor.system("tests")):
        events = Event.objects.filter(subject="unit", act="unit_changed")
        assert sorted(str(each.subject_id) for each in events) == sorted(
            map(str, [world.central.pk, world.central.pk, world.other_central.pk])
        )
        assert list(audit.faults()) == []


def test_only_central_units_and_only_administrators_of_the_province(world: World) -> None:
    with world.acting("bureau") as actor, pytest.raises(NotAllowed, match="名单已有变动"):
        entrust_year(actor=actor, year=2026, units=[world.hospital.pk])
    answer = world.browser("bureau").post(ENTRUSTED, {"unit": [str(world.hospital.pk), "nonsense"]})
    assert answer.status_code == 422
    assert "名单已有变动" in answer.content.decode()
    membership = Membership.objects.get(user=world.second_bureau.user)
    membership.role = Role.REVIEWER
    membership.save()
    assert world.browser("second_bureau").get(ENTRUSTED).status_code == 404
    assert world.browser("city_bureau").get(ENTRUSTED).status_code == 404
