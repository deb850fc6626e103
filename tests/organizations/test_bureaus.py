"""The operator creates the first bureau of a region by command."""

import io

import pytest
from django.core.management import CommandError, call_command

from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import contacts
from organizations.models import Unit, User
from tests.organizations.people import PASSWORD, id_number, sign_in, signed_in

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
