"""manage.py number_register: the numbers of a year, proved to be without gaps."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cehours.lib import clock
from certificates.models import Certificate, LostNumbers, NumberCounter
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "Counts a year's numbers by state, lists those lost by a restore, and fails where one is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, default=clock.today().year)

    def handle(self, *args: Any, **options: Any) -> None:
        year: int = options["year"]
        with scope(Actor.system("number_register")):
            rows = dict(Certificate.objects.filter(number_year=year).values_list("serial", "state"))
        last = NumberCounter.objects.values_list("last", flat=True).filter(pk=year).first() or 0
        lost: set[int] = set()
        for gap in LostNumbers.objects.filter(year=year):
            lost |= set(range(gap.first, gap.last + 1))
            self.stdout.write(
                f"恢复时丢失：{year}{gap.first:06d}—{year}{gap.last:06d}（{gap.found_at:%Y-%m-%d} 发现）"
            )
        counted = {state: list(rows.values()).count(state) for state in sorted(set(rows.values()))}
        self.stdout.write(f"{year} 年：最大顺序号 {last}，已出具 {len(rows)}，丢失 {len(lost)}，{counted}")
        missing = set(range(1, last + 1)) - set(rows) - lost
        if missing:
            raise CommandError(f"缺号 {len(missing)} 个，最小的是 {year}{min(missing):06d}。")
