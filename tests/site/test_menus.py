"""Who finds what in the navigation."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cehours.site import menus
from organizations.acting.actor import Actor
from tests.site.people import applicant, bureau, employer


@pytest.fixture(autouse=True)
def every_page_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menus, "soft_reverse", lambda name: f"/{name}/")
    # These actors are made without a database, which is asked for who delivers records.
    monkeypatch.setattr("training.feeds.queries.is_provider", lambda actor: False)


def labels(actor: Actor) -> list[str]:
    return [item.label for item in menus.menu(actor, "")]


def test_a_visitor_finds_the_public_pages_only() -> None:
    assert labels(Actor.public())[:5] == ["首页", "认定单核验", "规则", "学时试算", "帮助"]


@pytest.mark.requirement("R145")
def test_an_applicant_files_and_prints_but_reviews_nothing() -> None:
    found = labels(applicant())
    assert found[:2] == ["我的申报", "学时证书打印"]
    assert "待办" not in found


def test_with_a_units_hat_on_one_reviews_and_does_not_file() -> None:
    found = labels(employer())
    assert found[:2] == ["待办", "已办"]
    assert "我的申报" not in found


@pytest.mark.parametrize(("role", "seen"), [("admin", True), ("reviewer", False)])
def test_only_a_unit_admin_manages_people(role: str, seen: bool) -> None:
    assert ("人员" in labels(employer(role))) is seen


@pytest.mark.parametrize(("level", "seen"), [("province", True), ("city", False), ("county", False)])
def test_only_the_provincial_bureau_edits_filing_sessions(level: str, seen: bool) -> None:
    assert ("申报期" in labels(bureau(level))) is seen


def test_a_page_that_does_not_exist_here_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(menus, "soft_reverse", lambda name: "" if name == "site:rules" else f"/{name}/")
    assert "规则" not in labels(Actor.public())


def test_an_unknown_url_name_reverses_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert menus.soft_reverse("site:nowhere") == ""


@pytest.mark.parametrize(
    ("view_name", "current"),
    [
        ("applications:list", "我的申报"),
        ("applications:year", "我的申报"),
        ("certificates:query", "学时证书打印"),
        ("site:help_role", "帮助"),
    ],
)
def test_the_navigation_marks_where_one_is(view_name: str, current: str) -> None:
    marked = [item.label for item in menus.menu(applicant(), view_name) if item.current]
    assert marked == [current]


@pytest.mark.requirement("R146", "R230")
def test_the_breadcrumb_begins_with_the_path_that_annex_3_prints() -> None:
    personal = [label for label, _ in menus.trail(applicant())]
    clerk = [label for label, _ in menus.trail(bureau())]
    assert personal == ["首页", "人才人事", "专业技术人员管理", "继续教育"]
    assert clerk == ["首页", "综合柜员", "待办列表", "人事人才", "专技", "继续教育"]


def test_a_request_that_reached_no_view_has_no_view_name() -> None:
    assert menus.view_name_of(SimpleNamespace(resolver_match=None)) == ""  # type: ignore[arg-type]
