"""manage.py walls: what the database itself holds against everybody, table by table, as it stands today."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from textwrap import dedent, indent
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from organizations.acting import catalogue
from organizations.acting.catalogue import Function, Policy, Table
from organizations.walls import OUTSIDE

LEGEND = """\
«app.kind», «app.user», «app.person», «app.unit» and «app.task» are settings of the transaction that say who acts;
unset they equal nothing. A command without a policy touches no row.
"""


class Command(BaseCommand):
    help = "列出数据库中现行的行级安全策略、触发器和函数；可以只写若干表名。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", nargs="*", help="表名；不写则列出全部")

    def handle(self, *args: Any, table: list[str], **options: Any) -> None:
        """Raises CommandError for a table that the database has not."""
        known = {each.name: each for each in catalogue.tables()}
        if unknown := [name for name in table if name not in known]:
            raise CommandError(f"数据库中没有这些表：{'、'.join(unknown)}")
        chosen = [known[name] for name in table] or list(known.values())
        functions = catalogue.concerning(chosen) if table else catalogue.functions()
        self.stdout.write(LEGEND)
        for lines in (*map(_table, chosen), *map(_function, functions)):
            self.stdout.write("\n" + "\n".join(lines))


def _table(table: Table) -> Iterator[str]:
    yield table.name
    if table.is_behind_the_wall:
        yield "  row-level security: enabled, FORCE"
    elif table.name in OUTSIDE and not table.enabled:
        yield f"  row-level security: none, {OUTSIDE[table.name]}"
    else:
        state = (
            "enabled without FORCE" if table.enabled else "NONE, and no reason in organizations.walls.OUTSIDE"
        )
        yield f"  row-level security: {state}"
    yield f"  {settings.RUNTIME_ROLE} may {', '.join(table.verbs) or 'nothing'}"
    for policy in table.policies:
        yield from _policy(policy)
    for trigger in table.triggers:
        off = "" if trigger.enabled else " (DISABLED)"
        yield f"  trigger {trigger.name}{off}: {trigger.when}, calls {trigger.function}"


def _policy(policy: Policy) -> Iterator[str]:
    kind = "" if policy.permissive else ", restrictive"
    yield f"  policy {policy.name}: {policy.command}, to {', '.join(policy.roles)}{kind}"
    same = policy.using == policy.check
    words = (
        {"USING, WITH CHECK": policy.using} if same else {"USING": policy.using, "WITH CHECK": policy.check}
    )
    for word, condition in words.items():
        if condition:
            yield f"    {word}"
            yield indent(dedent(condition), " " * 6)


def _function(function: Function) -> Iterator[str]:
    rights = "with the rights of its owner" if function.definer else "with the rights of its caller"
    config = f", {function.config}" if function.config else ""
    yield f"function {function.name}({function.arguments}) → {function.result}"
    yield f"  {function.language}, {rights}{config}"
    yield indent(function.body.strip("\n"), "  ")
