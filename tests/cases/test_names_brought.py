"""Names and numbers as people bring them: each test is named after its public case."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from applications.states import State
from cehours.checks import calendar_is_known
from cehours.lib import clock
from cehours.lib.idnumbers import BadIdNumber, make_resident_id, validate
from certificates import queries as certificate_queries
from certificates.queries import IssuedCriteria
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging.contacts import BadContact, Contact
from organizations.models import Event, Person, Unit
from organizations.registry import identity, lookup
from review.lists import queries as lists
from review.lists.criteria import ListCriteria
from tests.certificates.approving import admitted, approved, printed
from tests.certificates.test_verify import ask, words
from tests.certificates.test_verify_batch import book, post, send, table
from tests.organizations.people import send as submit_form
from tests.organizations.test_units import entered
from tests.training.planning import accepted, attended, attendees, listed
from tests.training.test_load_recognised import line, load, on_record  # noqa: F401 -- a fixture among them
from tests.world import World

CASES = Path(__file__).parent / "names"
GENUINE = "真实有效"
# As in tests/certificates: WeasyPrint leaves closing its colour profile to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file .*sRGB2014.icc:ResourceWarning")


@pytest.fixture(autouse=True)
def no_tries_so_far() -> None:
    cache.clear()


def called(world: World, name: str, *, who: str = "applicant") -> None:
    """The person's row as an installation of before has it: exactly this."""
    actor = world.people[who]
    with world.acting(who):
        Person.objects.filter(pk=actor.person_id).update(name=name)


def registered(name: str, number: str, kind: str = "resident") -> Person:
    with scope(Actor.public()):
        pk = identity.create_person(name=name, id_kind=kind, id_number=number)
    with scope(Actor.system("tests")):
        return Person.objects.get(pk=pk)


def test_33a_a_padded_name_is_verified_on_the_page_in_the_list_and_by_the_api(world: World) -> None:
    called(world, "龙䶮")
    certificate = printed(approved(world))
    key = admitted("省工程系列高评委")
    cells = openpyxl.load_workbook(CASES / "33a-name-padded.xlsx").active
    (_, padded), _ = cells.iter_rows(min_row=2, values_only=True)

    assert padded == "龙\u3000䶮"
    for written in (padded, "龙 䶮", "龙\u00a0䶮", "⻰䶮"):
        assert GENUINE in words(ask(certificate.number, written))
    answer = table(send(book([(certificate.number, padded)]), key))
    assert answer[1][2] == "有效"
    (found,) = post({"items": [{"number": certificate.number, "name": padded}]}, key).json()["results"]
    assert found["state"] == "有效"
    assert "没有找到" in words(ask(certificate.number, "龙"))


def test_34_a_name_of_radicals_that_was_printed_so_is_verified_as_it_is_typed(world: World) -> None:
    called(world, "⻰⽴⼈")
    certificate = printed(approved(world))

    for written in ("龙立人", "⻰⽴⼈", "龙 立人"):
        assert GENUINE in words(ask(certificate.number, written))


def test_34_radicals_of_a_paste_become_hanzi_when_somebody_is_registered(world: World) -> None:
    person = registered("⻰⽴⼈", "430105199104053085")

    assert (person.name, person.spelling) == ("龙立人", "⻰⽴⼈")


def test_41a_a_dot_of_another_kind_is_the_same_person(world: World) -> None:
    listed_so = (CASES / "41a-roster-dot-bullet.txt").read_text().strip()
    person = registered("阿依古丽·买买提", listed_so.split()[-1])
    plan = accepted(world)
    listed(world, plan, listed_so)
    (attendee,) = attendees(world, plan)
    attended(world, plan, attendee.name)

    with scope(Actor.system("tests")):
        assert [row.person_id for row in plan.attendees.all()] == [person.pk]
    assert attendee.name == "阿依古丽·买买提"


def test_d1_a_padded_name_does_not_stop_a_file_of_hours_on_record(world: World, load: Any) -> None:  # noqa: F811
    called(world, "龙䶮")
    load(line(world, name="龙　䶮"))

    assert len(on_record(world)) == 1


def test_d1_the_bureau_finds_a_certificate_whose_printed_name_has_a_blank(world: World) -> None:
    called(world, "龙　䶮")
    certificate = printed(approved(world))

    with world.acting("bureau") as bureau:
        for typed in ("龙䶮", "龙　䶮", "longyan", "ly"):
            found = certificate_queries.issued_matching(bureau, IssuedCriteria(words=typed))
            assert [each.pk for each in found] == [certificate.pk]
        assert not certificate_queries.issued_matching(bureau, IssuedCriteria(words="䶮")).exists()


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("湘潭医院（演示）", "湘潭医院(演示)"),
        ("瓷城人民医院", "瓷城 人民医院"),
        ("湖南省长沙市中心医院", "湖南长沙中心医院"),
        ("湖南省长沙市中心医院", "长沙中心医院"),
        ("湖南省长沙市中心医院", "ＨＮＳＣＳＳ"),
        ("瓷城人民医院", "湖南省瓷城人民医院"),
        ("ABB（中国）有限公司", "abb中国"),
        ("种子管理站", "zhongzi"),
        ("绿化局", "lyuhua"),
    ],
)
def test_d5_a_unit_is_found_as_it_is_written(world: World, stored: str, typed: str) -> None:
    unit = world.add_unit("wanted", stored, region="430000")

    assert list(Unit.objects.filter(lookup.named(typed))) == [unit]


