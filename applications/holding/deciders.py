"""Who can decide a case now, and if nobody, why: one statement for any number of cases.

The database's own functions read the registry and the decisions (applications/0080), because whoever cures a case, and
whoever filed it, see neither the accounts of the unit nor each other. `review.permissions` says the same of one
account; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models

from applications.models import Application
from cehours.lib import clock
from organizations.models import Membership, Unit


class Why(models.TextChoices):
    """Why nobody can take a case further."""

    OVER = "over", "审核期已结束，未办结"
    CLOSED = "closed", "单位已停用"
    NO_ACCOUNT = "no_account", "单位没有可用的账号"
    NO_IDENTITY = "no_identity", "单位账号都没有登记身份证号码"
    OWN = "own", "单位只有申报人本人一个账号"
    DECIDED = "decided", "单位其他人员在前面环节已审核过"
    NO_NEXT = "no_next", "下一审核单位不存在或已停用"


@dataclass(frozen=True)
class Reach:
    """The accounts that may decide a case now (ids of users), and the reason why it goes no further, if any.

    With `Why.NO_NEXT` there are accounts: they can return or refuse it, and nobody can pass it on.
    """

    accounts: frozenset[int]
    why: Why | None


def of_cases(cases: Iterable[UUID], now: datetime | None = None) -> dict[UUID, Reach]:
    """Who can decide each of these cases of the actor's now; those not in review are left out. Two statements."""
    values = [list(cases), now or clock.now()]
    why = dict(ask("SELECT id, why FROM cases_held_up(%s, %s)", values))
    accounts: dict[UUID, set[int]] = {}
    for case, user in ask("SELECT id, account FROM accounts_able(%s, %s)", values):
        accounts.setdefault(case, set()).add(user)
    return {
        case: Reach(frozenset(accounts.get(case, ())), Why(reason) if reason else None)
        for case, reason in why.items()
    }


def why_not_at(unit: Unit, person_id: UUID) -> Why | None:
    """Why nobody at an active unit could decide what this person is about to file; None where somebody could.

    Those reasons of `cases_held_up` that hang on its accounts alone, asked before there is a case. One statement.
    """
    living = Membership.objects.filter(unit=unit, user__is_active=True)
    people = list(living.values_list("user__person_id", flat=True))
    if not people:
        return Why.NO_ACCOUNT
    known = {person for person in people if person is not None}
    if not known:
        return Why.NO_IDENTITY
    return Why.OWN if known == {person_id} else None


def why_not(cases: Iterable[UUID]) -> dict[UUID, Why]:
    """Why nobody can take these cases further; those that somebody can, and those not in review, are left out."""
    asked = list(cases)
    if not asked:
        return {}
    rows = ask("SELECT id, why FROM cases_held_up(%s, %s) WHERE why IS NOT NULL", [asked, clock.now()])
    return {case: Why(why) for case, why in rows}


def of_case(case: UUID, now: datetime | None = None) -> Reach | None:
    """The same for one case; None when it is not in review."""
    return of_cases([case], now).get(case)


def have_decided(case: Application) -> bool:
    """Whether the acting person decided the case at an earlier hop of this filing, under whatever hat."""
    return bool(ask("SELECT i_decided(%s, %s)", [case.pk, case.revision])[0][0])


def ask(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """The rows of a question to the database."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
