"""待办 with the numbers above it: first and deep page at `n` applications, n/100 of them on the desk.

Ours is what the page asks (`queries.inbox_rows` by key, `counts.inbox`), as the runtime role with every policy
on. Naive is what one writes first: count, offset, and an instance of every joined model. The limit is the bare
statements in plain SQL. The same is measured at 10,000 applications; `growth` is the slower of the two pages there
and here. `order_…`: how many times as long as by waiting a page in another order takes. `policies` compares the page's
own statements with the owner's, whom no policy holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.benchmarks._bench import Result, ask, database, main, median_of, medians_of, policies, template

RATIOS = ("policies", "order_submitted", "order_unit", "order_name")
SMALL, MILLION = 10_000, 1_000_000
TIMES = 101
PAGE = """
SELECT a.id, a.version, a.name, a.id_cipher, a.person_id, a.title_series, a.specialty, a.years_met, a.warnings,
    a.state, a.revision, a.arrived_at, a.submitted_at, e.name, r.name, s.year, s.opens_at, s.review_until
FROM applications_application a
LEFT JOIN organizations_unit e ON e.id = a.employer_id
LEFT JOIN organizations_region r ON r.code = a.region_id
JOIN applications_filingsession s ON s.id = a.session_id
WHERE a.current_unit_id = %(unit)s AND a.state IN ('employer_review', 'department_review', 'bureau_review')
    {after}
ORDER BY a.arrived_at, a.id LIMIT 51
"""
DESK = "current_unit_id = %(unit)s AND state IN ('employer_review', 'department_review', 'bureau_review')"
ONE = f"SELECT count(*) FROM (SELECT FROM applications_application WHERE {DESK} {{}} LIMIT 1000) AS t"
BADGES = "SELECT ({}), ({}), ({}), ({})".format(
    ONE.format(""),
    ONE.format("AND years_met AND warnings = 0"),
    ONE.format("AND NOT (years_met AND warnings = 0)"),
    ONE.format("AND arrived_at < now() - interval '5 days'"),
)
AFTER = "AND (a.arrived_at, a.id) > (%(at)s, %(id)s)"


def measure(name: str, n: int) -> dict[str, float]:
    """Medians in seconds on a fresh world with a crowd of `n`."""
    from tests import crowd
    from tests.world import World

    world = World.build()
    crowd.gather(name, n=n, session=world.session.pk, unit=world.province.pk)
    with world.acting("bureau") as clerk:
        middle = _row(clerk, n // 200)
        pages = {"first": None, "deep": middle}
        found = {}
        for key, place in pages.items():
            ways = _ways(clerk, place, n // 200 if place else 0)
            found[f"{key}_naive"] = median_of(ways.pop("naive"), 21)
            found |= {f"{key}_{kind}": value for kind, value in medians_of(ways, TIMES).items()}
        found |= _orders(clerk, middle)
        found["policies"] = policies(name, *_statement(clerk, middle))
    return found


def _row(clerk: Any, place: int) -> Any:
    from review.lists import queries

    return queries.inbox(clerk)[place]


def _ways(clerk: Any, place: Any, offset: int) -> dict[str, Callable[[], Any]]:
    facts = {"unit": str(clerk.unit_id)}
    if place:
        facts |= {"at": place.arrived_at, "id": str(place.pk)}
    page = PAGE.format(after=AFTER if place else "")
    return {
        "ours": lambda: _ours(clerk, _cursor_after(place)),
        "naive": lambda: _naive(clerk, offset),
        "limit": lambda: [ask(page, facts), ask(BADGES, facts)],
    }


def _ours(clerk: Any, cursor: str | None) -> Any:
    from cehours.lib.paging import keyset_page
    from review.lists import counts, queries
    from review.lists.criteria import ListCriteria

    page = keyset_page(queries.inbox_rows(clerk, ListCriteria()), order="arrived_at", cursor=cursor)
    assert len(page.rows) == 50 or cursor
    return page, counts.inbox(clerk)


def _naive(clerk: Any, offset: int) -> Any:
    from applications.models import Application

    cases = Application.objects.filter(current_unit_id=clerk.unit_id, state__endswith="_review").order_by(
        "arrived_at", "id"
    )
    joined = cases.select_related("employer", "session", "current_unit", "region")
    return cases.count(), list(joined[offset : offset + 50])


def _orders(clerk: Any, place: Any) -> dict[str, float]:
    """How much longer a page takes in each other order than by waiting: the slower of the first and a deep one."""
    from cehours.lib.paging import _write_cursor, keyset_page
    from review.lists import queries
    from review.lists.criteria import ListCriteria

    rows = queries.inbox_rows(clerk, ListCriteria())
    row = rows.get(pk=place.pk)

    def page(order: str, cursor: str | None) -> Callable[[], Any]:
        return lambda: keyset_page(rows, order=order, cursor=cursor)

    pages = {}
    for key, order in queries.ORDERS.items():
        pages[f"{key} first"] = page(order, None)
        pages[f"{key} deep"] = page(order, _write_cursor(row, order, forward=True))
    taken = medians_of(pages, TIMES)
    return {
        f"order_{key}": max(taken[f"{key} {kind}"] / taken[f" {kind}"] for kind in ("first", "deep"))
        for key in queries.ORDERS
        if key
    }


def _cursor_after(place: Any) -> str | None:
    from cehours.lib.paging import _write_cursor

    return _write_cursor(place, "arrived_at", forward=True) if place else None


def _statement(clerk: Any, place: Any) -> tuple[str, tuple[Any, ...]]:
    """The page's own statement, as Django writes it."""
    from review.lists import queries
    from review.lists.criteria import ListCriteria

    rows = queries.inbox_rows(clerk, ListCriteria()).filter(arrived_at__gte=place.arrived_at)[:51]
    statement, values = rows.query.sql_with_params()
    return statement, values


def run(n: int) -> Result:
    with template() as empty:
        with database(empty, "small") as name:
            small = measure(name, SMALL)
        with database(empty, "large") as name:
            large = measure(name, n)
    return Result(
        "queue",
        n,
        large["deep_naive"],
        large["deep_ours"],
        large["deep_limit"],
        {
            **{f"{key}_s": float(f"{value:.4g}") for key, value in large.items() if key not in RATIOS},
            **{key: round(large[key], 2) for key in RATIOS[1:]},
            "growth": round(max(large[f"{key}_ours"] / small[f"{key}_ours"] for key in ("first", "deep")), 2),
            "times_limit_first": round(large["first_ours"] / large["first_limit"], 2),
            "policies": round(large["policies"], 2),
        },
    )


if __name__ == "__main__":
    raise SystemExit(main(run, n=MILLION, about="待办列表：首页、深页和上方的数字"))
