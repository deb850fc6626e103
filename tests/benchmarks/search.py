"""Two characters of a name among `n` applications that the searching unit has all taken part in.

Ours is the list's own question (`queries.inbox_rows` with a name), as the runtime role with every policy on, for a
pair that many have and for one that nobody has; `ours_s` is the slower. Naive is `name__contains`. The limit is one
look-up of a case by its key, through the same policies. `policies` compares with the owner, whom no policy holds.
"""

from __future__ import annotations

from typing import Any

from tests.benchmarks._bench import Result, database, main, median_of, medians_of, policies, template

MILLION = 1_000_000
TIMES = 101


def run(n: int) -> Result:
    from tests import crowd
    from tests.world import World

    with template() as empty, database(empty) as name:
        world = World.build()
        crowd.gather(name, n=n, session=world.session.pk, unit=world.province.pk, seen_by_unit=True)
        with world.acting("bureau") as clerk:
            asked = {
                "found": "王伟", "given": "伟芳", "nobody": crowd.NOBODY, "pinyin": "wangweif", "initials": "zzz",
                "one": "伟",
            }  # fmt: skip
            works = {key: lambda text=text: _look(clerk, text) for key, text in asked.items()}
            hits = {key: len(work()) for key, work in works.items()}
            naive = median_of(lambda: _naive(clerk, crowd.NOBODY), 5)
            ours = medians_of({**works, "limit": lambda: _by_key(clerk)}, TIMES)
            limit = ours.pop("limit")
            walled = policies(name, *_rows(clerk, crowd.NOBODY).query.sql_with_params())
    return Result(
        "search",
        n,
        naive,
        max(ours["found"], ours["given"], ours["nobody"]),
        limit,
        {
            **{f"{key}_s": float(f"{value:.4g}") for key, value in ours.items()},
            **{f"{key}_hits": value for key, value in hits.items()},
            "policies": round(walled, 2),
        },
    )


def _rows(clerk: Any, text: str) -> Any:
    from review.lists import queries
    from review.lists.criteria import ListCriteria

    return queries.inbox_rows(clerk, ListCriteria(text=text))[:51]


def _look(clerk: Any, text: str) -> list[Any]:
    return list(_rows(clerk, text))


def _naive(clerk: Any, text: str) -> list[Any]:
    from applications.queries import visible_to

    return list(visible_to(clerk).filter(name__contains=text).select_related("employer", "session")[:51])


def _by_key(clerk: Any) -> list[Any]:
    from review.lists import queries

    global _known
    if _known is None:
        _known = queries.inbox(clerk).values_list("pk", flat=True)[0]
    from review.lists.criteria import ListCriteria

    return list(queries.inbox_rows(clerk, ListCriteria()).filter(pk=_known))


_known: Any = None


if __name__ == "__main__":
    raise SystemExit(main(run, n=MILLION, about="两个字的姓名查询"))
