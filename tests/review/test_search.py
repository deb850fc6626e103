"""Finding a case by name, pinyin, initials or identity number, and nobody else's."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.models import Application
from applications.states import State
from cehours.lib.pinyin import name_keys
from organizations.models import Person
from organizations.registry import identity
from review.forms import InboxFilter
from review.lists import queries
from review.lists.criteria import ListCriteria
from review.lists.name_keys import keys_of, number_in
from review.models import NameKey
from tests.review.desks import body, submitted
from tests.world import World

INBOX, SEARCH = reverse("review:inbox"), reverse("review:search")


def rows(sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def person_called(world: World, key: str, name: str) -> None:
    """A further applicant with this name."""
    actor = world.add_person(key)
    with world.acting(key):
        Person.objects.filter(pk=actor.person_id).update(name=name)


def found(world: World, typed: str, *, by: str = "employer") -> set[str]:
    with world.acting(by) as clerk:
        return set(queries.matching(clerk, ListCriteria(text=typed)).values_list("name", flat=True))


@pytest.mark.requirement("R205")
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("欧阳", "欧阳修文"),
        ("修文", "欧阳修文"),
        ("欧阳修", "欧阳修文"),
        ("欧阳修文", "欧阳修文"),
        ("文", "欧阳修文"),
        ("阳", "欧阳修文"),
        (" 欧 阳 ", "欧阳修文"),
        ("ouyang", "欧阳修文"),
        ("OuYang Xiu", "欧阳修文"),
        ("oyxw", "欧阳修文"),
        ("zengg", "曾国藩"),
        ("买买提", "阿依古丽·买买提"),
        ("丽买", "阿依古丽·买买提"),
        ("ayglmmt", "阿依古丽·买买提"),
        ("mary j", "Mary-Jane Smith"),
        ("𰻝", "王𰻝"),
        ("王𰻝", "王𰻝"),
        ("lvbu", "吕布"),
        ("lübu", "吕布"),
    ],
)
def test_a_name_is_found_by_what_people_type(world: World, typed: str, name: str) -> None:
    person_called(world, "wanted", name)
    submitted(world, by="wanted")
    submitted(world)

    assert found(world, typed) == {name}


@pytest.mark.parametrize("typed", ["修欧", "ouyangs", "欧文", "xyz", "%", "_", "··", "欧阳%", "\0"])
def test_what_does_not_fit_finds_nothing(world: World, typed: str) -> None:
    person_called(world, "wanted", "欧阳修文")
    submitted(world, by="wanted")

    assert found(world, typed) == set()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)  # it only asks
@given(st.text("王李欧阳修文·Ab- .1", min_size=1, max_size=6), st.data())
def test_every_part_of_a_name_has_its_key_in_the_database(db: None, name: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(name) - 1))
    part = name[first : data.draw(st.integers(first + 1, len(name)))]
    keys = keys_of(part)
    if keys is None:
        return
    readings = name_keys(name)
    found = rows("SELECT name_search_keys(%s, %s, %s)", name, readings.full, readings.initials)
    stored = {str(key) for (key,) in found}

    assert set(keys.exact) <= stored
    if keys.prefix and len(keys.prefix) <= 2:
        assert any(keys.prefix <= key < keys.until for key in stored)


def test_another_unit_finds_nothing_and_sees_no_key(world: World) -> None:
    case = submitted(world)

    assert found(world, case.name, by="other_employer") == set()
    with world.acting("other_employer"):
        assert not NameKey.objects.exists()
    with world.acting("applicant"):
        assert not NameKey.objects.exists()


def test_a_unit_finds_a_case_from_the_moment_it_arrives(world: World) -> None:
    case = submitted(world)
    assert found(world, case.name, by="department") == set()

    world.approve(case, by="employer")

    assert found(world, case.name, by="department") == {case.name}
    assert found(world, case.name) == set()  # off the desk, and found in 已办 instead
    page = body(world.browser("employer").get(reverse("review:handled"), {"name": case.name}))
    assert str(case.pk) in page


def test_a_new_name_is_found_and_the_former_one_is_not(world: World) -> None:
    case = world.application(at=State.RETURNED)
    keys = name_keys("诸葛明")
    with world.acting("applicant"):
        Application.objects.filter(pk=case.pk).update(name="诸葛明", pinyin=keys.full, initials=keys.initials)
    world.submit(case)

    assert found(world, "诸葛") == found(world, "zhugem") == {"诸葛明"}
    assert found(world, case.name) == set()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO review_namekey (unit_id, key, application_id) VALUES (NULL, 'x', NULL)",
        "UPDATE review_namekey SET key = 'x'",
        "DELETE FROM review_namekey",
        "DELETE FROM review_withdrawal",
        "INSERT INTO review_withdrawal (unit_id, application_id, revision, withdrawn_at) VALUES (NULL, NULL, 1, now())",
    ],
)
def test_nobody_writes_keys_or_withdrawals_by_hand(world: World, statement: str) -> None:
    submitted(world)

    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        world.acting("employer"),
    ):
        rows(statement)


# -- identity numbers


def number_of(world: World, who: str) -> str:
    with world.acting(who) as actor:
        return identity.number_of(Person.objects.get(pk=actor.person_id))


@pytest.mark.requirement("R205")
def test_an_identity_number_finds_its_case_and_stands_in_no_address(world: World) -> None:
    wanted, other = submitted(world), submitted(world, by="other_applicant")
    number = number_of(world, "applicant")
    browser = world.browser("employer")

    answer = browser.post(SEARCH, {"list": "inbox", "find": f" {number[:6]} {number[6:].lower()} "})
    address = answer["Location"]
    page = body(browser.get(address))

    assert answer.status_code == 302
    assert number not in address and number not in page
    assert str(wanted.pk) in page and str(other.pk) not in page
    assert f"证件号码：{number[0]}{'*' * 16}{number[-1]}" in page
    assert "number=" in address and 'name="number"' in page  # the next question keeps the condition


def test_a_sealed_number_is_good_for_its_own_account_only(world: World) -> None:
    submitted(world)
    mine = world.browser("employer").post(SEARCH, {"find": number_of(world, "applicant")})["Location"]

    page = body(world.browser("second_employer").get(mine))

    assert "没有符合条件的申报" in page
    assert "已失效，请重新输入" in page


@pytest.mark.parametrize("sealed", ["x", "AAAA", "%", "汉字", "=" * 9, "a" * 200])
def test_a_made_up_sealed_number_finds_nothing_instead_of_everything(world: World, sealed: str) -> None:
    case = submitted(world)

    assert str(case.pk) not in body(world.browser("employer").get(INBOX, {"number": sealed}))


def test_what_is_typed_above_a_list_becomes_its_address(world: World) -> None:
    browser = world.browser("employer")

    answer = browser.post(
        SEARCH,
        {"list": "handled", "find": "测试", "unit": "医院", "year": "2025", "outcome": "returned", "x": "1"},
    )

    parts = urlsplit(answer["Location"])
    assert parts.path == reverse("review:handled")
    assert parse_qs(parts.query) == {
        "name": ["测试"], "unit": ["医院"], "year": ["2025"], "outcome": ["returned"],
    }  # fmt: skip


def test_a_list_of_somebody_elses_making_is_the_inbox(world: World) -> None:
    for name in ("", "https://example.org", "case"):
        answer = world.browser("employer").post(SEARCH, {"list": name})
        assert answer["Location"] == INBOX


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("430102198001021234", "430102198001021234"),
        ("４３０１０２１９８００１０２１２３ｘ", "43010219800102123X"),
        ("E12345678", "E12345678"),
        ("张三", ""),
        ("zhangsan", ""),
        ("12345", ""),
    ],
)
def test_a_number_is_told_from_a_name(typed: str, number: str) -> None:
    assert number_in(typed) == number


def test_a_filter_means_the_same_to_page_batch_and_export(world: World) -> None:
    submitted(world)
    with world.acting("employer") as clerk:
        chosen = InboxFilter.asked(
            QueryDict("name=测试&unit=第九&view=clean&step=employer_review&year=2025"), clerk
        )

        assert dict(parse_qs(chosen.address())) == {
            "name": ["测试"], "unit": ["第九"], "step": ["employer_review"], "view": ["clean"], "year": ["2025"],
        }  # fmt: skip
        assert chosen.criteria == ListCriteria(
            text="测试", unit="第九", step="employer_review", view="clean", year=2025
        )
        assert queries.matching(clerk, chosen.criteria).count() == 1
