"""What waits at a desk, in true numbers: beside the navigation, on the page 工作提要 and in the digest.

Each number is that of the very list it leads to, under the same hat.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse

from applications import queries as applications
from certificates import queries as certificates
from organizations.acting.actor import Actor
from organizations.messaging.work import Work, concerns
from organizations.models import RequestState
from organizations.registry import data_requests
from review.lists import queries as lists
from review.lists.criteria import ListCriteria
from review.stuck import queries as stuck
from training.models import PlanState
from training.plans import queries as plans

MOST_COUNTED = 999  # as the lists themselves count
IN_MENU = 99
STUCK_FOR = 60  # seconds; asked on every page, it would cost more than all the others
DESK = "desk"
IN_ITEMS = {
    Work.REVOCATIONS: "certificates:issued",
    Work.PLANS: "training:plans",
    Work.CORRECTIONS: "my_data:requests",
    Work.SESSIONS: "applications:sessions",
}
LISTS = {
    Work.FRESH: ("review:inbox", "?mark=fresh"),
    Work.LATE: ("review:inbox", "?view=late"),
    Work.MINE: ("review:inbox", "?mark=mine"),
    Work.STUCK: ("review:stuck", ""),
    Work.REVOCATIONS: ("certificates:issued", ""),
    Work.PLANS: ("training:filed", ""),
    Work.CORRECTIONS: ("my_data:requests", "?waiting=1"),
    Work.SESSIONS: ("applications:sessions", ""),
}


@dataclass(frozen=True)
class Line:
    """One kind of work, how many there are (counted up to MOST_COUNTED + 1), and the list that holds them."""

    kind: Work
    number: int

    @property
    def shown(self) -> str:
        return f"{MOST_COUNTED}+" if self.number > MOST_COUNTED else str(self.number)

    @property
    def measure(self) -> str:
        return "份" if self.kind == Work.PLANS else "件"

    @property
    def says(self) -> str:
        return f"{self.kind.label} {self.shown} {self.measure}"

    @property
    def url(self) -> str:
        name, asked = LISTS[self.kind]
        return reverse(name) + asked


def lines(actor: Actor, kinds: Container[Work]) -> list[Line]:
    """What of these kinds waits under the actor's hat, as far as there is any; to be asked in the actor's scope."""
    if actor.unit is None:
        return []
    asked = {kind: rows for kind, rows in _questions(actor).items() if kind in kinds}
    numbers = _counted(asked, MOST_COUNTED)
    if Work.STUCK in kinds:
        numbers[Work.STUCK] = stuck.count(actor)
    return [Line(kind, numbers[kind]) for kind in Work if numbers.get(kind)]


@dataclass(frozen=True)
class Waits:
    """How many things wait (counted up to IN_MENU + 1), and the list of exactly these."""

    number: int
    url: str


def in_menu(actor: Actor) -> dict[str, Waits]:
    """What waits, by the URL name of its item in the navigation; one question but for 卡点."""
    if actor.unit is None:
        return {}
    questions = _questions(actor)
    asked: dict[str, QuerySet[Any]] = {kind: questions[kind] for kind in IN_ITEMS if kind in questions}
    numbers = _counted({DESK: lists.inbox(actor), **asked}, IN_MENU)
    found = {
        item: Waits(numbers[kind], Line(kind, 0).url) for kind, item in IN_ITEMS.items() if kind in numbers
    }
    return found | {
        "review:inbox": Waits(numbers[DESK], reverse("review:inbox")),
        "review:stuck": Waits(_stuck(actor), reverse("review:stuck")),
    }


def _questions(actor: Actor) -> dict[str, QuerySet[Any]]:
    """The rows behind each number that can be one for this hat; 卡点 has a statement of its own."""
    assert actor.unit is not None
    found: dict[str, QuerySet[Any]] = {
        Work.FRESH: lists.matching(actor, ListCriteria(mark=lists.FRESH)),
        Work.LATE: lists.matching(actor, ListCriteria(view="late")),
        Work.MINE: lists.matching(actor, ListCriteria(mark="mine")),
        Work.PLANS: plans.filed_plans(actor).filter(state=PlanState.FILED),
    }
    if concerns(actor.unit, Work.REVOCATIONS) and actor.person_id is not None:
        found[Work.REVOCATIONS] = certificates.to_confirm(actor)
    if concerns(actor.unit, Work.CORRECTIONS):
        found[Work.CORRECTIONS] = data_requests.corrections(actor).filter(state=RequestState.PENDING)
    if concerns(actor.unit, Work.SESSIONS) and actor.is_unit_admin and actor.person_id is not None:
        found[Work.SESSIONS] = applications.session_changes_to_confirm(actor)
    return found


def _counted(asked: Mapping[str, QuerySet[Any]], most: int) -> dict[str, int]:
    """How many rows each has, up to `most` + 1, in one statement."""
    if not asked:
        return {}
    parts: list[str] = []
    values: list[Any] = []
    for rows in asked.values():
        sql, parameters = rows.order_by().values("pk")[: most + 1].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS t)")  # noqa: S608 -- Django's own SQL
        values += parameters
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(asked, cursor.fetchone(), strict=True))


def _stuck(actor: Actor) -> int:
    key = f"stuck:{actor.unit_id}"
    number = cache.get(key)
    if number is None:
        number = stuck.count(actor)
        cache.set(key, number, STUCK_FOR)
    return int(number)
