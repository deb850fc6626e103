"""Fills a demo with a province that is at work, or prints who can sign in to it."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cehours import boot
from cehours.sample import accounts
from cehours.sample.load import load

NOT_A_DEMO = "演示数据含公开的密码，只能载入演示环境：请设置 DEMO=1 后再运行。"


class Command(BaseCommand):
    help = "Loads sample data into a demo (safe to repeat), or lists its accounts."
    requires_system_checks = ()  # `migrate` asked them a moment ago, and this is on the way to the first page

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="only print the table of accounts")
        parser.add_argument("--few", action="store_true", help="a dozen applicants instead of everybody")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(NOT_A_DEMO)
        if options["accounts"]:
            self.stdout.write(accounts.table())
            return
        boot.refuse_a_strong_role(serves=False)
        for says in load(few=options["few"], processes=os.cpu_count() or 1):
            self.stdout.write(says)
            self.stdout.flush()
