"""manage.py audit_checkpoint: takes and keeps a checkpoint of the trail now, as before a backup."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cehours.trail import checkpoint, kept
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "为办理记录签发一个检查点，存到数据库之外。备份前请运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with scope(Actor.system("audit_checkpoint")):
                made = checkpoint.take()
        except (checkpoint.NoKey, checkpoint.Unproved, kept.Altered) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{made.name}\n共 {made.size} 条，根 {made.root}")
