"""manage.py print_again: which prints were given up and why, and trying them once more after the cause is mended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from certificates.models import Certificate, CertificateState
from certificates.prints import failures
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "Asks again for every print that is still missing; one that is under way is not asked for twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--list", action="store_true", help="only name the prints that were given up, and why"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with scope(Actor.system("print_again")):
            missing = list(Certificate.objects.filter(state=CertificateState.PENDING).order_by("number"))
            if options["list"]:
                self._name(missing)
                return
            outbox.ring_many("certificates.render", [each.pk for each in missing])
        self.stdout.write(f"待生成的认定单 {len(missing)} 份，已重新安排生成。")

    def _name(self, missing: list[Certificate]) -> None:
        given_up = failures.given_up(missing)
        self.stdout.write(f"多次失败、不再自动重试的认定单 {len(given_up)} 份。")
        for number, error in given_up:
            self.stdout.write(f"{number}  {error}")
