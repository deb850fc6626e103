"""manage.py verify_audit: walks every chain of the trail, and names each place where it or a row does not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from cehours.trail import against, checkpoint, ciphers, kept, rows
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "检查办理记录：发现被改动、缺失或截断的记录，以及与记录不符的数据时逐条列出，并以状态 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--against",
            metavar="检查点",
            help="再与数据库之外的检查点比较：检查点的文件、存储中的名称，或 newest",
        )

    def handle(self, *args: Any, against: str | None, **options: Any) -> None:
        faults = 0
        with scope(Actor.system("verify_audit")):
            try:
                for fault in self._faults(against):
                    faults += 1
                    self.stdout.write(str(fault))
            except (checkpoint.NoKey, checkpoint.Unproved, FileNotFoundError) as refusal:
                raise CommandError(f"不能与检查点比较：{refusal}") from refusal
        if faults:
            self.stderr.write(f"办理记录有 {faults} 处不完整，请立即查明原因。")
            sys.exit(1)
        self.stdout.write("办理记录完整。")

    def _faults(self, named: str | None) -> Iterator[audit.Fault]:
        yield from audit.faults()
        yield from rows.faults()
        yield from ciphers.faults(connection.chunked_cursor)
        if named:
            yield from against.faults_against(_checkpoint(named))


def _checkpoint(named: str) -> checkpoint.Checkpoint:
    """Raises Unproved, NoKey, FileNotFoundError."""
    if named == "newest":
        last = checkpoint.newest()
        if last is None:
            raise FileNotFoundError("还没有检查点")
        return last
    content = Path(named).read_bytes() if Path(named).is_file() else kept.get(named)
    return checkpoint.opened(content, checkpoint.private_key().public_key())
