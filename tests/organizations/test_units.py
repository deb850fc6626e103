"""The registry of units: who may change what, the tree without circles, everything on record."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cehours.lib import uscc
from organizations.acting.errors import NotAllowed, NotYours, Stale
from organizations.models import Event, Membership, Unit
from organizations.services import units
from organizations.services.units import UnitInput
from tests.organizations.people import send

NONE = "none"


def entered(**changed):
    """The form of a new provincial unit."""
    return {
        "name": "省第十人民医院",
        "uscc": "",
        "affiliation": "provincial",
        "nature": "institution",
        "region": "430000",
        "parent_text": "",
        "parent": NONE,
        "active": "on",
        **changed,
    }


def as_entered(unit, **changed):
    """The form of a unit as it stands, with changes."""
    form = {
        "version": unit.audit_seq,
        "name": unit.name,
        "uscc": unit.uscc,
        "affiliation": unit.affiliation,
        "nature": unit.nature,
        "region": unit.region_id,
        "parent_text": "",
        "parent": str(unit.parent_id) if unit.parent_id else NONE,
        **({"active": "on"} if unit.active else {}),
        **({"top_level": "on"} if unit.top_level else {}),
        **changed,
    }
    return {key: value for key, value in form.items() if value is not None}


def data(unit, **changed):
    """What the service is told of a unit as it stands, with changes."""
    fields = {name: getattr(unit, name) for name in ("name", "uscc", "affiliation", "nature", "region_id")}
    return UnitInput(
        **{
            **fields,
            "parent_id": unit.parent_id,
            "top_level": unit.top_level,
            "active": unit.active,
            **changed,
        }
    )


def events(actor, world, unit):
    with world.acting(actor):
        return list(Event.objects.filter(subject="unit", subject_id=unit.pk).values_list("act", flat=True))


def test_the_provincial_bureau_enters_a_unit(world):
    answer = send(
        world.browser("bureau"), "organizations:unit_new", entered(uscc=uscc.make("12", "430000", 77))
    )

    unit = Unit.objects.get(name="省第十人民医院")
    assert answer.status_code == 302
    assert (unit.pinyin, unit.initials) == ("shengdishirenminyiyuan", "sdsrmyy")
    assert events("bureau", world, unit) == ["unit_added"]


def test_a_change_is_on_record_with_what_changed(world):
    send(
        world.browser("bureau"),
        "organizations:unit_edit",
        as_entered(world.hospital, name="省第九医院", active=None),
        world.hospital.pk,
    )

    world.hospital.refresh_from_db()
    assert (world.hospital.name, world.hospital.active) == ("省第九医院", False)
    with world.acting("bureau"):
        event = Event.objects.get(subject="unit", subject_id=world.hospital.pk)
    assert event.act == "unit_changed"
    assert '"active": false' in event.facts


def test_saving_without_a_change_leaves_no_event(world):
    send(world.browser("bureau"), "organizations:unit_edit", as_entered(world.hospital), world.hospital.pk)

    assert events("bureau", world, world.hospital) == []


@pytest.mark.parametrize("who", ["applicant", "employer", "department"])
def test_who_is_no_bureau_finds_no_registry(world, who):
    browser = world.browser(who)

    assert browser.get(reverse("organizations:units")).status_code == 404
    assert send(browser, "organizations:unit_new", entered()).status_code == 404
    assert browser.get(reverse("organizations:unit_edit", args=[world.hospital.pk])).status_code == 404
    assert not Unit.objects.filter(name="省第十人民医院").exists()


@pytest.mark.requirement("R006")
@pytest.mark.parametrize(
    ("who", "unit"),
    [
        ("other_bureau", "school"),  # another city's
        ("county_bureau", "school"),
        ("city_bureau", "hospital"),  # the province's
        ("city_bureau", "central"),
        ("city_bureau", "changsha"),  # a bureau, its own even
    ],
)
def test_a_bureau_does_not_find_what_another_keeps(world, who, unit):
    kept = world.units[unit]
    browser = world.browser(who)

    assert browser.get(reverse("organizations:unit_edit", args=[kept.pk])).status_code == 404
    answer = send(browser, "organizations:unit_edit", as_entered(kept, name="改名"), kept.pk)
    assert answer.status_code == 404
    assert kept.name not in browser.get(reverse("organizations:units")).content.decode().split("<main")[1]


@pytest.mark.parametrize(
    ("who", "unit"), [("city_bureau", "school"), ("city_bureau", "firm"), ("county_bureau", "factory")]
)
def test_a_bureau_changes_units_of_its_territory(world, who, unit):
    kept = world.units[unit]

    send(world.browser(who), "organizations:unit_edit", as_entered(kept, name="改名以后"), kept.pk)

    kept.refresh_from_db()
    assert kept.name == "改名以后"


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"region_id": "430203"}, "region"), ({"affiliation": "provincial"}, "affiliation")],
)
def test_a_city_bureau_moves_no_unit_out_of_its_hands_or_up(world, changed, field):
    with world.acting("city_bureau") as actor, pytest.raises(NotAllowed) as refused:
        units.change_unit(actor=actor, unit_id=world.school.pk, seen=0, data=data(world.school, **changed))

    assert refused.value.field == field


def test_a_city_bureau_hangs_no_unit_under_a_provincial_one(world):
    with world.acting("city_bureau") as actor, pytest.raises(NotAllowed) as refused:
        units.change_unit(
            actor=actor, unit_id=world.school.pk, seen=0, data=data(world.school, parent_id=world.group.pk)
        )

    assert refused.value.field == "parent"


# -- the tree


@pytest.mark.parametrize("below", ["commission", "group", "hospital"])
def test_a_unit_never_comes_under_itself_or_what_is_below_it(world, below):
    answer = send(
        world.browser("bureau"),
        "organizations:unit_edit",
        as_entered(world.commission, parent_text=world.units[below].name, parent=str(world.units[below].pk)),
        world.commission.pk,
    )

    world.commission.refresh_from_db()
    assert answer.status_code == 422
    assert "不能作为上级主管单位" in answer.content.decode()
    assert world.commission.parent is None


def test_a_bureau_is_nobodys_superior(world):
    with world.acting("bureau") as actor, pytest.raises(NotAllowed, match="经办机构"):
        units.change_unit(
            actor=actor,
            unit_id=world.hospital.pk,
            seen=0,
            data=data(world.hospital, parent_id=world.province.pk),
        )


def test_the_superior_is_found_and_chosen_without_a_script(world):
    browser = world.browser("bureau")
    typed = entered(parent_text="sjyl", find="1")  # initials of 省级医疗集团

    found = send(browser, "organizations:unit_new", typed)
    page = found.content.decode()
    assert found.status_code == 200
    assert "省级医疗集团" in page
    assert 'value="省第十人民医院"' in page
    assert not Unit.objects.filter(name="省第十人民医院").exists()

    unchosen = send(browser, "organizations:unit_new", entered(parent_text="sjyl"))
    assert unchosen.status_code == 422
    assert "请在查找结果中选择" in unchosen.content.decode()

    send(browser, "organizations:unit_new", entered(parent_text="sjyl", parent=str(world.group.pk)))
    assert Unit.objects.get(name="省第十人民医院").parent == world.group


def test_a_full_name_needs_no_choosing(world):
    send(world.browser("bureau"), "organizations:unit_new", entered(parent_text="省级医疗集团"))

    assert Unit.objects.get(name="省第十人民医院").parent == world.group


# -- what is refused


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": ""}, "请填写单位名称"),
        ({"name": "省第九人民医院"}, "已有同名单位"),
        ({"uscc": "12430000444877907X"}, "校验位不正确"),
        ({"affiliation": "royal"}, "请从列表中选择隶属关系"),
        ({"region": "110000"}, "不在您的管理范围内"),
        ({"parent_text": "不存在的单位"}, "没有找到"),
        ({"parent": "00000000-0000-0000-0000-000000000000"}, "重新选择上级主管单位"),
    ],
)
def test_a_wrong_unit_is_answered_with_what_to_do(world, changed, says):
    answer = send(world.browser("bureau"), "organizations:unit_new", entered(**changed))

    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_nobody_switches_off_the_unit_they_act_for(world):
    answer = send(
        world.browser("bureau"),
        "organizations:unit_edit",
        as_entered(world.province, active=None),
        world.province.pk,
    )

    assert "不能停用您正在办事的单位" in answer.content.decode()


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(world):
    first, second = world.browser("bureau"), world.browser("second_bureau")
    before = as_entered(world.hospital)
    send(first, "organizations:unit_edit", {**before, "name": "先改的名称"}, world.hospital.pk)

    late = send(second, "organizations:unit_edit", {**before, "name": "后改的名称"}, world.hospital.pk)
    page = late.content.decode()

    world.hospital.refresh_from_db()
    assert late.status_code == 409
    assert world.hospital.name == "先改的名称"
    assert 'value="后改的名称"' in page
    assert "刚刚被其他人修改过" in page


def test_a_stale_change_is_refused_by_the_service(world):
    with world.acting("bureau") as actor, pytest.raises(Stale):
        units.change_unit(actor=actor, unit_id=world.hospital.pk, seen=5, data=data(world.hospital))


def test_the_public_enters_no_unit(world):
    with world.acting("applicant") as actor, pytest.raises(NotYours):
        units.add_unit(actor=actor, data=data(world.hospital, name="新单位"))


# -- central units


def test_entrusted_years_belong_to_central_units_only(world):
    browser = world.browser("bureau")
    send(
        browser,
        "organizations:unit_edit",
        as_entered(world.central, years=["2025", "2026"]),
        world.central.pk,
    )
    send(browser, "organizations:unit_edit", as_entered(world.hospital, years=["2026"]), world.hospital.pk)

    assert sorted(world.central.entrustments.values_list("year", flat=True)) == [2025, 2026]
    assert not world.hospital.entrustments.exists()


# -- the list


def found(world, who, **query):
    page = world.browser(who).get(reverse("organizations:units"), query).content.decode()
    return {unit.name for unit in Unit.objects.all() if f'data-label="单位名称"><span>{unit.name}' in page}


def test_units_are_found_by_name_pinyin_and_initials(world):
    assert found(world, "bureau", q="医疗") == {"省级医疗集团"}
    assert found(world, "bureau", q="xiang shui") == {"湘水大学"}
    assert found(world, "bureau", q="XSDX") == {"湘水大学"}
    assert found(world, "bureau", q="没有这个") == set()


def test_a_region_includes_what_lies_below_it(world):
    assert found(world, "bureau", region="430200") == {"株城市人社局", "芦淞区人社局", "株城轨道厂"}
    assert found(world, "bureau", region="430203") == {"芦淞区人社局", "株城轨道厂"}
    assert len(found(world, "bureau", region="430000")) == Unit.objects.count()


@pytest.mark.parametrize("bureau", ["second_bureau", "county_bureau"])
def test_a_clerk_reads_the_units_and_only_an_administrator_changes_them(world, bureau):
    Membership.objects.filter(pk=world.people[bureau].membership.pk).update(role="reviewer")
    clerk, unit = world.browser(bureau), world.factory
    changing = {
        "edit": reverse("organizations:unit_edit", args=[unit.pk]),
        "new": reverse("organizations:unit_new"),
        "merge": reverse("review:merge_unit", args=[unit.pk]),
        "members": reverse("organizations:unit_members", args=[unit.pk]),
        "invite": reverse("organizations:unit_invite", args=[unit.pk]),
        "bureau": reverse("organizations:bureau_new"),
    }

    page = clerk.get(reverse("organizations:units"), {"q": unit.name}).content.decode()

    assert unit.name in page
    assert "由本单位管理员新增和修改" in page
    for name, address in changing.items():
        assert address not in page, name
        assert clerk.get(address).status_code == 404, name
        assert clerk.post(address, as_entered(unit, name="改名")).status_code == 404, name
    unit.refresh_from_db()
    assert unit.name != "改名"
    assert not Unit.objects.filter(name="改名").exists()
    with world.acting(bureau) as actor:
        actor.membership.refresh_from_db()
        calls = (
            lambda: units.add_unit(actor=actor, data=data(unit, name="改名")),
            lambda: units.change_unit(actor=actor, unit_id=unit.pk, seen=0, data=data(unit, name="改名")),
            lambda: units.merge_unit(actor=actor, unit_id=unit.pk, into_id=world.firm.pk, seen=0),
        )
        for call in calls:
            with pytest.raises(NotYours):
                call()


def test_an_empty_result_says_what_one_can_do(world):
    page = world.browser("bureau").get(reverse("organizations:units"), {"q": "没有这个"}).content.decode()

    assert "没有符合条件的单位" in page


def test_the_list_asks_as_often_for_three_units_as_for_one(world):
    browser = world.browser("bureau")
    address = reverse("organizations:units")
    browser.get(address)

    def queries(text):
        with CaptureQueriesContext(connection) as asked:
            browser.get(address, {"q": text})
        return len(asked)

    assert len(found(world, "bureau", q="湘水")) == 1
    assert len(found(world, "bureau", q="星城")) == 3
    assert queries("湘水") == queries("星城")
