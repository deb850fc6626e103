"""Every form also carries every name of every model: nothing of it is taken that the form does not ask for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection

from applications.models import Application
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Membership, Unit
from tests.security.attacking import browser_of, undone
from tests.security.nasty import FORM, FORMS, Form, encoded
from tests.world import World

OURS = ("organizations", "applications", "certificates", "training", "review")
Rows = dict[str, list[tuple[Any, ...]]]

# Keys, moments and digests, which two equal acts do not share; and tables that hold nothing else or only words.
BY_CHANCE = {
    "id", "audit_hash", "created_at", "decided_at", "submitted_at", "arrived_at", "returned_at", "issued_at",
    "declared_true_at", "recorded_at", "last_login", "expires_at", "token", "secret_hash", "application_id",
    "decision_id", "id_cipher", "activity_id", "seed", "drawn_at",
}  # fmt: skip
RECORDS = {"organizations_event", "organizations_outboxitem", "organizations_message"}


def every_name() -> dict[str, str]:
    """Name → a tempting value, for each field of each model, with and without `_id`."""
    found: dict[str, str] = {}
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for field in model._meta.concrete_fields:
                for name in (field.name, field.attname):
                    found[name] = _tempting(field.get_internal_type())
    return found | {
        "state": "approved",
        "role": "admin",
        "is_superuser": "on",
        "is_staff": "on",
        "status": "approved",
    }


def _tempting(kind: str) -> str:
    if kind in ("BooleanField",):
        return "true"
    if kind.endswith("IntegerField") or kind in ("DecimalField", "BigAutoField"):
        return "77"
    if kind == "DateTimeField":
        return "2001-01-01T00:00:00Z"
    return "approved"


def picture() -> Rows:
    """The rows as they are, key first, whoever may see them."""
    with scope(Actor.system("test")), connection.cursor() as cursor:
        found: Rows = {}
        for app in OURS:
            for model in apps.get_app_config(app).get_models():
                table = model._meta.db_table
                columns = [field.column for field in model._meta.concrete_fields]
                listed = ", ".join(f'"{column}"::text' for column in columns)
                cursor.execute(f'SELECT {listed} FROM "{table}" ORDER BY 1')
                found[table] = [tuple(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def outcome(world: World, form: Form, case: Application, extra: dict[str, str]) -> tuple[int, Rows]:
    """Status and all rows after the form was sent with `extra`, without what differs by chance."""
    data = form.data(world, case)
    body = encoded({**{name: value for name, value in extra.items() if name not in data}, **data})
    caches["default"].clear()  # a second code would come too soon
    with undone():
        answer = browser_of(world, form.who).post(form.url(case), body, FORM)
        rows = picture()
    return answer.status_code, {
        table: [tuple(pair for pair in row if pair[0] not in BY_CHANCE) for row in found]
        for table, found in rows.items()
        if table not in RECORDS
    }


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_that_also_carries_every_model_field_does_what_it_does_without(
    world: World, form: Form
) -> None:
    case = world.application(at=form.state)
    asked = {
        "find", "act", "ready", "next", "remember", "action", "remark", "gender", "region_anchor", "span_exception",
        "evidence_note", "opinion", "uscc", "top_level", "years", "year",
    }  # fmt: skip
    extra = {name: value for name, value in every_name().items() if name not in asked}

    plain, loaded = outcome(world, form, case, {}), outcome(world, form, case, extra)

    assert loaded[0] == plain[0]
    assert {table: len(rows) for table, rows in loaded[1].items()} == {
        table: len(rows) for table, rows in plain[1].items()
    }
    assert [
        (table, with_all, without)
        for table in plain[1]
        for row, loaded_row in zip(in_order(plain[1][table]), in_order(loaded[1][table]), strict=True)
        for without, with_all in zip(row, loaded_row, strict=True)
        if _plain(without) != _plain(with_all)
    ] == []


def _plain(pair: tuple[str, Any]) -> tuple[str, Any]:
    """Column and value, without what is drawn by chance: a batch's key, the link in a certificate's sheet."""
    column, value = pair
    if column == "batch_id":
        return (column, "BATCH")
    return (column, re.sub(r"/v/[\w-]+/", "/v/TOKEN/", value)) if isinstance(value, str) else pair


def in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=repr)


def test_the_picture_would_show_a_field_that_was_taken(world: World) -> None:
    before = picture()
    Membership.objects.filter(user=world.employer.user).update(role="reviewer")
    Unit.objects.filter(pk=world.hospital.pk).update(name="别的名字")
    after = picture()

    assert {table for table in after if after[table] != before[table]} == {
        "organizations_membership", "organizations_unit",
    }  # fmt: skip