@pytest.mark.parametrize("typed", ["医院中心长沙", "长沙口腔医院", "·", "（）", "100%"])
def test_d5_other_words_find_no_unit(world: World, typed: str) -> None:
    world.add_unit("wanted", "湖南省长沙市中心医院", region="430000")

    assert not Unit.objects.filter(lookup.named(typed)).exists()


def test_d5_what_somebody_typed_wholly_comes_without_what_only_resembles_it(world: World) -> None:
    exact = world.add_unit("exact", "长沙中心医院", region="430000")
    world.add_unit("longer", "湖南省长沙市中心医院", region="430000")

    assert list(Unit.objects.filter(lookup.named("长沙中心医院"))) == [exact]


@pytest.mark.parametrize("name", ["湖南长沙中心医院", "湖南省长沙市 中心医院", "湖南省长沙市中心医院（）"])
def test_d5_a_unit_that_differs_only_in_its_writing_is_asked_about(world: World, name: str) -> None:
    world.add_unit("there", "湖南省长沙市中心医院", region="430000")
    browser = world.browser("bureau")

    page = submit_form(browser, "organizations:unit_new", entered(name=name)).content.decode()
    if name == "湖南省长沙市 中心医院":
        assert "已有同名单位" in page
        return
    assert "湖南省长沙市中心医院" in page and "确为另一个单位" in page
    submit_form(browser, "organizations:unit_new", entered(name=name, another_unit="on"))
    entered_unit = Unit.objects.order_by("-created_at").first()
    with world.acting("bureau"):
        event = Event.objects.get(subject="unit", act="unit_added", subject_id=entered_unit.pk)
    assert json.loads(event.facts)["another_unit"] is True


def test_43_a_check_character_of_its_own_is_taken_once_somebody_compared_it(world: World) -> None:
    browser, odd = world.browser("bureau"), "12430000445123456A"

    page = submit_form(browser, "organizations:unit_new", entered(uscc=odd)).content.decode()
    assert "登记证书上确实如此" in page and not Unit.objects.filter(uscc=odd).exists()
    submit_form(browser, "organizations:unit_new", entered(uscc=odd, uscc_as_issued="on"))
    unit = Unit.objects.get(uscc=odd)
    with world.acting("bureau"):
        event = Event.objects.get(subject="unit", subject_id=unit.pk)
    assert json.loads(event.facts)["uscc_as_issued"] is True


def test_37_a_residence_permit_has_a_line_of_its_own_and_is_the_person_of_before(world: World) -> None:
    number = make_resident_id("810000", date(1985, 1, 1), 1)
    with scope(Actor.public()):
        before = identity.create_person(name="陈大文", id_kind="resident", id_number=number)
        assert identity.find_person("residence", number) == before
    assert "港澳台居民居住证" in Client().get(reverse("account_signup")).content.decode()
    with pytest.raises(BadIdNumber, match="81、82 或 83"):
        validate("residence", "430105199104053085")


@pytest.mark.parametrize("typed", ["吕", "lvb", "lyub", "lub", "lüb", "lb"])
def test_d15_lu_bu_is_found_under_every_spelling_of_his_surname(world: World, typed: str) -> None:
    called(world, "吕布")
    case = world.application(at=State.EMPLOYER_REVIEW)
    with world.acting("employer") as clerk:
        found = lists.matching(clerk, ListCriteria(text=typed)).values_list("pk", flat=True)
        assert list(found) == [case.pk]


@pytest.mark.parametrize("typed", ["ming@qq.com。", "ming@qq.com｡", "ming@qq.com."])
def test_d14_an_address_that_ends_in_a_full_stop_is_asked_for_again(typed: str) -> None:
    with pytest.raises(BadContact, match="末尾多了句号"):
        Contact.parse(typed)


def test_d14_a_full_stop_within_an_address_is_the_dot_that_was_meant() -> None:
    assert Contact.parse("ming@qq。com").address == "ming@qq.com"


@pytest.mark.parametrize(
    "typed", ["\u202d13812345678\u202c", "\u200e138 1234 5678", "\u202aming@qq.com\u202c"]
)
def test_d16_what_a_contact_list_puts_around_a_number_is_dropped(typed: str) -> None:
    assert Contact.parse(typed).address in ("13812345678", "ming@qq.com")


@pytest.mark.parametrize("kind", ["resident", "residence"])
def test_d16_a_pasted_identity_number_is_read_without_its_marks(kind: str) -> None:
    number = make_resident_id("830000", date(1985, 1, 1), 2)

    assert validate(kind, f"\u202d{number}\u202c") == number


def test_42_bureaus_are_told_from_december_on_that_the_next_year_is_missing(world: World) -> None:
    last = max(year for year in range(2026, 2040) if clock.is_covered(year))

    def told(who: str, day: datetime) -> bool:
        with clock.at(day):
            return f"缺少 {last + 1} 年的放假安排" in page_of(world.browser(who))

    december = datetime(last, 12, 1, 9, tzinfo=clock.SHANGHAI)
    assert told("bureau", december)
    assert not told("bureau", december - timedelta(days=1))
    assert not told("employer", december)


def test_42_the_operators_check_names_the_missing_year() -> None:
    last = max(year for year in range(2026, 2040) if clock.is_covered(year))
    with clock.at(datetime(last, 12, 1, 9, tzinfo=clock.SHANGHAI)):
        (word,) = calendar_is_known()
    assert str(last + 1) in word.msg and word.id == "cehours.I001"
    with clock.at(datetime(last, 11, 30, 9, tzinfo=clock.SHANGHAI)):
        assert calendar_is_known() == []


def page_of(browser: Client) -> str:
    return browser.get(reverse("review:inbox")).content.decode()
