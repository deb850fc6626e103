"""Filing sessions: the provincial bureau sets the window, in days as people say them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from applications.forms.session import policy_choices
from applications.models import FilingSession
from applications.services import sessions
from applications.services.sessions import SessionInput
from cehours.lib import clock
from organizations.acting.errors import NotAllowed
from organizations.models import Event, Membership
from tests.organizations.people import send


def entered(**changed):
    return {
        "name": "2026年度学时核认",
        "policy": "hunan-2025",
        "year": "2026",
        "opens": "2026-05-01",
        "closes": "2026-07-20",
        "review_until": "2026-08-31",
        "grace_days": "5",
        "other_year": "on",
        **changed,
    }


def on_whole_days():
    """The times of the world's session as a form leaves them."""
    today = clock.today()
    return {
        "opens_at": sessions.start_of(today - timedelta(days=20)),
        "closes_at": sessions.end_of(today + timedelta(days=40)),
        "review_until": sessions.end_of(today + timedelta(days=80)),
    }


def typed(session, **changed):
    """The session's own form, as it stands."""
    return {
        "name": session.name,
        "policy": session.policy,
        "year": str(session.year),
        "opens": clock.local(session.opens_at).date().isoformat(),
        "closes": sessions.last_day_before(session.closes_at).isoformat(),
        "review_until": sessions.last_day_before(session.review_until).isoformat(),
        "grace_days": str(session.grace_days),
        "reason": "",
        "version": str(session.audit_seq),
        **changed,
    }


def test_the_last_day_belongs_to_the_session_on_chinese_clocks(world):
    send(world.browser("bureau"), "applications:session_new", entered())

    session = FilingSession.objects.get(year=2026)
    assert session.opens_at == datetime(2026, 4, 30, 16, tzinfo=UTC)
    assert session.closes_at == datetime(2026, 7, 20, 16, tzinfo=UTC)
    assert session.is_open(datetime(2026, 7, 20, 15, 59, 59, tzinfo=UTC))
    assert not session.is_open(datetime(2026, 7, 20, 16, tzinfo=UTC))
    with world.acting("bureau"):
        assert Event.objects.get(subject="session", subject_id=session.pk).act == "session_added"


def test_what_was_entered_is_shown_again(world):
    browser = world.browser("bureau")
    send(browser, "applications:session_new", entered())
    session = FilingSession.objects.get(year=2026)

    form = browser.get(reverse("applications:session_edit", args=[session.pk])).content.decode()
    listed = browser.get(reverse("applications:sessions")).content.decode()

    for day in ("2026-05-01", "2026-07-20", "2026-08-31"):
        assert f'value="{day}"' in form
    assert "2026年7月20日" in listed


@pytest.mark.parametrize("who", ["applicant", "employer", "city_bureau", "county_bureau"])
def test_everybody_else_finds_nothing(world, who):
    browser = world.browser(who)
    address = reverse("applications:session_edit", args=[world.session.pk])

    assert browser.get(reverse("applications:sessions")).status_code == 404
    assert send(browser, "applications:session_new", entered()).status_code == 404
    assert browser.get(address).status_code == 404
    assert browser.post(address, entered(version=0)).status_code == 404
    assert FilingSession.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"opens": "2026-07-21"}, "申报开始时间必须早于申报截止时间"),
        ({"review_until": "2026-07-19"}, "审核截止时间不能早于申报截止时间"),
        ({"year": "2025"}, "该政策在这一年度已有申报期"),
        ({"closes": "2026-02-30"}, "请填写存在的日期"),
        ({"opens": ""}, "请填写申报开始日"),
        ({"policy": "mars-2025"}, "请从列表中选择政策"),
        ({"grace_days": "-1"}, "请填写 0 至 60 的整数"),
        ({"opens": "0001-01-01"}, "请填写存在的日期"),
        ({"review_until": "9999-12-31"}, "请填写存在的日期"),
    ],
)
def test_a_wrong_session_is_answered_in_words_and_kept_as_typed(world, changed, says):
    answer = send(world.browser("bureau"), "applications:session_new", entered(**changed))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="2026年度学时核认"' in page
    assert FilingSession.objects.count() == 1


def test_the_second_of_two_editors_is_told(world):
    address = reverse("applications:session_edit", args=[world.session.pk])
    world.move_session(**on_whole_days())
    shown = typed(world.session)
    world.browser("bureau").post(address, {**shown, "name": "先改"})

    late = world.browser("second_bureau").post(address, {**shown, "name": "后改"})

    world.session.refresh_from_db()
    assert late.status_code == 409
    assert world.session.name == "先改"
    assert 'value="后改"' in late.content.decode()


