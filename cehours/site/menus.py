"""The navigation as data: who sees which item, and the menu path that annex 3 prints for each role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from organizations.acting.actor import Actor
from training.feeds import queries as feeds

Audience = Callable[[Actor], bool]
MOST_SHOWN = 99


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


def provider(actor: Actor) -> bool:
    return feeds.is_provider(actor)


def demo(actor: Actor) -> bool:
    return bool(getattr(settings, "DEMO", False))


@dataclass(frozen=True)
class Entry:
    """One item of the navigation; `within` lists beginnings of URL names that count as "here" too.

    `also`: who else finds it while something waits there.
    """

    label: str
    url_name: str
    icon: str
    audience: Audience
    within: tuple[str, ...] = ()
    also: Audience | None = None
    group: str = ""


class Waiting(Protocol):
    """How many things wait behind an item, and the list of exactly these."""

    @property
    def number(self) -> int: ...

    @property
    def url(self) -> str: ...


@dataclass(frozen=True)
class Item:
    """An entry as the page shows it; `number`: how many things wait there."""

    label: str
    url: str
    icon: str
    current: bool
    number: int = 0

    @property
    def count(self) -> str:
        return shown(self.number)


@dataclass(frozen=True)
class Group:
    """Items that belong to one kind of work; folded ones open on a press, and say what waits inside."""

    label: str
    items: tuple[Item, ...]
    folded: bool

    @property
    def current(self) -> bool:
        return any(item.current for item in self.items)

    @property
    def count(self) -> str:
        return shown(sum(item.number for item in self.items))


def shown(number: int) -> str:
    """A number beside the navigation; "" for none."""
    return f"{MOST_SHOWN}+" if number > MOST_SHOWN else str(number or "")


REVIEWING, OUTCOMES, MANAGING, LOOKING_UP = "审核", "证书和培训", "管理", "查询和帮助"
FOLDED = (
    MANAGING,
    LOOKING_UP,
)  # of those who work for a unit: one button each, where there is more than one item

ENTRIES = (
    Entry("首页", "site:home", "home", visitor),
    Entry("我的申报", "applications:list", "list", applicant, ("applications:",)),
    Entry(
        "待办",
        "review:inbox",
        "inbox",
        reviewer,
        ("review:case", "review:batch", "review:approve", "review:return", "review:reject", "review:export",
         "review:today"),
        group=REVIEWING,
    ),
    Entry("已办", "review:handled", "history", reviewer, ("review:withdrawn",), group=REVIEWING),
    Entry("卡点", "review:stuck", "block", bureau, ("review:cure",), also=reviewer, group=REVIEWING),
    Entry("学时证书打印", "certificates:query", "print", applicant),
    Entry("学时台账", "certificates:ledger", "book", applicant),
    Entry(
        "已出具的认定单",
        "certificates:issued",
        "print",
        bureau,
        ("certificates:detail", "certificates:revoke", "certificates:bod"),
        group=OUTCOMES,
    ),
    Entry("培训计划", "training:plans", "calendar", reviewer, ("training:",), group=OUTCOMES),
    Entry(
        "学时报送",
        "learning:deliveries",
        "upload",
        provider,
        ("learning:rec", "learning:del", "learning:key", "learning:upload", "learning:att", "learning:with"),
        group=OUTCOMES,
    ),
    Entry(
        "记录核对",
        "learning:look",
        "see",
        province_bureau,
        ("learning:look", "learning:provider"),
        group=OUTCOMES,
    ),
    Entry(
        "单位",
        "organizations:units",
        "tree",
        bureau,
        ("organizations:bureau", "organizations:entrusted", "organizations:unit_"),
        group=MANAGING,
    ),
    Entry("人员", "organizations:members", "people", unit_admin, group=MANAGING),
    Entry("本局信息", "organizations:imprint", "edit", bureau_admin, group=MANAGING),
    Entry(
        "申报期",
        "applications:sessions",
        "clock",
        province_bureau,
        ("applications:session_",),
        group=MANAGING,
    ),
    Entry(
        "更正申请",
        "my_data:requests",
        "person",
        province_bureau,
        ("my_data:settle", "my_data:let_back"),
        group=MANAGING,
    ),
    Entry(
        "认定单核验",
        "certificates:verify",
        "seal",
        anyone,
        ("certificates:verify_", "certificates:batch"),
        group=LOOKING_UP,
    ),
    Entry("规则", "site:rules", "file", anyone, ("site:polic",), group=LOOKING_UP),
    Entry("学时试算", "site:calculator", "calculator", anyone, group=LOOKING_UP),
    Entry("帮助", "site:help", "help", anyone, ("site:help_role",), group=LOOKING_UP),
    Entry("演示信箱", "organizations:mailbox", "mail", demo, group=LOOKING_UP),
)  # fmt: skip

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


def menu(actor: Actor, view_name: str, waiting: Mapping[str, Waiting] | None = None) -> list[Item]:
    """What `actor` finds in the navigation, in order; `waiting`: what waits, by URL name."""
    return [item for group in groups(actor, view_name, waiting) for item in group.items]


def groups(actor: Actor, view_name: str, waiting: Mapping[str, Waiting] | None = None) -> list[Group]:
    """The same, by kind of work. An item with a number leads to the list of what is counted."""
    found: dict[str, list[Item]] = {}
    for entry in ENTRIES:
        waits = (waiting or {}).get(entry.url_name)
        number = waits.number if waits else 0
        shown_to = entry.audience(actor) or (number > 0 and entry.also is not None and entry.also(actor))
        url = soft_reverse(entry.url_name) if shown_to else ""
        if url:
            to = waits.url if waits and number else url
            item = Item(entry.label, to, entry.icon, is_here(entry, view_name), number)
            found.setdefault(entry.group, []).append(item)
    staff = actor.unit is not None
    return [
        Group(label, tuple(items), folded=staff and label in FOLDED and len(items) > 1)
        for label, items in found.items()
    ]


def trail(actor: Actor) -> list[tuple[str, str]]:
    """The breadcrumb's beginning as (label, url) pairs: home, then the path of annex 3 for this role."""
    home = [("首页", soft_reverse("site:home"))]
    if not actor.is_signed_in:
        return home
    path = BUREAU_PATH if actor.is_bureau else PERSONAL_PATH
    return home + [(label, "") for label in path]


def view_name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
