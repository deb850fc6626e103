"""Write docs/requirements.md: each row of the notice, where it is tested and what it still waits for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cehours.traceability import document, trace


class Command(BaseCommand):
    help = "对照通知列出各项要求及其测试，写入 docs/requirements.md"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查：文件不是最新时退出码为 1")
        parser.add_argument("--root", type=Path, default=settings.BASE_DIR, help="代码所在目录")

    def handle(self, *args: Any, check: bool, root: Path, **options: Any) -> None:
        found = trace(root)
        path, text = root / "docs/requirements.md", document(found)
        if check and (not path.exists() or path.read_text("utf-8") != text):
            raise CommandError("docs/requirements.md 不是最新的，请运行 ./dev requirements")
        if not check:
            path.write_text(text, "utf-8")
        problems = found.problems()
        if problems:
            raise CommandError("\n".join(problems))
        met = sum(each.id in found.tested for each in found.requirements)
        self.stdout.write(f"{len(found.requirements)} 项要求，已验证 {met} 项，docs/requirements.md")
