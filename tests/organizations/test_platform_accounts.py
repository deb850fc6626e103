"""Which platform account belongs to which member: who says so, and what a session it opened may do."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.states import State
from cehours.my_data.gathering import gather
from organizations.accounts import hats
from organizations.acting.actor import Actor
from organizations.acting.errors import NotAllowed, NotYours
from organizations.messaging import contacts
from organizations.models import Event, Membership, PlatformAccount
from organizations.services import platform_accounts
from tests.organizations.entering import NUMBER, bind, enter, refused
from tests.organizations.people import PHONE, give_password, letters, send


def test_of_two_bureaus_it_opens_the_one_that_bound_the_account(world, platform, clerk):
    other = Membership.objects.create(user=clerk.user, unit=world.changsha)

    browser, answer = enter(platform)

    assert answer.url == reverse("site:start")
    assert browser.session[hats.HAT] == clerk.membership.pk
    for hat in (other.pk, ""):
        assert send(browser, "organizations:switch", {"unit": hat}).status_code == 404
    assert browser.session[hats.HAT] == clerk.membership.pk
    assert "切换身份" not in browser.get(reverse("review:inbox")).content.decode()


def test_whoever_also_works_for_an_employer_wears_the_bureaus_hat(world, platform, clerk):
    Membership.objects.create(user=clerk.user, unit=world.hospital)

    browser, _ = enter(platform)

    assert browser.session[hats.HAT] == clerk.membership.pk


def test_ones_own_affairs_stay_closed_to_it(world, platform, clerk):
    """The administrator who bound the account must not become their colleague in everything."""
    give_password(clerk.user)
    contacts.give(clerk.user, contacts.Contact.parse(PHONE))
    browser, _ = enter(platform)

    closed = ["organizations:account", "organizations:contact", "organizations:contact_verify",
              "account_change_password", "organizations:notices"]  # fmt: skip
    for name in closed:
        answer = browser.get(reverse(name))
        assert answer.status_code == 403, name
        assert PHONE[-4:] not in answer.content.decode()
    assert send(browser, "organizations:notices_channels", {}).status_code == 403
    assert browser.get(reverse("my_data:show")).status_code == 404
    assert browser.get(reverse("organizations:accept", args=["secret"])).status_code == 403
    assert world.browser(clerk).get(reverse("organizations:account")).status_code == 200


def test_own_cases_stay_undecided_as_with_a_password(world, platform, clerk):
    """The natural person behind the account counts, whichever way they came in."""
    case = world.application(at=State.BUREAU_REVIEW)
    world.add_person("same", unit="province", person_of="applicant")
    bind(world, "same", "hn-own")
    browser, _ = enter(platform, subject="hn-own")

    browser.post(reverse("review:reject", args=[case.pk]), {"opinion": "不符合要求", "version": case.version})

    assert world.see("bureau", case.pk).state == State.BUREAU_REVIEW


@pytest.mark.parametrize("act", ["unbound", "bound anew", "platform switched off"])
def test_it_ends_with_its_binding(world, platform, clerk, settings, act):
    browser, _ = enter(platform)
    with_password = world.browser(clerk)
    assert browser.get(reverse("review:inbox")).status_code == 200

    if act == "unbound":
        with world.acting("bureau") as actor:
            platform_accounts.unbind(actor=actor, membership_id=clerk.membership.pk)
    elif act == "bound anew":
        bind(world, "second_bureau", "hn-new")
    else:
        settings.PLATFORM_ISSUER = ""

    assert browser.get(reverse("review:inbox")).url.startswith(reverse("account_login"))
    assert with_password.get(reverse("review:inbox")).status_code == 200


# -- binding


def test_an_administrator_binds_a_colleague_who_is_told(world, platform):
    contacts.give(world.second_bureau.user, contacts.Contact.parse(PHONE))
    browser = world.browser("bureau")
    assert "未绑定" in browser.get(reverse("organizations:members")).content.decode()

    answer = send(
        browser, "organizations:platform_bind", {"subject": f" {NUMBER} "}, world.second_bureau.membership.pk
    )

    assert answer.url == reverse("organizations:members")
    assert NUMBER in browser.get(answer.url).content.decode()
    assert "已绑定省人社一体化平台账号" in letters(PHONE)[0]
    with world.acting("bureau"):
        event = Event.objects.get(subject_id=world.province.pk, act="platform_account_bound")
    assert event.user_id == world.bureau.user_id
    assert str(world.second_bureau.user_id) in event.facts
    assert NUMBER not in event.facts


def test_everybody_sees_what_is_bound_to_their_own_account(world, platform, clerk):
    page = world.browser(clerk).get(reverse("organizations:account")).content.decode()
    with world.acting(Actor.of(clerk.user)) as oneself:
        record = gather(oneself).record

    assert NUMBER in page
    assert "由湘南省人社厅于" in page
    assert record["account"]["platform_accounts"][0]["account"] == NUMBER


def test_an_administrator_unbinds_after_one_question(world, platform, clerk):
    browser = world.browser("bureau")
    address = reverse("organizations:platform_unbind", args=[clerk.membership.pk])

    assert "正在进行的平台登录立即结束" in browser.get(address).content.decode()
    assert PlatformAccount.objects.exists()
    browser.post(address)

    assert not PlatformAccount.objects.exists()
    with world.acting("bureau"):
        acts = list(Event.objects.filter(subject_id=world.province.pk).values_list("act", flat=True))
    assert acts == ["platform_account_bound", "platform_account_unbound"]
    refused(*enter(platform), 403, "还没有绑定")


@pytest.mark.parametrize(
    "who", ["other_bureau", "city_bureau", "employer", "department", "applicant", "colleague", "visitor"]
)
def test_nobody_else_binds_or_unbinds(world, platform, clerk, who):
    if who == "colleague":  # of the same bureau, and no administrator
        Membership.objects.filter(pk=clerk.membership.pk).update(role="reviewer")
    browser = Client() if who == "visitor" else world.browser(clerk if who == "colleague" else who)
    expected = 302 if who == "visitor" else 404

    for name in ("organizations:platform_bind", "organizations:platform_unbind"):
        for method in (browser.get, browser.post):
            answer = method(reverse(name, args=[clerk.membership.pk]), {"subject": "hn-evil"})
            assert answer.status_code == expected
    assert PlatformAccount.objects.get().subject == NUMBER


@pytest.mark.parametrize(("by", "whose"), [("bureau", "city_bureau"), ("bureau", "employer"),
                                           ("employer", "second_employer")])  # fmt: skip
def test_not_even_whoever_keeps_a_unit_says_who_its_members_are_there(world, platform, by, whose):
    """The province invites and removes members of units it keeps; employers have no such account at all."""
    with pytest.raises(NotYours):
        bind(world, whose, by=by)
    answer = send(
        world.browser(by),
        "organizations:platform_bind",
        {"subject": NUMBER},
        world.people[whose].membership.pk,
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("by", "whose"),
    [("bureau", "city_bureau"), ("employer", "second_employer"), ("applicant", "city_bureau")],
)
def test_the_database_refuses_it_too(world, platform, by, whose):
    row = PlatformAccount(
        membership=world.people[whose].membership,
        issuer=platform.issuer,
        subject=NUMBER,
        bound_by=world.people[by].user,
    )

    with world.acting(by), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        row.save(force_insert=True)


def test_one_account_there_is_one_member_here(world, platform, clerk):
    with pytest.raises(NotAllowed, match="一个平台账号只能绑定一人"):
        bind(world, "other_bureau", by="other_bureau")

    row = PlatformAccount(
        membership=world.bureau.membership, issuer=platform.issuer, subject=NUMBER, bound_by=world.bureau.user
    )
    with (
        world.acting("bureau"),
        pytest.raises(IntegrityError, match="platform_account_belongs_to_one_member"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)


def test_a_taken_number_keeps_what_was_typed_and_the_former_one(world, platform, clerk):
    bind(world, "bureau", "hn-admin")

    answer = send(
        world.browser("bureau"),
        "organizations:platform_bind",
        {"subject": NUMBER},
        world.bureau.membership.pk,
    )

    assert answer.status_code == 422
    assert f'value="{NUMBER}"' in answer.content.decode()
    assert PlatformAccount.objects.get(membership=world.bureau.membership).subject == "hn-admin"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写平台账号"),
        ("hn 17", "没有空格"),
        ("张三", "没有空格和汉字"),
        ("x" * 256, "太长"),
        ("a\0b", ""),
    ],
)
def test_a_number_that_cannot_be_one_is_answered_with_what_to_do(world, platform, typed, says):
    answer = send(
        world.browser("bureau"), "organizations:platform_bind", {"subject": typed}, world.bureau.membership.pk
    )

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not PlatformAccount.objects.exists()


def test_a_number_typed_in_full_width_is_the_same_number(world, platform):
    send(
        world.browser("bureau"),
        "organizations:platform_bind",
        {"subject": "ｈｎ－４３０１００－００１７"},
        world.bureau.membership.pk,
    )

    assert PlatformAccount.objects.get().subject == NUMBER


@pytest.mark.parametrize(
    "table", ["socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken"]
)
def test_allauths_own_tables_take_no_row(world, platform, table):
    """A row there would be a second way in, or a second platform."""
    with (
        world.acting("bureau"),
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"INSERT INTO {table} DEFAULT VALUES")


def test_the_list_of_members_asks_as_often_for_three_bound_ones_as_for_one(world, platform):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(reverse("organizations:members")).status_code == 200
        return len(asked)

    browser = world.browser("bureau")
    bind(world, "bureau", "hn-1")
    queries()  # what every page shows is kept from now on
    one = queries()
    for number in ("2", "3"):
        world.add_person(f"clerk{number}", unit="province")
        bind(world, f"clerk{number}", f"hn-{number}")
    assert queries() == one
