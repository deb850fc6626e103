"""manage.py verify_audit: walks every chain of the trail and names each place where it does not hold."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "检查办理记录：发现被改动、缺失或截断的记录时逐条列出，并以状态 1 退出。"

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        with scope(Actor.system("verify_audit")):
            for fault in audit.faults():
                faults += 1
                self.stdout.write(str(fault))
        if faults:
            self.stderr.write(f"办理记录有 {faults} 处不完整，请立即查明原因。")
            sys.exit(1)
        self.stdout.write("办理记录完整。")
