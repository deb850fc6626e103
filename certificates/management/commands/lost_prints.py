"""manage.py lost_prints: looks in the file store for sealed prints whose records a restore lost."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cehours.lib import clock
from certificates.models import LostPrint
from certificates.prints import lost
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "在文件存储中查找数据库恢复前已经盖章、但数据库中没有记录的认定单文件，列出并交省级人社部门收回。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, default=clock.today().year)

    def handle(self, *args: Any, **options: Any) -> None:
        year: int = options["year"]
        with scope(Actor.system("lost_prints")):
            new = lost.find(year)
            for row in LostPrint.objects.filter(storage_key__startswith=f"certificates/{year}/"):
                self.stdout.write(f"{row.number or '编号不明'} {row.get_state_display()} {row.storage_key}")
        self.stdout.write(f"{year} 年：新发现 {len(new)} 份。")
