"""A case that nobody could decide: its applicant reads it before 提交 and after, and what happens next (A36)."""

import pytest
from django.urls import reverse

from organizations.models import Membership, User
from tests.applications.typing_in import text_of, url

TITLE = "提交后暂时无人审核"


def only_the_applicant(world):
    """The hospital's only account is the applicant's own."""
    Membership.objects.filter(unit=world.hospital).delete()
    Membership.objects.create(user=world.applicant.user, unit=world.hospital, role="admin")


def no_account(world):
    Membership.objects.filter(unit=world.hospital).delete()


def closed_accounts(world):
    User.objects.filter(memberships__unit=world.hospital).update(is_active=False)


def nobody_with_a_number(world):
    User.objects.filter(memberships__unit=world.hospital).update(person=None)


CASES = {
    "the applicant alone": (
        only_the_applicant,
        "省第九人民医院没有您以外的其他经办人，按规定不能由您本人审核",
    ),
    "no account": (no_account, "省第九人民医院尚未开通审核账号，暂时无人审核"),
    "closed accounts": (closed_accounts, "省第九人民医院尚未开通审核账号，暂时无人审核"),
    "no identity": (nobody_with_a_number, "没有登记身份证号码"),
}


@pytest.mark.parametrize(("happens", "says"), CASES.values(), ids=CASES)
def test_the_check_page_says_so_and_who_cures_it(world, happens, says):
    case = world.draft()
    happens(world)

    page = text_of(world.browser("applicant").get(url("check", case)))

    assert TITLE in page
    assert says in page
    assert "由省级医疗集团" in page  # the superior stands in


@pytest.mark.parametrize(("happens", "says"), CASES.values(), ids=CASES)
def test_after_submitting_the_same_stands_there_instead_of_a_unit_that_reviews(world, happens, says):
    case = world.draft()
    happens(world)
    world.submit(case)

    page = text_of(world.browser("applicant").get(url("submit", case)))

    assert says in page
    assert "由省级医疗集团" in page
    assert "现在由 <strong>省第九人民医院</strong> 审核" not in page
    assert "您不用做什么" not in page


def test_who_is_freelance_reads_it_of_the_bureau(world):
    case = world.draft(unit=None)
    Membership.objects.filter(unit__bureau_level__in=("city", "county")).delete()

    page = text_of(world.browser("applicant").get(url("check", case)))

    assert TITLE in page
    assert "由湘南省人社厅" in page


def test_where_a_colleague_could_decide_nothing_of_it_is_said(world):
    case = world.draft()
    browser = world.browser("applicant")

    assert TITLE not in text_of(browser.get(url("check", case)))
    world.submit(case)
    page = text_of(browser.get(reverse("applications:submit", args=[case.pk])))
    assert "现在由 <strong>省第九人民医院</strong> 审核" in page
    assert "您不用做什么" in page
