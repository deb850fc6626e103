"""manage.py assessment_body: who may check certificates in batches."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cehours.lib.refusal import Refusal
from certificates.verification import bodies
from organizations.acting.actor import Actor
from organizations.acting.scope import scope

OPERATOR = Actor.system("operator.assessment_body")


class Command(BaseCommand):
    help = "Admits an assessment body and prints its key once; renews or dismisses it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["admit", "renew", "dismiss"])
        parser.add_argument("name", help="official name of the assessment body")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scope(OPERATOR):
                key = {"admit": bodies.admit, "renew": bodies.renew, "dismiss": bodies.dismiss}[
                    options["act"]
                ](OPERATOR, options["name"])
        except Refusal as refusal:
            raise CommandError(refusal.says) from None
        if key is None:
            self.stdout.write(f"{options['name']}的密钥已停用。")
        else:
            self.stdout.write(f"{options['name']}的核验密钥（只显示这一次，请妥善保管）：\n{key}")
