"""Bureaus: the first by the operator's command, the others by the province's administrators on a page."""

import io

import pytest
from django.core.management import CommandError, call_command

from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.messaging.contacts import Contact
from organizations.models import Event, Membership, Region, Unit, User
from organizations.services import bureaus
from tests.organizations.people import PASSWORD, id_number, link_sent, send, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("CEHOURS_ADMIN_PASSWORD", PASSWORD)


def create(**changed):
    out = io.StringIO()
    options = {
        "region": "430000",
        "name": "湘南省人力资源和社会保障厅",
        "admin_name": "厅管理",
        "admin_id_number": id_number(),
        "login": "Admin.Hn",
        "contact": "13600136000",
        **changed,
    }
    call_command("create_bureau", **options, stdout=out)
    return out.getvalue()


def test_the_operator_creates_the_provincial_bureau_and_its_admin_signs_in():
    said = create()

    unit = Unit.objects.get(bureau_level="province")
    assert unit.name in said
    assert PASSWORD not in said
    user = signed_in(sign_in("admin.hn"))
    assert user.memberships.get().unit == unit
    assert contacts.of(user) == [contacts.Contact.parse("13600136000")]
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


@pytest.mark.requirement("R006")
@pytest.mark.parametrize(("region", "level"), [("430100", "city"), ("430203", "county")])
def test_the_level_follows_the_region(region, level):
    create(region=region)

    assert Unit.objects.get().bureau_level == level


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name": "第二个厅", "login": "zweiter"}, "已有经办机构"),
        ({"region": "430100", "login": "zweiter"}, "已有名为"),
        ({"region": "430100", "name": "市局", "admin_id_number": id_number(701)}, "已被使用"),
    ],
)
def test_a_second_one_is_refused(changed, says):
    create()

    with pytest.raises(CommandError, match=says):
        create(**changed)

    assert Unit.objects.count() == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"region": "999999"}, "没有行政区划"),
        ({"login": "13800138000"}, "以字母开头"),
        ({"admin_id_number": "123"}, "应为 18 位"),
        ({"contact": "x"}, "11 位手机号码"),
    ],
)
def test_wrong_options_are_answered_and_change_nothing(changed, says):
    with pytest.raises(CommandError, match=says):
        create(**changed)

    assert not Unit.objects.exists()
    assert not User.objects.exists()


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setenv("CEHOURS_ADMIN_PASSWORD", "12345678")

    with pytest.raises(CommandError):
        create()


def test_a_known_person_of_another_name_is_refused():
    create()

    with pytest.raises(CommandError, match="姓名与证件号码"):
        create(region="430100", name="市局", login="zweiter", admin_name="另一人", contact="")


OPENED = {
    "region": "430405",
    "name": "衡阳市珠晖区人力资源和社会保障局",
    "admin": "周新",
    "contact": "zhuhui@example.cn",
}


def test_the_province_opens_a_bureau_on_a_page_and_its_first_administrator_is_invited(world):
    answer = send(world.browser("bureau"), "organizations:bureau_new", OPENED)

    unit = Unit.objects.get(name=OPENED["name"])
    assert answer.status_code == 302
    assert (unit.region_id, unit.bureau_level) == ("430405", "county")
    invitation = unit.invitations.get()
    assert (invitation.name, invitation.role) == ("周新", "admin")
    assert "/invitations/" in link_sent(OPENED["contact"])
    with world.acting("bureau"):
        events = Event.objects.filter(subject="unit", subject_id=unit.pk).order_by("seq")
        assert [event.act for event in events] == ["bureau_created", "member_invited"]
    with scope(Actor.system("test")):
        assert list(audit.faults()) == []


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"region": "430000"}, "已有经办机构或者不在本省"),
        ({"region": ""}, "请选择行政区划"),
        ({"name": ""}, "请填写经办机构名称"),
        ({"name": "省第九人民医院"}, "已有名为省第九人民医院的单位"),
        ({"contact": "x"}, "11 位手机号码"),
    ],
)
def test_what_is_wrong_with_a_new_bureau_is_said_and_nothing_typed_is_lost(world, changed, says):
    before = Unit.objects.count()

    page = send(world.browser("bureau"), "organizations:bureau_new", {**OPENED, **changed})

    assert page.status_code == 422
    assert says in page.content.decode()
    assert 'value="周新"' in page.content.decode()
    assert Unit.objects.count() == before


def test_a_region_of_another_province_is_not_the_provinces_to_serve(world):
    with scope(Actor.system("test")):
        Region.objects.create(code="440100", name="广州市", level="city")

    with world.acting("bureau") as actor, pytest.raises(NotAllowed, match="不在您的管理范围内"):
        bureaus.open_bureau(
            actor=actor,
            region_code="440100",
            name="广州市人社局",
            admin="周新",
            contact=Contact.parse("a@example.cn"),
        )


@pytest.mark.parametrize("who", ["other_bureau", "employer", "applicant", "clerk"])
def test_nobody_else_opens_a_bureau(world, who):
    if who == "clerk":
        Membership.objects.filter(unit=world.bureau.unit).update(role="reviewer")
        who = "bureau"
        world.bureau.membership.refresh_from_db()

    with world.acting(who) as actor, pytest.raises(NotYours):
        bureaus.open_bureau(
            actor=actor,
            region_code=OPENED["region"],
            name=OPENED["name"],
            admin="周新",
            contact=Contact.parse("a@example.cn"),
        )
    assert send(world.browser(who), "organizations:bureau_new", OPENED).status_code == 404
    assert not Unit.objects.filter(name=OPENED["name"]).exists()
