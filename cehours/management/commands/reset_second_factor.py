"""manage.py reset_second_factor: for an administrator above whom nobody can do it. Runs as the owner role."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cehours import recomputing
from organizations.models import User
from organizations.services import second_factors

WRONG_ROLE = "请用数据库所有者运行（与 migrate 相同的 DATABASE_MIGRATE_URL）：其他角色看不到他人的二次验证。"


class Command(BaseCommand):
    help = "重置一个账号的二次验证：删除验证器、安全密钥和备用码，退出全部登录，记入办理记录并通知本人。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="账号的用户名")

    def handle(self, *args: Any, login: str, **options: Any) -> None:
        if not recomputing.sees_every_row():
            raise CommandError(WRONG_ROLE)
        user = User.objects.filter(username=login.lower()).first()
        if user is None:
            raise CommandError(f"没有用户名为 {login} 的账号。")
        if not second_factors.reset_by_operator(user):
            raise CommandError(f"{login} 没有设置二次验证，不必重置。")
        self.stdout.write(f"{login} 的二次验证已重置，已通知本人。")
