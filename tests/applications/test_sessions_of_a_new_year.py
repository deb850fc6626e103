"""A new year's session asks about what its policy still has of last year's; one that nobody used can be removed."""

import shutil

import pytest
from django.urls import reverse

from applications.models import FilingSession
from applications.services import sessions
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.errors import NotNow
from organizations.acting.scope import scope
from organizations.models import Event, Membership
from rules import loader
from tests.applications.test_filing_sessions import entered
from tests.organizations.people import send

NEW = {"policy": "hunan-2026", "other_year": ""}
KEY = (
    ('key = "hunan-2025"', 'key = "hunan-2026"'),
    ("year = 2025\n", "year = 2026\n"),
    ("opens = 2025-", "opens = 2026-"),
    ("closes = 2025-", "closes = 2026-"),
    ("review_until = 2025-", "review_until = 2026-"),
)
CHANGED = (
    ("关于做好2025年专业技术人员", "关于做好2026年专业技术人员"),
    ("湘人社办函〔2025〕37号", "湘人社办函〔2026〕1号"),
    ("issued_on = 2025-05-03", "issued_on = 2026-05-06"),
    ("[themes]", '[themes]\n2026 = ["新主题"]'),
)


def forget():
    for cached in (loader.available_policies, loader.broken_policies, loader.load_policy):
        cached.cache_clear()


@pytest.fixture
def in_force(tmp_path, monkeypatch):
    """Puts hunan-2026 beside the shipped policies: last year's file with these changes."""

    def write(*changes):
        folder = tmp_path / "policies"
        shutil.copytree(loader.POLICIES, folder)
        text = (folder / "hunan/2025.toml").read_text(encoding="utf-8")
        for old, new in (*KEY, *changes):
            assert old in text, old
            text = text.replace(old, new, 1)
        (folder / "hunan/2026.toml").write_text(text, encoding="utf-8")
        monkeypatch.setattr(loader, "POLICIES", folder)
        forget()

    yield write
    monkeypatch.undo()
    forget()


@pytest.mark.requirement("R005")
def test_what_a_policy_still_has_of_last_year_is_asked_about_before_it_is_saved(world, in_force):
    in_force()
    browser = world.browser("bureau")

    asked = send(browser, "applications:session_new", entered(**NEW))

    page = asked.content.decode()
    assert asked.status_code == 422
    for says in (
        "通知名称仍是“关于做好2025年",
        "文号仍是“湘人社办函〔2025〕37号”",
        "发文日期仍是“2025-05-03”",
    ):
        assert says in page
    assert 'name="as_last_year"' in page
    assert 'value="2026年度学时核认"' in page
    assert FilingSession.objects.count() == 1
    confirmed = send(browser, "applications:session_new", entered(**NEW, as_last_year="on"))
    assert confirmed.status_code == 302
    assert FilingSession.objects.count() == 2


def test_each_of_the_three_is_asked_about_alone(world, in_force):
    in_force(*(change for change in CHANGED if "湘人社办函" not in change[0]))

    page = send(world.browser("bureau"), "applications:session_new", entered(**NEW)).content.decode()

    assert "文号仍是“湘人社办函〔2025〕37号”" in page
    assert "通知名称仍是" not in page


def test_a_policy_with_everything_new_is_not_asked_about(world, in_force):
    in_force(*CHANGED)

    assert send(world.browser("bureau"), "applications:session_new", entered(**NEW)).status_code == 302


def remove(browser, session):
    return browser.post(reverse("applications:session_remove", args=[session.pk]), follow=True)


def test_a_session_that_nobody_used_is_removed_after_a_question(world):
    browser = world.browser("bureau")
    address = reverse("applications:session_remove", args=[world.session.pk])
    assert (
        address in browser.get(reverse("applications:session_edit", args=[world.session.pk])).content.decode()
    )

    assert "删除后首页不再显示" in browser.get(address).content.decode()
    assert FilingSession.objects.count() == 1
    answer = remove(browser, world.session)

    assert f"“{world.session.name}”已删除" in answer.content.decode()
    assert not FilingSession.objects.exists()
    with scope(Actor.system("tests")):
        last = Event.objects.filter(subject="session", subject_id=world.session.pk).order_by("seq").last()
        assert last is not None
        assert last.act == "deleted"
        assert list(audit.faults()) == []


def test_a_session_with_a_draft_stays(world):
    world.draft()
    browser = world.browser("bureau")
    edit = browser.get(reverse("applications:session_edit", args=[world.session.pk])).content.decode()

    assert reverse("applications:session_remove", args=[world.session.pk]) not in edit
    assert "已有人在该申报期申报，不能删除" in remove(browser, world.session).content.decode()
    with world.acting("bureau") as actor, pytest.raises(NotNow):
        sessions.remove_session(actor=actor, session_id=world.session.pk)
    assert FilingSession.objects.count() == 1


def test_a_clerk_and_other_units_remove_no_session(world):
    Membership.objects.filter(pk=world.second_bureau.membership.pk).update(role="reviewer")

    for who in ("second_bureau", "city_bureau", "employer", "applicant"):
        assert remove(world.browser(who), world.session).status_code == 404, who
    assert FilingSession.objects.count() == 1
