"""What of the second wall holds in the database today, read from PostgreSQL's own catalogue.

The present text of a policy or trigger is spread over the migrations that made and changed it; this is their sum.
Reads the catalogue only, which every role may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

# A fragment of organizations.walls as PostgreSQL spells it: ( SELECT NULLIF(current_setting('app.unit'… .
_SETTING = re.compile(
    r"(\()?\( SELECT \(*(?:NULLIF\()?current_setting\('(app\.\w+)'::text, true\)(?:, ''::text\))?\)*(?:::\w+)?"
    r' AS "?\w+"?\)(?(1)\))'
)
# app.kind as it is believed (organizations/0080).
_BELIEVED = re.compile(r"(\()?\( SELECT app_kind\(\) AS app_kind\)(?(1)\))")
_TEXT_CASTS = re.compile(r"::(?:text|character varying)(?:\[\])?")

TABLES = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity,
       ARRAY(SELECT verb FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS verb
             WHERE has_table_privilege(%s, c.oid, verb))
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
 ORDER BY c.relname
"""
POLICIES = """
SELECT p.polrelid, p.polname, p.polcmd, p.polpermissive,
       ARRAY(SELECT CASE WHEN role = 0 THEN 'everybody' ELSE pg_get_userbyid(role) END FROM unnest(p.polroles) AS role),
       coalesce(pg_get_expr(p.polqual, p.polrelid, true), ''),
       coalesce(pg_get_expr(p.polwithcheck, p.polrelid, true), '')
  FROM pg_policy p
 ORDER BY p.polname
"""
TRIGGERS = """
SELECT t.tgrelid, t.tgname, pg_get_triggerdef(t.oid, true), f.proname, t.tgenabled <> 'D'
  FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
 WHERE NOT t.tgisinternal
 ORDER BY t.tgname
"""
FUNCTIONS = """
SELECT f.proname, pg_get_function_identity_arguments(f.oid), pg_get_function_result(f.oid), l.lanname, f.prosecdef,
       coalesce(array_to_string(f.proconfig, '; '), ''), f.prosrc
  FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang
 WHERE f.pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
 ORDER BY f.proname
"""
COMMANDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "*": "ALL"}


@dataclass(frozen=True)
class Policy:
    """Which rows a command may touch. `using` and `check` are conditions, "" where there is none."""

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str
    check: str


@dataclass(frozen=True)
class Trigger:
    """`when` is its definition without name, table and function: BEFORE INSERT … FOR EACH ROW."""

    name: str
    when: str
    function: str
    enabled: bool


@dataclass(frozen=True)
class Table:
    """`verbs`: what the runtime role has the privilege for; the policies narrow it to rows."""

    name: str
    enabled: bool
    forced: bool
    verbs: tuple[str, ...]
    policies: tuple[Policy, ...]
    triggers: tuple[Trigger, ...]

    @property
    def is_behind_the_wall(self) -> bool:
        return self.enabled and self.forced


@dataclass(frozen=True)
class Function:
    """`definer`: it runs with the rights of its owner, so it may look over the wall. `config`: its search_path."""

    name: str
    arguments: str
    result: str
    language: str
    definer: bool
    config: str
    body: str


def tables() -> list[Table]:
    """All tables of ours and Django's, by name."""
    policies, triggers = _by_table(POLICIES), _by_table(TRIGGERS)
    return [
        Table(
            name,
            enabled,
            forced,
            tuple(verbs),
            tuple(_policy(row) for row in policies.get(oid, ())),
            tuple(_trigger(row) for row in triggers.get(oid, ())),
        )
        for oid, name, enabled, forced, verbs in _rows(TABLES, settings.RUNTIME_ROLE)
    ]


def functions() -> list[Function]:
    """All functions that migrations made, by name."""
    return [Function(*row) for row in _rows(FUNCTIONS)]


def concerning(chosen: list[Table]) -> Iterator[Function]:
    """The functions that triggers or policies of these tables call, or that name one of them."""
    conditions = [text for table in chosen for each in table.policies for text in (each.using, each.check)]
    called = {trigger.function for table in chosen for trigger in table.triggers}
    for function in functions():
        if (
            function.name in called
            or any(_names(text, function.name) for text in conditions)
            or any(_names(function.body, table.name) for table in chosen)
        ):
            yield function


def _policy(row: tuple[Any, ...]) -> Policy:
    name, command, permissive, roles, using, check = row
    return Policy(name, COMMANDS[command], permissive, tuple(roles), _plain(using), _plain(check))


def _trigger(row: tuple[Any, ...]) -> Trigger:
    name, definition, function, enabled = row
    words = re.sub(r"^CREATE (?:CONSTRAINT )?TRIGGER \S+ ", "", definition)
    when = re.sub(r" ON \S+(.*) EXECUTE FUNCTION .*$", r"\1", words, flags=re.S)
    return Trigger(name, _TEXT_CASTS.sub("", when), function, enabled)


def _plain(condition: str) -> str:
    """The condition with «app.unit» for the scalar subquery that reads the setting, without casts between texts."""
    return _TEXT_CASTS.sub("", _BELIEVED.sub("«app.kind»", _SETTING.sub(r"«\2»", condition)))


def _names(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", text) is not None


def _by_table(sql: str) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = {}
    for oid, *row in _rows(sql):
        found.setdefault(oid, []).append(tuple(row))
    return found


def _rows(sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return list(cursor.fetchall())
