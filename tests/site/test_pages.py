"""The public pages, the frame around them, and the pages that say what went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.test import RequestFactory

from cehours.lib import clock
from cehours.site import context, styleguide, views
from cehours.site.guides import GUIDES
from tests.site.conftest import Get
from tests.site.people import applicant, bureau, employer

PAGES: list[tuple[Callable[..., Any], dict[str, str]]] = [
    (views.home, {}),
    (views.help_index, {}),
    *((views.help_page, {"role": role}) for role in GUIDES),
    (views.accessibility, {}),
    (views.privacy, {}),
    (styleguide.show, {}),
]
OUTSIDE = re.compile(r'(?:src|href|action)="(?:https?:)?//')
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", re.IGNORECASE)


@pytest.mark.parametrize(("view", "kwargs"), PAGES)
@pytest.mark.django_db
def test_every_page_is_complete_and_keeps_the_security_policy(
    get: Get, view: Callable[..., Any], kwargs: dict[str, str]
) -> None:
    page = get(view, **kwargs)
    assert re.search(r"<title>\S.* - 学时核认</title>", page)
    assert page.count("<h1") >= 1
    assert "<c-" not in page
    assert not OUTSIDE.search(page)
    assert not INLINE.search(page)


@pytest.mark.parametrize(("view", "kwargs"), PAGES)
@pytest.mark.django_db
def test_no_id_stands_twice_on_a_page(get: Get, view: Callable[..., Any], kwargs: dict[str, str]) -> None:
    ids = re.findall(r'\sid="([^"]+)"', get(view, **kwargs))
    assert sorted(ids) == sorted(set(ids))


def session() -> SimpleNamespace:
    """20 May to 20 July, written as the first moment that no longer counts."""
    return SimpleNamespace(
        name="2025年度",
        opens_at=datetime(2025, 5, 19, 16, tzinfo=UTC),
        closes_at=datetime(2025, 7, 20, 16, tzinfo=UTC),
    )


@pytest.mark.django_db
def test_home_counts_the_days_to_the_last_day_of_filing(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "open_sessions", lambda: [session()])
    with clock.at(datetime(2025, 7, 1, 1, tzinfo=UTC)):
        page = get(views.home)
    assert "2025年5月20日 至 2025年7月20日" in page
    assert '<span class="window-days">19</span> 天' in page


@pytest.mark.django_db
def test_on_the_last_evening_home_says_today(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "open_sessions", lambda: [session()])
    with clock.at(datetime(2025, 7, 20, 15, 59, tzinfo=UTC)):
        page = get(views.home)
    assert '<span class="window-days">今天</span>' in page


@pytest.mark.django_db
def test_outside_every_session_home_says_so(get: Get) -> None:
    assert "当前不在申报期" in get(views.home)


@pytest.mark.django_db
def test_the_frame_names_the_person_and_the_unit(get: Get) -> None:
    page = get(views.home, employer("admin"))
    assert "欧阳明玥" in page
    assert "长沙市第一医院 · 管理员" in page


@pytest.mark.django_db
def test_the_frame_of_an_applicant_says_that_nobody_elses_hat_is_on(get: Get) -> None:
    assert "以个人身份办理" in get(views.home, applicant())


def test_help_for_an_unknown_role_is_not_found(get: Get) -> None:
    with pytest.raises(Http404):
        get(views.help_page, role="wizard")


@pytest.mark.parametrize(
    ("view", "exception", "status", "words"),
    [
        (views.bad_request, SuspiciousOperation(), 400, "请求有误"),
        (views.bad_request, RequestDataTooBig(), 413, "文件太大"),
        (views.forbidden, PermissionError(), 403, "不能办理"),
        (views.not_found, Http404(), 404, "没有这个页面"),
    ],
)
@pytest.mark.django_db
def test_an_error_page_says_what_to_do_and_leads_back(
    rf: RequestFactory, view: Callable[..., Any], exception: Exception, status: int, words: str
) -> None:
    response = view(rf.get("/x/"), exception)
    page = response.content.decode()
    assert response.status_code == status
    assert words in page
    assert 'href="/"' in page


@pytest.mark.django_db
def test_a_form_that_stayed_open_too_long_says_so(rf: RequestFactory) -> None:
    response = views.csrf_failure(rf.post("/x/"))
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_the_page_for_a_failure_needs_nothing_that_may_have_failed(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(context, "site", broken)
    response = views.server_error(rf.get("/x/"))
    assert response.status_code == 500
    assert "系统出了问题" in response.content.decode()


@pytest.mark.parametrize(("actor", "name"), [(applicant(), "applications:list"), (bureau(), "review:inbox")])
def test_after_signing_in_one_lands_at_ones_work(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch, actor: Any, name: str
) -> None:
    monkeypatch.setattr("cehours.site.menus.soft_reverse", lambda url_name: f"/{url_name}/")
    request = rf.get("/start/")
    request.actor = actor  # type: ignore[attr-defined]
    assert views.start(request)["Location"] == f"/{name}/"
