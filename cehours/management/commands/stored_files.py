"""manage.py stored_files: names stored files that are gone or changed; --restore-from takes them from a backup."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from applications.files import soundness
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "核对存储中的佐证材料和学时认定单，逐一列出丢失或被改动的；可从备份目录恢复。有未恢复的以状态 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--restore-from", type=Path, metavar="目录", help="文件存储的备份所在目录")

    def handle(self, *args: Any, restore_from: Path | None, **options: Any) -> None:
        left = 0
        with scope(Actor.system("stored_files")):
            for damage in soundness.unsound():
                restored = restore_from is not None and soundness.restore(damage, restore_from)
                left += not restored
                what = "丢失" if damage.is_gone else "内容被改动"
                self.stdout.write(f"{damage.key}：{what}{'，已从备份恢复' if restored else ''}")
        if left:
            self.stderr.write(f"有 {left} 个文件不可用。请用 --restore-from 指定备份目录恢复。")
            sys.exit(1)
        self.stdout.write("存储的文件与记录一致。")
