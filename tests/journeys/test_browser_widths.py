"""No page scrolls sideways, whatever long word stands on it: a web address of 100 characters as name or title."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from applications import services
from applications.models import Application
from applications.states import State
from organizations.acting.actor import Actor
from organizations.models import Unit
from tests.journeys.own_site import serving, sign_in
from tests.journeys.window import CUT_OFF
from tests.security.addresses import GENERAL, OF_SOMEBODY, Places, names, who_may
from tests.world import World, picture, plain_year

WIDTHS = (320, 375, 768, 1280)
WORD = "https://example.edu.cn/" + "course" * 12 + "-2020"
assert len(WORD) == 100


def fill_in(world: World, actor: Actor, case: Application) -> None:
    """The long word wherever one types or uploads."""
    services.attach(
        actor=actor, application_id=case.pk, year=2020, file=io.BytesIO(picture("gray")),
        filename=f"{WORD.rpartition('/')[2]}.png", kind="notice", stamped=True,
    )  # fmt: skip
    case.refresh_from_db()
    services.save_header(
        actor=actor, application_id=case.pk, seen=case.version, data={"specialty": WORD[:60], "remark": WORD}
    )
    plain = plain_year(2020)
    long = [services.ActivityInput(each.category, WORD, each.hours, each.form) for each in plain]
    case.refresh_from_db()
    services.save_year(actor=actor, application_id=case.pk, seen=case.version, year=2020, activities=long)


@pytest.fixture
def site(committed_world: World) -> Iterator[str]:
    Unit.objects.filter(pk=committed_world.hospital.pk).update(name=f"省第九人民医院{WORD}"[:100])
    committed_world.hospital.refresh_from_db()
    with serving() as address:
        yield address


def at(world: World, state: State) -> Application:
    case = world.draft()
    with world.acting("applicant") as actor:
        fill_in(world, actor, case)
        case.refresh_from_db()
    if state == State.DRAFT:
        return case
    case = world.submit(case)
    case = world.approve(case, by="employer")
    return world.return_(case, by="department", reason=WORD) if state == State.RETURNED else case


def too_wide(page: Page, address: str) -> list[str]:
    answer = page.request.get(address)  # a refusal without a page is an error to the browser
    if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
        return []
    page.goto(address)
    if not page.locator("link[rel=stylesheet]").count():  # a piece of a page, for a script
        return []
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{address} at {width}: {each}" for each in page.evaluate(CUT_OFF)]
    return found


def pages_of(who: str, state: State, places: Places, *, but: tuple[str, ...] = ()) -> list[str]:
    """Every address this person opens while the case is in this state."""
    listed = GENERAL.keys() | OF_SOMEBODY.keys()
    return sorted(
        places.of(name, arguments)
        for name, arguments in names()
        if name in listed and who in who_may(name, 0, state) and not name.startswith(but)
        if not name.endswith(("file", "download", "page", "thumb", "batch_template", "logout"))
    )


def look(browser: Browser, world: World, site: str, who: str, addresses: list[str]) -> list[str]:
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(15_000)
    page = context.new_page() if who == "visitor" else sign_in(context, world, site, who)
    wrong = [each for address in addresses for each in too_wide(page, site + address)]
    context.close()
    return wrong


def test_the_pages_one_files_on_fit_every_width(committed_world: World, site: str, chromium: Browser) -> None:
    case = at(committed_world, State.DRAFT)
    own = [
        address
        for address in pages_of("applicant", State.DRAFT, Places(committed_world, case))
        if address.startswith("/applications/")
    ]
    assert len(own) >= 12
    assert look(chromium, committed_world, site, "applicant", own) == []


@pytest.mark.long
@pytest.mark.parametrize("who", ["visitor", "applicant", "employer", "department", "bureau"])
def test_every_page_fits_every_width(committed_world: World, site: str, chromium: Browser, who: str) -> None:
    case = at(committed_world, State.DEPARTMENT_REVIEW)
    addresses = pages_of(who, State.DEPARTMENT_REVIEW, Places(committed_world, case))
    assert look(chromium, committed_world, site, who, addresses) == []


@pytest.mark.long
def test_a_returned_case_fits_every_width(committed_world: World, site: str, chromium: Browser) -> None:
    case = at(committed_world, State.RETURNED)
    own = [
        *(f"/applications/{case.pk}/{name}" for name in ("", "progress/", "check/", "years/2020/")),
        f"/applications/{case.pk}/years/2020/evidence/",
        "/applications/",
    ]
    assert look(chromium, committed_world, site, "applicant", own) == []
