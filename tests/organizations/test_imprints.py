"""本局信息: who runs the system and whom one may ring, kept by a bureau's administrators, read by everybody."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client, TestCase
from django.urls import reverse

from organizations.acting.actor import Actor
from organizations.models import Event, Imprint, Membership, Unit
from organizations.models.user import Role
from organizations.registry.imprints import imprint_for
from organizations.services import units
from tests.organizations.people import send
from tests.organizations.test_units import data

FILLED = {
    "host": "湘南省人力资源和社会保障厅",
    "hotline": "0731-12333",
    "times": "工作日 9:00—17:00",
    "support": "省人社信息中心 0731-84900000",
    "privacy_office": "政策法规处",
    "privacy_contact": "privacy@example.cn",
}
CITY = {**FILLED, "host": "星城市人社局", "hotline": "0731-88880000"}
NOBODY_THERE = "redis://127.0.0.1:1/0"
PUBLIC = ("site:home", "site:help", "site:privacy", "account_login", "certificates:verify")


def say(world, who, filled=None):
    browser = world.browser(who)
    page = browser.get(reverse("organizations:imprint"))
    version = page.context["version"] if page.status_code == 200 else "0"
    with TestCase.captureOnCommitCallbacks(execute=True):
        return send(browser, "organizations:imprint", {**(filled or FILLED), "version": version})


def foot(browser, name="site:home"):
    page = browser.get(reverse(name)).content.decode()
    return page[page.index("site-footer") :]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_page_names_who_runs_it_and_whom_to_ring(world, name):
    say(world, "bureau")

    shown = foot(Client(), name)

    assert FILLED["host"] in shown
    assert FILLED["hotline"] in shown
    assert FILLED["support"] in shown


def test_a_change_shows_with_the_next_page_and_is_not_asked_for_again(world, django_assert_num_queries):
    say(world, "bureau")
    assert FILLED["hotline"] in foot(Client())
    say(world, "bureau", {**FILLED, "hotline": "0731-96321"})

    assert "0731-96321" in foot(Client())
    with django_assert_num_queries(0):
        assert imprint_for(Actor.public())["hotline"] == "0731-96321"


def test_a_bureau_that_is_closed_is_named_no_more(world):
    say(world, "bureau")
    say(world, "city_bureau", CITY)
    assert CITY["hotline"] in foot(world.browser("school_admin"), "organizations:account")
    unit = Unit.objects.get(pk=world.units["changsha"].pk)
    with world.acting("bureau") as actor, TestCase.captureOnCommitCallbacks(execute=True):
        units.change_unit(actor=actor, unit_id=unit.pk, seen=unit.audit_seq, data=data(unit, active=False))

    assert FILLED["hotline"] in foot(world.browser("school_admin"), "organizations:account")


def test_pages_come_while_the_cache_is_down(world, settings):
    say(world, "bureau")
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOBODY_THERE}}

    assert FILLED["hotline"] in foot(Client())


@pytest.fixture
def no_database(django_db_blocker):
    """Nobody listens where the database should be."""
    with django_db_blocker.unblock():
        connection.close()
        there = connection.settings_dict
        connection.settings_dict = {**there, "HOST": "127.0.0.1", "PORT": "1"}
        yield
        connection.settings_dict = there


@pytest.mark.usefixtures("no_database")
def test_without_a_database_visitors_read_in_chinese_that_a_page_is_not_there_or_nothing_works():
    visitor = Client(raise_request_exception=False)

    missing, broken = visitor.get("/nowhere/"), visitor.get(reverse("site:help"))

    assert (missing.status_code, broken.status_code) == (404, 500)
    assert "没有这个页面" in missing.content.decode()
    assert "系统出了问题" in broken.content.decode()


def test_until_a_bureau_has_said_it_pages_say_nothing(world):
    assert "主办单位" not in foot(Client())


def test_the_privacy_page_names_who_answers_for_personal_data(world):
    say(world, "bureau")

    page = Client().get(reverse("site:privacy")).content.decode()

    assert FILLED["privacy_office"] in page
    assert FILLED["privacy_contact"] in page


def test_a_refusal_says_whom_to_ring(world):
    say(world, "bureau")

    assert FILLED["hotline"] in Client().get("/nowhere/").content.decode().split("site-footer")[0]


def test_help_lists_every_bureau_that_has_a_telephone(world):
    say(world, "bureau")
    say(world, "city_bureau", CITY)

    page = Client().get(reverse("site:help")).content.decode().split("site-footer")[0]

    assert page.index(FILLED["hotline"]) < page.index(CITY["hotline"])


@pytest.mark.parametrize(
    ("who", "hotline"),
    [
        ("city_bureau", CITY["hotline"]),
        ("school_admin", CITY["hotline"]),
        ("factory_admin", FILLED["hotline"]),
        ("applicant", FILLED["hotline"]),
    ],
)
def test_units_read_the_bureau_of_their_own_territory_and_all_others_the_provinces(world, who, hotline):
    say(world, "bureau")
    say(world, "city_bureau", CITY)

    assert hotline in foot(world.browser(who), "organizations:account")


def test_a_change_is_on_the_bureaus_trail(world):
    say(world, "bureau")
    say(world, "bureau", {**FILLED, "hotline": "0731-96321"})

    with world.acting("bureau"):
        acts = Event.objects.filter(act="imprint_changed", subject_id=world.province.pk).order_by("seq")
        assert '"hotline"' in acts.last().facts
        assert '"host"' not in acts.last().facts
        assert acts.count() == 2


def test_saving_what_is_there_already_is_no_act(world):
    say(world, "bureau")
    say(world, "bureau")

    with world.acting("bureau"):
        assert Event.objects.filter(act="imprint_changed").count() == 1


def test_who_was_slower_reads_so_and_loses_nothing(world):
    browser = world.browser("second_bureau")
    version = browser.get(reverse("organizations:imprint")).context["version"]
    say(world, "bureau")

    late = send(browser, "organizations:imprint", {**FILLED, "hotline": "0731-1", "version": version})

    assert late.status_code == 409
    assert 'value="0731-1"' in late.content.decode()
    again = send(
        browser, "organizations:imprint", {**FILLED, "hotline": "0731-1", "version": late.context["version"]}
    )
    assert again.status_code == 302


@pytest.mark.parametrize("field", ["host", "hotline"])
def test_what_must_be_said_is_asked_for(world, field):
    answer = say(world, "bureau", {**FILLED, field: ""})

    assert answer.status_code == 422
    assert FILLED["support"] in answer.content.decode()


def test_only_administrators_of_bureaus_keep_it(world):
    Membership.objects.filter(pk=world.second_bureau.membership.pk).update(role=Role.REVIEWER)

    assert say(world, "second_bureau").status_code == 404
    assert say(world, "employer").status_code == 404
    assert say(world, "applicant").status_code == 404
    assert not Imprint.objects.exists()


@pytest.mark.parametrize("who", ["city_bureau", "employer", "applicant"])
def test_the_database_lets_nobody_write_anothers(world, who):
    say(world, "bureau")

    with world.acting(who):
        assert Imprint.objects.filter(unit=world.province).update(hotline="0") == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            Imprint.objects.create(unit=world.zhuzhou, host="冒名", hotline="0")
