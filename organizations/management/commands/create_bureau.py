"""manage.py create_bureau: the operator enters a bureau and its first administrator."""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cehours.lib.idnumbers import IdKind
from cehours.lib.refusal import Refusal
from organizations.messaging.contacts import Contact
from organizations.models import User
from organizations.services import bureaus

FROM_ENV = "CEHOURS_ADMIN_PASSWORD"


class Command(BaseCommand):
    help = (
        "Enters the HR bureau (经办机构) of a region with its first administrator. The password is asked "
        f"for, or read from the environment variable {FROM_ENV}. One bureau a region; a second is refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--region", required=True, help="GB/T 2260 code, for example 430000")
        parser.add_argument("--name", required=True, help="official name of the bureau")
        parser.add_argument("--admin-name", required=True)
        parser.add_argument("--admin-id-number", required=True)
        parser.add_argument(
            "--admin-id-kind", default=IdKind.RESIDENT.value, choices=[kind.value for kind in IdKind]
        )
        parser.add_argument("--login", required=True, help="name to sign in with")
        parser.add_argument(
            "--contact", default="", help="mobile number or e-mail, for resetting the password"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            unit = bureaus.create_bureau(
                region_code=options["region"], name=options["name"].strip(), admin=self._admin(options)
            )
        except Refusal as refusal:
            raise CommandError(refusal.says) from None
        self.stdout.write(
            f"{unit.name}（{unit.region.name}）已建立，管理员用户名 {options['login'].lower()}。"
        )

    def _admin(self, options: dict[str, Any]) -> bureaus.AdminInput:
        return bureaus.AdminInput(
            name=options["admin_name"].strip(),
            id_kind=options["admin_id_kind"],
            id_number=options["admin_id_number"],
            login=options["login"],
            password=self._password(options["login"]),
            contact=Contact.parse(options["contact"]) if options["contact"] else None,
        )

    def _password(self, login: str) -> str:
        password = os.environ.get(FROM_ENV) or ""
        if not password:
            password = getpass.getpass("管理员密码：")
            if password != getpass.getpass("再次输入："):
                raise CommandError("两次输入的密码不一致。")
        try:
            validate_password(password, User(username=login))
        except ValidationError as problem:
            raise CommandError("".join(problem.messages)) from None
        return password
