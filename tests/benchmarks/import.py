"""Learning records of 1,000 people, delivered by a base's program as the runtime role with every wall on.

Ours is `services.deliver` in batches of 10,000, rows judged; naive the same service with one record at a time (300 of
them, reckoned up); the limit one INSERT … SELECT from `unnest` of arrays that were made before, into the same table.
`take_up_s` is the task that follows: people found, hours and notices written, for all of them. `batch_s` is one more
batch of 10,000, from judging to commit, at a million records stored.
"""

from __future__ import annotations

from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.benchmarks._bench import Result, database, main, template, timed

PEOPLE, BATCH, NAIVE, STORED = 1_000, 10_000, 300, 1_000_000
# As the owner, for the size alone; nobody asks for their people.
FILL = """
INSERT INTO training_learningrecord (id, provider_id, delivery_id, row, number, version, withdrawn, name, id_kind,
    id_index, id_cipher, year, category, hours, title, completed_on, flags)
SELECT gen_random_uuid(), d.provider_id, d.id, 10000000 + n, 'F-' || n, 1, false, '甲', 'resident',
    sha256(n::text::bytea), sha256(n::text::bytea), 2024, 'public', 1, '课程', '2024-05-01', '{}'
FROM training_delivery d, generate_series(1, %s) AS n WHERE d.id = (SELECT id FROM training_delivery LIMIT 1)
"""


def raws(people: list[tuple[str, str]], n: int, prefix: str) -> list[dict[str, Any]]:
    """`n` rows as the interface hands them on, spread over the people, years and categories."""
    return [
        {
            "number": f"{prefix}-{each}",
            "id_kind": "resident",
            "id_number": people[each % len(people)][1],
            "name": people[each % len(people)][0],
            "year": 2020 + each % 5,
            "category": ("public", "professional")[each % 2],
            "hours": Decimal(each % 16 + 1) / 2,
            "title": "人工智能大模型技术及应用",
            "completed_on": date(2024, 6, 1),
        }
        for each in range(n)
    ]


def deliver(actor: Any, rows: list[dict[str, Any]]) -> Any:
    """One request: judged and taken, in a transaction of its own."""
    from organizations.acting.scope import scope
    from training import services
    from training.feeds.reported import judged

    read = [judged(place, row)[0] for place, row in enumerate(rows, start=1)]
    with scope(actor):
        parcel = services.Parcel("api", uuid4().hex, "0" * 64)
        return services.deliver(actor=actor, parcel=parcel, rows=[row for row in read if row])[0]


def limit(actor: Any, rows: list[dict[str, Any]]) -> float:
    """Seconds for the one statement, its arrays ready; the delivery it names is there already."""
    from django.db import connection

    from organizations.acting.scope import scope
    from organizations.registry import identity
    from training.feeds import queries
    from training.services import feeds

    first = deliver(actor, rows[:1])
    ids = [uuid4() for _ in rows]
    facts = {
        "provider": first.provider_id,
        "delivery": first.pk,
        "ids": ids,
        "rows": list(range(2, len(rows) + 2)),
        "numbers": [f"L-{row['number']}" for row in rows],
        "versions": [1] * len(rows),
        "names": [row["name"] for row in rows],
        "kinds": [row["id_kind"] for row in rows],
        "indexes": [identity.index_of(row["id_kind"], row["id_number"]) for row in rows],
        "ciphers": [
            identity.seal(row["id_number"], table=queries.SEALED, pk=pk)
            for pk, row in zip(ids, rows, strict=True)
        ],
        "years": [row["year"] for row in rows],
        "categories": [row["category"] for row in rows],
        "hours": [row["hours"] for row in rows],
        "titles": [row["title"] for row in rows],
        "days": [row["completed_on"] for row in rows],
        "flags": [""] * len(rows),
    }

    def add() -> None:
        with scope(actor), connection.cursor() as cursor:
            cursor.execute(feeds.ADD, facts)

    return timed(add)


def take_up(deliveries: list[Any]) -> None:
    from training import tasks

    for each in deliveries:
        assert tasks.take_up(str(each.pk))


def run(n: int) -> Result:
    with template() as empty, database(empty) as name:
        return measure(name, n)


def measure(name: str, n: int) -> Result:
    from cehours.lib.idnumbers import make_resident_id
    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope
    from organizations.registry import identity
    from tests.databases import connect_as_owner
    from tests.training import feeding
    from tests.world import World
    from training.models import RecognisedHours

    world = World.build()
    program = Actor.program(feeding.base(world).pk)
    born = date(1985, 1, 1)
    people = [(f"学员{each}", make_resident_id("430102", born, each)) for each in range(1, PEOPLE)]
    with scope(Actor.public()):
        for person, number in people:
            identity.create_person(name=person, id_kind="resident", id_number=number)
    single = raws(people, NAIVE, "N")
    naive_s = timed(lambda: [deliver(program, [row]) for row in single]) / NAIVE * n
    rows = raws(people, n, "B")
    batches = [rows[start : start + BATCH] for start in range(0, n, BATCH)]
    made: list[Any] = []
    ours_s = timed(lambda: made.extend(deliver(program, each) for each in batches))
    limit_s = limit(program, rows)
    take_up_s = timed(lambda: take_up(made))
    with scope(Actor.system("bench")):
        assert RecognisedHours.objects.filter(valid=True).count() == n
    with closing(connect_as_owner(name)) as link, link.cursor() as owner:
        owner.execute(FILL, [STORED - 2 * n])
        owner.execute("ANALYZE training_learningrecord")
    last = raws(people, BATCH, "Z")
    batch_s = timed(lambda: deliver(program, last))
    return Result(
        "import",
        n,
        naive_s,
        ours_s,
        limit_s,
        {"take_up_s": round(take_up_s, 2), "batch_s": round(batch_s, 2), "stored": STORED},
    )


if __name__ == "__main__":
    raise SystemExit(main(run, n=100_000, about="学习记录：十万条，每批一万条"))
