"""Keys that are computed once and stored: after a change of their rule the rows of before are computed anew.

Whoever changes a rule raises the version of its `StoredKey`; `manage.py recompute` does the rest, batch by batch,
while people work, and goes on where it was interrupted. What was filed, frozen or printed is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

import rules
from applications.filed import facts
from applications.models import Activity, Application
from cehours.lib import clock, names
from cehours.lib.pinyin import name_keys, unit_keys
from organizations.models import Person, StoredKeys, Unit

BATCH = 500


class Ahead(Exception):
    """A later release was here: its keys must not be computed back."""


@dataclass(frozen=True)
class StoredKey:
    """One kind of key. `name` stays for ever; `version` rises with every change of what `compute` answers.

    `compute`: the values of `fields` for one row of `model`, loaded with `related`.
    """

    name: str
    version: int
    model: type[Model]
    fields: tuple[str, ...]
    compute: Callable[[Any], tuple[object, ...]]
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One batch that was committed: rows read, rows whose keys changed; `done` when none are left."""

    key: StoredKey
    rows: int
    changed: int
    done: bool


def _of_unit(unit: Unit) -> tuple[str, str]:
    return unit_keys(unit.name)


def _of_person(person: Person) -> tuple[str, str]:
    """The form in which names are kept; what stood there before is how the document spells it."""
    return names.tidy(person.name), person.spelling or names.spelling(person.name)


def _of_case(case: Application) -> tuple[str, str]:
    """The trigger application_is_renamed puts the units' name keys right: a migration that changes
    name_search_keys must leave that trigger the former function to delete by."""
    return name_keys(case.name)


def _of_activity(activity: Activity) -> tuple[str]:
    policy = facts.policy_of(activity.application)
    return (rules.achievement(policy, kind=activity.kind, title=activity.title, facts=activity.facts),)


ALL = (
    StoredKey("people.names", 1, Person, ("name", "spelling"), _of_person),
    StoredKey("units.search_names", 2, Unit, ("pinyin", "initials"), _of_unit),
    StoredKey("applications.search_names", 2, Application, ("pinyin", "initials"), _of_case),
    StoredKey(
        "applications.achievements",
        2,
        Activity,
        ("achievement",),
        _of_activity,
        related=("application__session",),
    ),
)


def behind() -> list[StoredKey]:
    """Those whose rows do not all follow the present rule yet."""
    finished = dict(StoredKeys.objects.exclude(finished_at=None).values_list("name", "version"))
    return [key for key in ALL if finished.get(key.name, 0) < key.version]


def begin_again() -> None:
    """All keys from the first row once more: an old process may have written rows after they were passed.

    `recompute` does the rest, and goes on where it was interrupted. Raises Ahead.
    """
    with transaction.atomic():
        for key in ALL:
            StoredKeys.objects.get_or_create(name=key.name)
            progress = StoredKeys.objects.select_for_update(of=("self",)).get(name=key.name)
            if progress.version > key.version:
                raise Ahead(f"{key.name}: {progress.version} > {key.version}")
            progress.version, progress.after, progress.finished_at = key.version, "", None
            progress.save()


def sees_every_row() -> bool:
    """Whether the role passes row-level security: any other would leave most rows behind and not know it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        (passes,) = cursor.fetchone()
    return bool(passes)


def recompute(key: StoredKey, *, batch: int = BATCH) -> Iterator[Step]:
    """Yields after each batch, which is a transaction of its own together with how far it came.

    Two at once take turns. Raises Ahead when the rows carry keys of a later version.
    """
    StoredKeys.objects.get_or_create(name=key.name)
    done = False
    while not done:
        with transaction.atomic():
            step = _next(key, batch)
        yield step
        done = step.done


def _next(key: StoredKey, batch: int) -> Step:
    progress = StoredKeys.objects.select_for_update(of=("self",)).get(name=key.name)
    if progress.version > key.version:
        raise Ahead(f"{key.name}: {progress.version} > {key.version}")
    if progress.version < key.version:
        progress.version, progress.after, progress.finished_at = key.version, "", None
    if progress.finished_at is not None:
        return Step(key, 0, 0, True)
    rows = (
        key.model._default_manager.select_related(*key.related).select_for_update(of=("self",)).order_by("pk")
    )
    found = list((rows.filter(pk__gt=progress.after) if progress.after else rows)[:batch])
    changed = [row for row in found if _changes(key, row)]
    key.model._default_manager.bulk_update(changed, key.fields)
    if found:
        progress.after = str(found[-1].pk)
    if len(found) < batch:
        progress.finished_at = clock.now()
    progress.save()
    return Step(key, len(found), len(changed), progress.finished_at is not None)


def _changes(key: StoredKey, row: Model) -> bool:
    """Puts the computed keys on the row; whether one differs from what was there."""
    before = tuple(getattr(row, field) for field in key.fields)
    after = key.compute(row)
    for field, value in zip(key.fields, after, strict=True):
        setattr(row, field, value)
    return before != after
