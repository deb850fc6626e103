"""manage.py recompute: after an upgrade, stored keys of a former rule are computed anew. Runs as the owner role."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cehours import recomputing

WRONG_ROLE = (
    "请用数据库所有者运行（与 migrate 相同的 DATABASE_MIGRATE_URL）：其他角色看不到全部数据，会漏算。"
)
AHEAD = "数据是较新的版本算出的，请用最新的程序运行：{}"


class Command(BaseCommand):
    help = "升级后按新规则重算已存的检索键（姓名和单位的拼音、成果标识等）；可随时中断，再次运行时接着做。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        asks = parser.add_mutually_exclusive_group()
        asks.add_argument("--check", action="store_true", help="只检查：还有没重算完的，退出码为 1")
        asks.add_argument(
            "--again",
            action="store_true",
            help="已算完的也从头再算一遍：多台主机上最后一个旧进程停止后运行一次；中断后再次运行时不必再加",
        )

    def handle(self, *args: Any, check: bool, again: bool, **options: Any) -> None:
        if again:
            self._begin_again()
        behind = recomputing.behind()
        if check and behind:
            raise CommandError(
                f"尚未重算完：{'、'.join(key.name for key in behind)}。请运行 manage.py recompute。"
            )
        if behind and not recomputing.sees_every_row():
            raise CommandError(WRONG_ROLE)
        for key in behind:
            self._recompute(key)
        if not behind:
            self.stdout.write("没有需要重算的。")

    def _begin_again(self) -> None:
        if not recomputing.sees_every_row():
            raise CommandError(WRONG_ROLE)
        try:
            recomputing.begin_again()
        except recomputing.Ahead as ahead:
            raise CommandError(AHEAD.format(ahead)) from ahead

    def _recompute(self, key: recomputing.StoredKey) -> None:
        rows = changed = 0
        try:
            for step in recomputing.recompute(key):
                rows, changed = rows + step.rows, changed + step.changed
        except recomputing.Ahead as ahead:
            raise CommandError(AHEAD.format(ahead)) from ahead
        self.stdout.write(f"{key.name}：第 {key.version} 版，查看 {rows} 行，改动 {changed} 行。")
