"""`./dev bench batch`: a bureau approves 10,000 cases at their last step.

Everything a case needs is written each way: decision, assessments, event with its hash, state, certificate with a
number and a frozen sheet, recognised hours, notice and outbox rows; as the runtime role, every policy on.

naive: our public single-object service `approve` in a loop, a transaction each, on fewer cases (`naive_n`; times are
compared per case). ours: confirming the batch and its chunks, as the worker runs them. limit: one PL/pgSQL function
(batch.sql) in one transaction. The chain is recomputed and the numbers counted after each.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.benchmarks._bench import Result, database, main, template, timed

NAIVE = 1_000
SQL = Path(__file__).with_suffix(".sql")


def run(n: int) -> Result:
    """Three copies of one database with `n` cases on a desk, each worked off another way."""
    with template() as empty, database(empty, "filled") as filled:
        _fill(filled, n)
        found: dict[str, Any] = {}
        for way in (_naive, _limit, _ours):
            with database(filled, way.__name__.strip("_")) as copy:
                found[way.__name__] = way(copy, n)
    naive_n, naive_s = found["_naive"]
    ours_s, longest = found["_ours"]
    limit_s = found["_limit"]
    more = {
        "naive_n": naive_n,
        "times_naive": round((naive_s / naive_n) / (ours_s / n), 1),
        "naive_per_case_ms": round(1000 * naive_s / naive_n, 3),
        "ours_per_case_ms": round(1000 * ours_s / n, 3),
        "limit_per_case_ms": round(1000 * limit_s / n, 3),
        "longest_chunk_s": round(longest, 3),
        "chain_and_numbers": "verified",
    }
    return Result("batch", n, naive_s, ours_s, limit_s, more)


def _fill(copy: str, n: int) -> None:
    from tests.benchmarks import _cases
    from tests.world import YEARS, World

    world = World.build()
    case = world.approve(world.submit(world.draft(unit="society", years=YEARS)), by="society_admin")
    _cases.multiply(copy, case, n - 1)


def _clerk() -> Any:
    from organizations.acting.actor import Actor
    from organizations.models import Membership

    hat = Membership.objects.select_related("user", "unit").get(user__username="city_bureau")
    return Actor.of(hat.user, hat)


def _desk(most: int | None = None) -> list[tuple[Any, int]]:
    from organizations.acting.scope import scope
    from review.lists import queries

    clerk = _clerk()
    with scope(clerk):
        return list(queries.inbox(clerk).values_list("pk", "version")[:most])


def _naive(copy: str, n: int) -> tuple[int, float]:
    from organizations.acting.scope import scope
    from review import services

    clerk, cases = _clerk(), _desk(min(n, NAIVE))

    def work() -> None:
        for pk, seen in cases:
            with scope(clerk):
                services.approve(actor=clerk, case_id=pk, seen=seen, opinion="同意")

    seconds = timed(work)
    _verify(len(cases))
    return len(cases), seconds


def _ours(copy: str, n: int) -> tuple[float, float]:
    from organizations import outbox
    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope
    from organizations.models import OutboxItem
    from organizations.models.outbox import OutboxState
    from review import services
    from review.batches.verdicts import Order
    from review.models import BatchAct
    from review.services import batches

    clerk, cases = _clerk(), _desk()
    longest = 0.0
    started = time.perf_counter()
    with scope(clerk):
        services.confirm_batch(
            actor=clerk, token=uuid4(), order=Order(BatchAct.APPROVE, "同意"), chosen=cases
        )
    while True:
        with scope(Actor.system("bench")):
            item = OutboxItem.objects.filter(task=batches.RUN, state=OutboxState.PENDING).first()
        if item is None:
            break
        key = item.key
        chunk = timed(lambda key=key: outbox.perform(batches.RUN, key, lambda: batches.run_chunk(key)))
        longest = max(longest, chunk)
    seconds = time.perf_counter() - started
    _verify(n)
    return seconds, longest


def _limit(copy: str, n: int) -> float:
    from django.conf import settings
    from django.db import connection
    from django.urls import reverse

    from applications import notices
    from applications.models import FilingSession
    from cehours.lib import clock
    from organizations.acting.scope import scope
    from tests import databases

    databases.as_owner(copy, SQL.read_text())
    clerk, session = _clerk(), FilingSession.objects.get()
    words = notices.words("approved", session=str(session), link="", by=str(clerk.unit))
    facts = [
        clerk.user_id,
        clerk.person_id,
        clerk.unit_id,
        clerk.display_name,
        "同意",
        words.body,
        json.dumps(_sheet_of_all(session.policy, clerk.unit.name)),
        settings.PUBLIC_URL + reverse("certificates:verify_token", args=["-"]).replace("-/", ""),
        clock.today().year,
    ]

    def work() -> None:
        with scope(clerk), connection.cursor() as cursor:
            cursor.execute("SELECT bench_approve_all(%s, %s, %s, %s, %s, %s, %s, %s, %s)", facts)
            assert cursor.fetchone()[0] == n

    seconds = timed(work)
    _verify(n)
    return seconds


def _sheet_of_all(policy_key: str, issuer: str) -> dict[str, Any]:
    """What is the same on every sheet."""
    import rules
    from cehours.lib import clock
    from certificates.paper.sheet import FORMAT

    policy = rules.load_policy(policy_key)
    texts = policy.certificate
    assert texts is not None
    return {
        "format": FORMAT,
        "number_label": texts.number_label,
        "heading": texts.heading,
        "title": texts.title,
        "basis": texts.basis,
        "sentence": texts.sentence,
        "categories": [[category.key, category.name] for category in policy.categories],
        "issuer": issuer,
        "issued_on": clock.today().isoformat(),
    }


def _verify(n: int) -> None:
    """Every chain recomputed, numbers without a gap, every sheet readable, everything written once for each case."""
    from applications.models import Assessment, Decision
    from certificates.models import Certificate
    from certificates.paper.sheet import Sheet
    from organizations import audit
    from organizations.acting.actor import Actor
    from organizations.acting.scope import scope
    from organizations.models import Notice, OutboxItem
    from training.models import RecognisedHours

    with scope(Actor.system("bench")):
        assert list(audit.faults()) == []
        serials = list(Certificate.objects.order_by("serial").values_list("serial", flat=True))
        assert serials == list(range(1, n + 1))
        for sheet in Certificate.objects.values_list("sheet", flat=True).iterator():
            Sheet.from_json(sheet)
        decided = Decision.objects.filter(unit=_clerk().unit)
        assert decided.count() == Notice.objects.filter(kind="approved").count() == n
        assert (
            Assessment.objects.filter(decision__in=decided).count()
            == RecognisedHours.objects.count()
            == 10 * n
        )
        for task in ("certificates.render", "organizations.deliver_notice"):
            assert OutboxItem.objects.filter(task=task).count() >= n, task


if __name__ == "__main__":
    sys.exit(main(run, n=10_000, about="批量审核：一次办理一万件"))
