"""第9步: a next reviewer is typed by name, pinyin or initials, and whoever cannot be it is said why."""

from __future__ import annotations

import pytest
from django.urls import reverse

from applications.models import Application
from applications.states import State
from cehours.lib.refusal import Refusal
from review.cases import next_unit, routing
from tests.review.batching import filed, now_of
from tests.review.desks import body
from tests.world import World

OPINION = "情况属实，材料齐全"


@pytest.fixture
def wide_world(world: World) -> World:
    """With what a wrong name can lead to: a subordinate, and units that are closed."""
    world.add_unit("ward", "省九医院城南分院", region="430000", parent="hospital")
    world.add_unit("gone", "旧城医疗集团", region="430000", active=False)
    return world


def page(world: World, case: Application, who: str, **typed: str) -> str:
    """The second step after 查找."""
    answer = world.browser(who).post(
        reverse("review:approve", args=[case.pk]),
        {"version": now_of(case).version, "opinion": OPINION, "find": "yes", **typed},
    )
    assert answer.status_code == 200
    return body(answer)


def found_in(page: str) -> str:
    """The part of the page that answers what was typed."""
    return page.partition('id="found"')[2]


@pytest.mark.requirement("R215", "R216", "R219")
def test_the_permitted_unit_is_found_by_name_pinyin_or_initials(wide_world: World) -> None:
    case = filed(wide_world, unit="hospital")
    for typed in ("医疗集团", "省级医疗集团", "shengji", "SJYL", " sheng ji ", "级"):
        found = page(wide_world, case, "employer", named=typed)
        assert "可以选" in found_in(found), typed
        assert f'<option value="{wide_world.group.pk}" selected>省级医疗集团</option>' in found, typed
        assert OPINION in found


REASONS = [
    # who decides, the unit of the case, what is typed, why not, which one instead
    ("employer", "hospital", "省第九人民医院", "就是本单位", "省级医疗集团"),
    ("employer", "hospital", "城南分院", "本单位的下级单位", "省级医疗集团"),
    ("employer", "hospital", "卫健主管委", "不能跳过省级医疗集团", "省级医疗集团"),
    ("employer", "hospital", "湘南省人社厅", "省级医疗集团须先审核，不能跳过", "省级医疗集团"),
    ("employer", "hospital", "旧城医疗", "已停用", "省级医疗集团"),
    ("employer", "hospital", "云创", "不是本单位的上级主管单位", "省级医疗集团"),
    ("employer", "hospital", "没有这个单位", "没有名称、拼音或首字母是", "省级医疗集团"),
    ("society_admin", "society", "株城市人社局", "不办理", "星城市人社局"),
    ("society_admin", "society", "湘南省人社厅", "下一环节是市州级经办机构", "星城市人社局"),
    ("society_admin", "society", "省级医疗集团", "不是经办机构", "星城市人社局"),
    ("factory_admin", "factory", "株城市人社局", "下一环节是县（市、区）级经办机构", "芦淞区人社局"),
    ("university_admin", "university", "湘南省人社厅", "另一位经办人须先复审", "湘水大学"),
]


@pytest.mark.requirement("R216", "R217", "R218", "R227")
@pytest.mark.parametrize(
    ("who", "unit", "typed", "says", "instead"), REASONS, ids=[r[2] + r[0] for r in REASONS]
)
def test_a_unit_that_cannot_be_next_is_said_why_and_which_one_can(
    wide_world: World, who: str, unit: str, typed: str, says: str, instead: str
) -> None:
    case = filed(wide_world, unit=unit)
    found = page(wide_world, case, who, named=typed)
    assert says in found
    assert f"请选择：{instead}" in found

    answer = wide_world.browser(who).post(
        reverse("review:approve", args=[case.pk]),
        {
            "version": now_of(case).version,
            "opinion": OPINION,
            "confirm": "yes",
            "kind": "bureau" if "人社局" in instead else "department",
            "next_unit": next(str(each.pk) for each in wide_world.units.values() if each.name == instead),
            "named": typed,
        },
    )

    assert answer.status_code == 422
    assert says in body(answer)
    assert OPINION in body(answer)
    assert now_of(case).current_unit_id == wide_world.units[unit].pk


