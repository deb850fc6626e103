"""manage.py event_proof CASE: a file that proves the case's events to a citizen or a court."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cehours.trail import checkpoint, proof
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import scope


class Command(BaseCommand):
    help = "把一件申报及其认定单的办理记录连同证明写成文件，可用 docs/check_proof.py 独立核对。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", type=UUID, metavar="申报")
        parser.add_argument("--output", type=Path, metavar="文件")

    def handle(self, *args: Any, case: UUID, output: Path | None, **options: Any) -> None:
        with scope(Actor.system("event_proof")):
            try:
                last = checkpoint.newest()
                if last is None:
                    raise CommandError("还没有检查点，请先运行 manage.py audit_checkpoint。")
                slips = Certificate.objects.filter(application_id=case).values_list("pk", flat=True)
                proved = proof.proof_of(last, {case, *slips})
            except (checkpoint.NoKey, checkpoint.Unproved) as refusal:
                raise CommandError(str(refusal)) from refusal
        if not proved["events"]:
            raise CommandError("最近的检查点中没有这件申报的办理记录。")
        file = output or Path(f"proof-{case}.json")
        file.write_text(json.dumps(proved, ensure_ascii=False, indent=1), "utf-8")
        self.stdout.write(f"{file}：{len(proved['events'])} 条办理记录")
