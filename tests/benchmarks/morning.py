"""`./dev bench morning`: a clerk's morning at a bureau, in a browser: 50 clean cases one by one in 审阅模式, all their
papers looked at, then the other 450 as one batch.

page_loads: pages that the browser loaded during the 50, after the first. keys_per_case: keys pressed to decide, beyond
looking. seconds_per_case: the machine's time a case, from the first look to the next case on the screen; no time for
reading is added. batch_s: from the tick in the list to the last case decided. n is the number of all cases.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from tests.benchmarks._bench import database, main, template

ONE_BY_ONE = 50
BEFORE = 3.3  # seconds of machine time a case at best, with three page loads (commit cd4f66e)


@dataclass(frozen=True)
class Morning:
    """What was counted and measured."""

    n: int
    seconds: float
    page_loads: int
    keys: int
    papers: int
    batch_seconds: float
    approved: int

    def facts(self) -> dict[str, Any]:
        single = min(ONE_BY_ONE, self.n)
        return {
            "name": "morning",
            "n": self.n,
            "naive_s": round(BEFORE * single, 1),
            "ours_s": round(self.seconds, 2),
            "page_loads": self.page_loads,
            "keys_per_case": round(self.keys / single, 2),
            "papers_per_case": round(self.papers / single, 1),
            "seconds_per_case": round(self.seconds / single, 3),
            "seconds_per_case_before": BEFORE,
            "batch_n": self.n - single,
            "batch_s": round(self.batch_seconds, 2),
            "approved": self.approved,
        }


def run(n: int) -> Morning:
    with template() as empty, database(empty, "morning") as copy:
        return _morning(copy, n)


def _morning(copy: str, n: int) -> Morning:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from tests.benchmarks import _cases
    from tests.journeys.clerk import filled_desk
    from tests.journeys.own_site import serving, sign_in
    from tests.world import YEARS, World

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps a loop in this thread
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"  # nothing is collected here
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    world = World.build()
    single = min(ONE_BY_ONE, n)
    cases = filled_desk(world, single, YEARS)  # with papers of their own
    if n > single:
        _cases.multiply(copy, cases[-1], n - single)
        _numbers(copy)
    with serving() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-browser"),
            args=["--no-sandbox"],
        )
        context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
        page = sign_in(context, world, site, "city_bureau")
        counted = _one_by_one(page, site, single)
        batch_seconds = _the_rest(world, page, site) if n > ONE_BY_ONE else 0.0
        browser.close()
    return Morning(n, *counted, batch_seconds, _approved(world))


def _numbers(copy: str) -> None:
    """Gives the copied cases identity numbers that open: each is sealed for its own row."""
    from organizations.registry import identity
    from tests.databases import connect_as_owner

    with closing(connect_as_owner(copy)) as link, link.cursor() as cursor:
        cursor.execute("ALTER TABLE applications_application DISABLE TRIGGER USER")
        cursor.execute("SELECT id FROM applications_application WHERE name LIKE '案卷%'")
        for (pk,) in cursor.fetchall():
            sealed = identity.seal("430102198001011234", table="application", pk=pk)
            cursor.execute("UPDATE applications_application SET id_cipher = %s WHERE id = %s", (sealed, pk))
        cursor.execute("ALTER TABLE applications_application ENABLE TRIGGER USER")


def _one_by_one(page: Any, site: str, count: int) -> tuple[float, int, int, int]:
    """(seconds, page loads, keys, papers) of the cases decided one by one."""
    from tests.journeys.clerk import Clerk

    page.goto(f"{site}/review/?view=clean")
    page.locator("[data-open]").first.click()
    page.wait_for_url("**/review/cases/**")
    clerk, papers = Clerk(page), 0
    clerk.sit_down()
    started = time.perf_counter()
    for _ in range(count):
        papers += clerk.look()
        clerk.approve()
    return time.perf_counter() - started, len(clerk.loads), len(clerk.keys), papers


def _the_rest(world: Any, page: Any, site: str) -> float:
    """Seconds until everything else that is clean was approved as one batch."""
    from review.models import Batch
    from tests.review import batching

    started = time.perf_counter()
    page.goto(f"{site}/review/?view=clean")
    page.locator("[data-everything]").check()
    page.locator("[data-act-label=审核通过]").click()
    page.locator("[name=confirm]").click()
    page.wait_for_url("**/review/batch/*-*/")
    with world.acting("city_bureau"):
        batch = Batch.objects.latest("created_at")
    batching.worked_off(batch)
    return time.perf_counter() - started


def _approved(world: Any) -> int:
    from applications.models import Application

    with world.acting("city_bureau"):
        return Application.objects.filter(state="approved").count()


if __name__ == "__main__":
    raise SystemExit(main(run, n=500, about="一个上午：50 件在审阅模式逐件审核，其余批量"))
