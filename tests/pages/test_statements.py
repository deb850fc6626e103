"""No page asks the database more often because its list is longer; how often it asks is pinned here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.pages.growing import Growing
from tests.world import World

ROUNDS = 3
# Beside the pins below: the numbers in the navigation of whoever works for a unit are counted anew on every page, in
# one statement, so that they are those of the lists and not a minute old.
IN_MENU = 1
APPLICANTS = ("applicant", "newcomer")
Of = Callable[[Growing], Any]


class Page(NamedTuple):
    name: str
    who: str
    statements: int
    of: Of | None = None  # what the address names
    picked: Of | None = None  # the cases of a batch: the page answers what is posted


class Look(NamedTuple):
    statements: int
    length: int


PAGES = [
    Page("applications:list", "applicant", 11),
    Page("applications:sessions", "bureau", 10),  # one more: the changes that wait for a second administrator
    Page("applications:detail", "newcomer", 18, lambda at: at.draft.pk),
    Page("applications:papers", "newcomer", 12, lambda at: at.draft.pk),
    Page("applications:check", "newcomer", 22, lambda at: at.draft.pk),  # one more: who could decide it there
    Page("certificates:query", "applicant", 12),
    Page("certificates:ledger", "applicant", 11),
    Page("certificates:issued", "city_bureau", 12),
    Page("my_data:show", "applicant", 16),
    Page("my_data:requests", "bureau", 9),
    Page("organizations:notices", "applicant", 10),
    Page("organizations:units", "bureau", 12),  # two more: accounts and cases in hand of all that are shown
    Page("organizations:members", "employer", 13),  # three more: second factors, cases assigned, absences
    Page("review:inbox", "society_admin", 15),
    Page("review:inbox", "city_bureau", 15),
    Page("review:handled", "society_admin", 13),
    Page("review:withdrawn", "society_admin", 13),
    Page("review:batch", "city_bureau", 10),
    Page("review:batch", "city_bureau", 20, picked=lambda at: at.waiting),
    Page("review:exports", "society_admin", 9),
    Page("review:case", "city_bureau", 32, lambda at: at.waiting[-1].pk),
    Page("training:plans", "employer", 13),
    Page("training:filed", "department", 12),
    Page("training:plan", "employer", 12, lambda at: at.plan.pk),
    Page("training:people", "employer", 12, lambda at: at.plan.pk),
]


def key(page: Page) -> str:
    return f"{page.name} {page.who}{' preview' if page.picked else ''}"


@pytest.fixture(scope="module")
def counted(shared_world: World) -> dict[str, list[Look]]:
    """For each page: a look at it with one row in each list, and one with three."""
    growing = Growing(shared_world)
    seen: dict[str, list[Look]] = {key(page): [] for page in PAGES}
    for number in range(ROUNDS):
        growing.grow()
        if number in (0, ROUNDS - 1):
            for page in PAGES:
                seen[key(page)].append(look(growing, page))
    return seen


def look(growing: Growing, page: Page) -> Look:
    """The second look; the first one fills the caches."""
    browser = growing.world.browser(page.who)
    address = reverse(page.name, args=[page.of(growing)] if page.of else [])
    answer = None
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            if page.picked:
                ticked = [f"{case.pk}:{case.version}" for case in page.picked(growing)]
                answer = browser.post(address, {"pick": ticked})
            else:
                answer = browser.get(address)
        assert answer.status_code == 200
    return Look(len(asked), len(answer.content))


@pytest.mark.parametrize("page", PAGES, ids=key)
def test_a_page_asks_as_often_for_three_rows_as_for_one(counted: dict[str, list[Look]], page: Page) -> None:
    one, three = counted[key(page)]

    expected = page.statements + (0 if page.who in APPLICANTS else IN_MENU)
    assert (one.statements, three.statements) == (expected, expected)
    assert one.length < three.length  # the rows are really there