@pytest.mark.requirement("R216", "R217")
def test_the_service_refuses_with_the_same_sentence(wide_world: World) -> None:
    case = filed(wide_world, unit="hospital")
    with wide_world.acting("employer"):
        seen = Application.objects.select_related("current_unit__parent", "region").get(pk=case.pk)
    for wrong in ("hospital", "ward", "commission", "province", "gone", "firm", "zhuzhou"):
        unit = wide_world.units[wrong]
        with wide_world.acting("employer"):
            finding = next_unit.find(seen, routing.ahead(seen), unit.name)

        with pytest.raises(Refusal) as refused:
            wide_world.approve(case, by="employer", next_unit_id=unit.pk)

        assert str(refused.value) == finding.says
        assert now_of(case).state == State.EMPLOYER_REVIEW


def test_a_name_of_many_units_lists_them_with_their_reasons_the_permitted_one_first(
    wide_world: World,
) -> None:
    for number in range(8):
        wide_world.add_unit(f"more_{number}", f"医疗第{number}分站", region="430000")

    found = found_in(page(wide_world, filed(wide_world, unit="hospital"), "employer", named="医疗"))

    assert found.index("可以选") < found.index("不能选")
    assert found.count("不能选</span>") == next_unit.MOST_FOUND - 1
    assert "请写得更完整" in found


def test_what_is_typed_beside_another_choice_is_noticed(
    wide_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A route that offers two units: the name says one, the list says the other."""
    case = filed(wide_world, unit="hospital")
    real = routing.ahead

    def two(case: Application) -> routing.Ahead:
        first = real(case).choices[0]
        return routing.Ahead(
            (first, routing.Choice("department", wide_world.commission, first.step)), "任选一个。"
        )

    monkeypatch.setattr(routing, "ahead", two)
    answer = wide_world.browser("employer").post(
        reverse("review:approve", args=[case.pk]),
        {
            "version": now_of(case).version,
            "confirm": "yes",
            "kind": "department",
            "next_unit": str(wide_world.group.pk),
            "named": "卫健",
        },
    )

    assert answer.status_code == 422
    assert "选择的却是省级医疗集团" in body(answer)


def test_marks_and_opinion_survive_looking_for_a_unit(wide_world: World) -> None:
    marks = {"y2024-in_order": "no", "y2024-remark": "签到表缺一页"}

    found = page(
        wide_world, filed(wide_world, unit="hospital"), "employer", named="卫健", kind="department", **marks
    )

    assert OPINION in found
    assert 'name="y2024-remark" value="签到表缺一页"' in found
    assert 'name="named"' in found
    assert 'value="卫健"' in found


def test_anything_can_be_typed(wide_world: World) -> None:
    case = filed(wide_world, unit="hospital")
    for typed in ("", "  ", "\0", "长" * 200, "%", "_", "'; --", "𠮷", "<b>x</b>"):
        assert "<b>x</b>" not in page(wide_world, case, "employer", named=typed)


def test_while_typing_only_the_answer_is_sent(wide_world: World) -> None:
    case = filed(wide_world, unit="hospital")
    answer = wide_world.browser("employer").get(
        reverse("review:approve", args=[case.pk]), {"named": "sjyl"}, headers={"HX-Request": "true"}
    )
    assert "可以选" in body(answer)
    assert "<html" not in body(answer)


def test_who_may_not_decide_the_case_learns_nothing(wide_world: World) -> None:
    address = reverse("review:approve", args=[filed(wide_world, unit="hospital").pk])
    for who in ("applicant", "other_employer", "department", "other_bureau"):
        answer = wide_world.browser(who).get(address, {"named": "sjyl"}, headers={"HX-Request": "true"})
        assert answer.status_code in (403, 404), who


def test_a_wrong_circle_in_the_registry_is_no_endless_loop(wide_world: World) -> None:
    case = filed(wide_world, unit="hospital")
    wide_world.commission.parent = wide_world.ward
    wide_world.commission.save()

    assert "不能选" in found_in(page(wide_world, case, "employer", named="卫健"))
