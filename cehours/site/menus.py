"""The navigation as data: who sees which item, and the menu path that annex 3 prints for each role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from organizations.acting.actor import Actor
from review.stuck import queries as stuck

Audience = Callable[[Actor], bool]
COUNT_FOR = 60  # seconds


def anyone(actor: Actor) -> bool:
    return True


def visitor(actor: Actor) -> bool:
    return not actor.is_signed_in


def applicant(actor: Actor) -> bool:
    return actor.is_applicant


def reviewer(actor: Actor) -> bool:
    return actor.unit is not None


def unit_admin(actor: Actor) -> bool:
    return actor.is_unit_admin


def bureau(actor: Actor) -> bool:
    return actor.is_bureau


def bureau_admin(actor: Actor) -> bool:
    return actor.is_bureau and actor.is_unit_admin


def province_bureau(actor: Actor) -> bool:
    return actor.is_province_bureau


def demo(actor: Actor) -> bool:
    return bool(getattr(settings, "DEMO", False))


@dataclass(frozen=True)
class Entry:
    """One item of the navigation; `within` lists beginnings of URL names that count as "here" too."""

    label: str
    url_name: str
    icon: str
    audience: Audience
    within: tuple[str, ...] = ()
    count: Callable[[Actor], int] | None = None


@dataclass(frozen=True)
class Item:
    """An entry as the page shows it."""

    label: str
    url: str
    icon: str
    current: bool
    count: str = ""


def cures(actor: Actor) -> bool:
    """卡点: bureaus always; other units while there is something that they can cure."""
    return actor.is_bureau or (actor.unit is not None and stuck_cases(actor) > 0)


def stuck_cases(actor: Actor) -> int:
    """Kept for a minute: the number stands on every page."""
    key = f"stuck:{actor.unit_id}"
    number = cache.get(key)
    if number is None:
        number = stuck.count(actor)
        cache.set(key, number, COUNT_FOR)
    return int(number)


ENTRIES = (
    Entry("首页", "site:home", "home", visitor),
    Entry("我的申报", "applications:list", "list", applicant, ("applications:",)),
    Entry(
        "待办",
        "review:inbox",
        "inbox",
        reviewer,
        ("review:case", "review:batch", "review:approve", "review:return", "review:reject", "review:export"),
    ),
    Entry("已办", "review:handled", "history", reviewer, ("review:withdrawn",)),
    Entry("卡点", "review:stuck", "block", cures, ("review:cure",), stuck_cases),
    Entry("培训计划", "training:plans", "calendar", reviewer, ("training:",)),
    Entry("学时证书打印", "certificates:query", "print", applicant),
    Entry("学时台账", "certificates:ledger", "book", applicant),
    Entry(
        "已出具的认定单",
        "certificates:issued",
        "print",
        bureau,
        ("certificates:detail", "certificates:revoke", "certificates:bod"),
    ),
    Entry("单位", "organizations:units", "tree", bureau, ("organizations:bureau",)),
    Entry("人员", "organizations:members", "people", unit_admin),
    Entry("本局信息", "organizations:imprint", "edit", bureau_admin),
    Entry("申报期", "applications:sessions", "calendar", province_bureau),
    Entry("更正申请", "my_data:requests", "edit", province_bureau, ("my_data:settle", "my_data:let_back")),
    Entry(
        "认定单核验", "certificates:verify", "seal", anyone, ("certificates:verify_", "certificates:batch")
    ),
    Entry("规则", "site:rules", "book", anyone, ("site:polic",)),
    Entry("学时试算", "site:calculator", "calculator", anyone),
    Entry("帮助", "site:help", "help", anyone, ("site:help_role",)),
    Entry("演示信箱", "organizations:mailbox", "mail", demo),
)

# Annex 3, 二 of each guide: the path a person clicks through before the page itself.
PERSONAL_PATH = ("人才人事", "专业技术人员管理", "继续教育")
BUREAU_PATH = ("综合柜员", "待办列表", "人事人才", "专技", "继续教育")


def soft_reverse(url_name: str) -> str:
    """The address of a page, or "" where this installation has no such page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def is_here(entry: Entry, view_name: str) -> bool:
    """Whether the page shown belongs to `entry`: by its name, or by the beginning of its name."""
    return view_name == entry.url_name or view_name.startswith(entry.within)


def menu(actor: Actor, view_name: str) -> list[Item]:
    """What `actor` finds in the navigation, in order."""
    shown = ((entry, soft_reverse(entry.url_name)) for entry in ENTRIES if entry.audience(actor))
    return [
        Item(entry.label, url, entry.icon, is_here(entry, view_name), _number(entry, actor))
        for entry, url in shown
        if url
    ]


def _number(entry: Entry, actor: Actor) -> str:
    """How many wait there; "" where nothing does or nothing is counted."""
    number = entry.count(actor) if entry.count else 0
    return f"{stuck.MOST_COUNTED}+" if number > stuck.MOST_COUNTED else str(number or "")


def trail(actor: Actor) -> list[tuple[str, str]]:
    """The breadcrumb's beginning as (label, url) pairs: home, then the path of annex 3 for this role."""
    home = [("首页", soft_reverse("site:home"))]
    if not actor.is_signed_in:
        return home
    path = BUREAU_PATH if actor.is_bureau else PERSONAL_PATH
    return home + [(label, "") for label in path]


def view_name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