@pytest.mark.requirement("R005")
def test_the_policy_of_a_session_in_use_stays(world):
    world.draft()
    address = reverse("applications:session_edit", args=[world.session.pk])

    refused = world.browser("bureau").post(address, entered(version=world.session.audit_seq))

    assert refused.status_code == 422
    assert "政策和工作年度不能再改" in refused.content.decode()
    moved = world.browser("bureau").post(
        address, entered(year="2025", version=world.session.audit_seq, reason="延长")
    )
    assert moved.status_code == 302


def test_without_sessions_the_list_says_what_to_do(world):
    FilingSession.objects.all().delete()

    page = world.browser("bureau").get(reverse("applications:sessions")).content.decode()

    assert "还没有申报期" in page


@pytest.mark.parametrize("policy", ["guangdong-2025", "henan-2025", "hunan-2031", "../hunan-2025"])
def test_a_policy_that_could_not_end_in_a_certificate_cannot_be_chosen(world, policy):
    """No texts, no number, a draft, no such file: told when the session is opened, not at the last approval."""
    browser = world.browser("bureau")

    answer = send(browser, "applications:session_new", entered(policy=policy))
    listed = browser.get(reverse("applications:session_new")).content.decode()

    assert answer.status_code == 422
    assert "请从列表中选择政策" in answer.content.decode()
    assert f'value="{policy}"' not in listed
    assert 'value="hunan-2025"' in listed
    assert FilingSession.objects.count() == 1


@pytest.mark.parametrize("policy", ["guangdong-2025", "hunan-2031"])
def test_the_service_refuses_such_a_policy_by_itself(world, policy):
    data = SessionInput(
        name="另一个",
        policy=policy,
        year=2026,
        opens=date(2026, 5, 1),
        closes=date(2026, 7, 20),
        review_until=date(2026, 8, 31),
        grace_days=5,
        other_year=True,
    )

    with world.acting("bureau") as actor, pytest.raises(NotAllowed) as refusal:
        sessions.add_session(actor=actor, data=data)

    assert refusal.value.field == "policy"


def test_the_times_of_a_session_can_be_moved_though_its_policy_is_gone(world):
    world.move_session(policy="hunan-2031")
    with world.acting("bureau") as actor:
        seen = sessions.kept_session(actor, world.session.pk).audit_seq
        data = SessionInput(
            name="改期",
            policy="hunan-2031",
            year=world.session.year,
            opens=date(2025, 5, 1),
            closes=date(2025, 7, 20),
            review_until=date(2025, 8, 31),
            grace_days=5,
        )
        asked = sessions.change_session(
            actor=actor, session_id=world.session.pk, seen=seen, data=data, reason="按文件改期"
        )

    assert asked is not None
    assert asked.name == "改期"


def test_a_policy_of_another_year_is_asked_about_before_it_is_saved(world):
    """Everybody would file the wrong years, and after the first filing it cannot be changed."""
    browser = world.browser("bureau")

    asked = send(browser, "applications:session_new", entered(other_year=""))

    page = asked.content.decode()
    assert asked.status_code == 422
    assert "所选政策是 2025 年度的，工作年度填的是 2026" in page
    assert 'name="other_year"' in page
    assert FilingSession.objects.count() == 1
    assert send(browser, "applications:session_new", entered()).status_code == 302


def test_a_policy_is_chosen_by_year_document_and_years_covered(world):
    browser = world.browser("bureau")

    for address in ("applications:session_new", "applications:sessions"):
        page = browser.get(reverse(address)).content.decode()
        assert "2025 年度 · 湘人社办函〔2025〕37号 · 核认 2020—2024 年" in page, address


def test_another_provinces_policy_is_neither_offered_nor_taken(world):
    assert [key for key, _ in policy_choices("440000") if key.startswith("hunan")] == []
    assert "hunan-2025" in dict(policy_choices("430000"))
    data = SessionInput("外省", "hunan-2025", 2025, date(2025, 5, 1), date(2025, 7, 20), date(2025, 8, 31), 5)

    with pytest.raises(NotAllowed, match="其他省的政策"):
        sessions.check_policy(data, "440000")


def test_a_clerk_reads_the_sessions_and_only_an_administrator_changes_them(world):
    Membership.objects.filter(pk=world.second_bureau.membership.pk).update(role="reviewer")
    clerk = world.browser("second_bureau")
    address = reverse("applications:session_edit", args=[world.session.pk])

    page = clerk.get(reverse("applications:sessions")).content.decode()

    assert world.session.name in page
    assert "由本单位管理员设立和修改" in page
    assert address not in page
    assert reverse("applications:session_new") not in page
    assert clerk.get(address).status_code == 404
    assert clerk.post(address, typed(world.session)).status_code == 404
    remove = reverse("applications:session_remove", args=[world.session.pk])
    assert (clerk.get(remove).status_code, clerk.post(remove).status_code) == (404, 404)
    assert send(clerk, "applications:session_new", entered()).status_code == 404
    assert FilingSession.objects.count() == 1
