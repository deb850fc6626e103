"""manage.py load_recognised FILE.csv: enters hours that another system has recognised, or withdraws them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from training import services
from training.records.csv_file import COLUMNS, BadLines


class Command(BaseCommand):
    help = (
        f"载入已认定学时（CSV，UTF-8，第一行为列名：{','.join(COLUMNS)}）。"
        "有一行不对就全部不载入；同一文件可重复载入；valid 为 0 的行撤销原记录。"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        except OSError as error:
            raise CommandError(f"无法读取 {file}：{error.strerror}。") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{file} 不是 UTF-8 编码，请另存为 UTF-8 后再载入。") from error
        try:
            with scope(Actor.system("load_recognised")) as actor:
                valid, withdrawn = services.load_recognised(actor=actor, rows=rows)
        except BadLines as refusal:
            for place, says in refusal.faults:
                self.stderr.write(f"第 {place} 行：{says}")
            raise CommandError(f"{len(refusal.faults)} 行有误，没有载入任何记录。") from refusal
        self.stdout.write(f"已载入 {valid} 条有效记录，{withdrawn} 条撤销记录。")
