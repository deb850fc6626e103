"""What happens to a case is told to its applicant: in the app, by SMS and by mail, and to nobody else."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.states import State
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.messaging import notices
from organizations.models import Message, Notice, OutboxItem, User

pytestmark = [pytest.mark.django_db]

SYSTEM = Actor.system("tests")
PHONE, MAIL = "13900001111", "jia@example.cn"


def told(world, who="applicant"):
    """Kinds of the person's notices, oldest first."""
    with world.acting(who) as actor:
        return list(notices.of(actor).order_by("created_at").values_list("kind", flat=True))


def newest(world, who="applicant"):
    with world.acting(who) as actor:
        return notices.of(actor).first()


def reachable(world, who="applicant", **choice):
    user = world.people[who].user
    User.objects.filter(pk=user.pk).update(phone=PHONE, **choice)
    EmailAddress.objects.create(user=user, email=MAIL, verified=True, primary=True)


def deliver_everything():
    """Runs what the bells would have rung, as the worker does; returns (recipient, subject, body)."""
    with scope(SYSTEM):
        keys = list(OutboxItem.objects.filter(task=notices.DELIVER).values_list("key", flat=True))
    for key in keys:
        outbox.perform(notices.DELIVER, key, lambda key=key: notices.deliver(key))
    with scope(SYSTEM):
        return list(Message.objects.order_by("created_at").values_list("recipient", "subject", "body"))


def test_every_act_on_a_case_tells_its_applicant(world):
    world.application(at=State.APPROVED)

    assert told(world) == ["submitted", "forwarded", "forwarded", "forwarded", "approved"]


def test_a_return_tells_who_returned_it_and_why(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    world.return_(case, by="employer", reason="请补充2021年签到表。")

    notice = newest(world)

    assert notice.kind == "returned"
    assert "省第九人民医院退回了您的" in notice.body
    assert "原因：请补充2021年签到表。请按审核意见" in notice.body
    assert notice.link == reverse("applications:detail", args=[case.pk])


@pytest.mark.parametrize(("state", "kind"), [(State.REJECTED, "rejected"), (State.WITHDRAWN, "withdrawn")])
def test_the_end_of_a_round_is_told(world, state, kind):
    world.application(at=state)

    assert told(world)[-1] == kind


def test_an_act_that_fails_tells_nothing(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    before = told(world)
    with pytest.raises(Exception, match="请写明原因"):
        world.return_(case, by="employer", reason="短")

    assert told(world) == before


def test_the_bell_in_the_header_counts_until_they_are_read(world):
    world.application(at=State.RETURNED)
    browser = world.browser("applicant")

    assert '<span class="bell-count">2' in browser.get(reverse("applications:list")).content.decode()
    browser.post(reverse("organizations:notices_read"))
    assert "bell-count" not in browser.get(reverse("applications:list")).content.decode()


def test_opening_a_notice_marks_it_and_leads_to_the_case(world):
    case = world.application(at=State.RETURNED)
    browser, notice = world.browser("applicant"), newest(world)

    answer = browser.post(reverse("organizations:notice_open", args=[notice.pk]))

    assert answer.url == reverse("applications:detail", args=[case.pk])
    assert newest(world).read_at is not None


def test_the_page_shows_the_newest_first_and_says_which_are_unread(world):
    world.application(at=State.RETURNED)

    page = world.browser("applicant").get(reverse("organizations:notices")).content.decode()

    assert page.index("申报被退回") < page.index("申报已提交")
    assert page.count("notice-new") == 2


def test_somebody_without_notices_is_told_what_will_be_here(world):
    page = world.browser("third_applicant").get(reverse("organizations:notices")).content.decode()

    assert "还没有通知" in page


def test_the_list_asks_the_database_the_same_number_of_times_however_long_it_is(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    world.browser("applicant").get(
        reverse("organizations:notices")
    )  # what every page shows is kept from now on
    with CaptureQueriesContext(connection) as with_one:
        world.browser("applicant").get(reverse("organizations:notices"))

    world.return_(case, by="employer")
    world.submit(world.see("applicant", case.pk))
    with CaptureQueriesContext(connection) as with_three:
        world.browser("applicant").get(reverse("organizations:notices"))

    assert len(with_three) == len(with_one)


def test_nobody_reads_or_opens_anothers_notice(world):
    world.application(at=State.RETURNED)
    notice = newest(world)

    for who in ("employer", "bureau", "other_applicant"):
        with world.acting(who):
            assert not Notice.objects.filter(pk=notice.pk).exists()
        assert (
            world.browser(who).post(reverse("organizations:notice_open", args=[notice.pk])).status_code == 404
        )


def test_a_reviewer_cannot_write_to_a_stranger_even_by_raw_sql(world):
    case = world.application(at=State.EMPLOYER_REVIEW)
    stranger = world.people["other_applicant"].person_id

    with world.acting("employer"), pytest.raises(Error, match="row-level security"), transaction.atomic():
        notices.tell(
            person_id=stranger,
            subject="application",
            subject_id=case.pk,
            words=notices.Words("returned", "假通知", "假通知"),
        )


def test_what_was_told_cannot_be_rewritten(world):
    world.application(at=State.RETURNED)
    notice = newest(world)

    with world.acting("applicant"), pytest.raises(Error, match="permission denied"), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(title="审核通过")


def test_sms_and_mail_say_what_happened_but_not_why(world):
    reachable(world)
    case = world.application(at=State.EMPLOYER_REVIEW)
    world.return_(case, by="employer", reason="身份证与姓名不符")

    sent = deliver_everything()

    sms = [body for to, _, body in sent if to == PHONE]
    mails = [(subject, body) for to, subject, body in sent if to == MAIL]
    assert sms[-1] == "【学时核认】申报被退回，请修改后重新提交。请登录系统查看。"
    assert mails[-1][0] == "申报被退回，请修改后重新提交"
    assert reverse("applications:detail", args=[case.pk]) in mails[-1][1]
    assert not any("身份证" in text for _, *texts in sent for text in texts)


@pytest.mark.parametrize(
    ("choice", "reached"),
    [
        ({"notices_by_sms": False}, {MAIL}),
        ({"notices_by_email": False}, {PHONE}),
        ({"notices_by_sms": False, "notices_by_email": False}, set()),
    ],
)
def test_who_switched_a_channel_off_is_not_reached_there(world, choice, reached):
    reachable(world, **choice)
    world.application(at=State.EMPLOYER_REVIEW)

    assert {to for to, *_ in deliver_everything()} == reached


def test_channels_are_chosen_on_the_page(world):
    reachable(world)
    world.browser("applicant").post(reverse("organizations:notices_channels"), {"email": "yes"})

    user = User.objects.get(pk=world.people["applicant"].user.pk)

    assert (user.notices_by_email, user.notices_by_sms) == (True, False)


def test_a_notice_rung_twice_leaves_once(world):
    reachable(world, notices_by_email=False)
    world.application(at=State.EMPLOYER_REVIEW)

    assert len(deliver_everything()) == len(deliver_everything()) == 1
