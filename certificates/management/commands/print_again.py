"""manage.py print_again: certificates whose print was given up are tried once more, after the cause is mended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from certificates.models import Certificate, CertificateState
from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "Asks again for every print that is still missing; one that is under way is not asked for twice."

    def handle(self, *args: Any, **options: Any) -> None:
        with scope(Actor.system("print_again")):
            missing = list(
                Certificate.objects.filter(state=CertificateState.PENDING).values_list("pk", flat=True)
            )
            outbox.ring_many("certificates.render", missing)
        self.stdout.write(f"待生成的认定单 {len(missing)} 份，已重新安排生成。")
