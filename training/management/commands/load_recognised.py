"""manage.py load_recognised FILE: enters hours that another system has recognised, or withdraws them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cehours.lib.lists import BadLines
from cehours.lib.refusal import Refusal
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from training import services
from training.records.csv_file import WORDS


class Command(BaseCommand):
    help = (
        f"载入已认定学时（CSV 或 .xlsx），列名：{'、'.join(f'{words[0]}（{key}）' for key, words in WORDS.items())}。"
        "有一行不对就全部不载入；同一文件可重复载入；有效（valid）为 0 的行撤销原记录。"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 或 .xlsx 文件")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"无法读取 {file}：{error.strerror}。") from error
        try:
            with scope(Actor.system("load_recognised")) as actor:
                valid, withdrawn = services.load_recognised(actor=actor, content=content)
        except BadLines as refusal:
            for place, says in refusal.faults:
                self.stderr.write(f"第 {place} 行：{says}")
            raise CommandError(f"{len(refusal.faults)} 行有误，没有载入任何记录。") from refusal
        except Refusal as refusal:
            raise CommandError(f"{file}：{refusal.says}没有载入任何记录。") from refusal
        self.stdout.write(f"已载入 {valid} 条有效记录，{withdrawn} 条撤销记录。")
