"""Arguments, and which command does what."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

from rules.cli.asks import ASKS
from rules.cli.drafts import draft_next_year
from rules.cli.lines import answer_lines, read_lines
from rules.compare import compare
from rules.describe import describe
from rules.errors import PolicyError
from rules.explain import minimums_text, row_text, way_text
from rules.loader import available_policies, find_policy
from rules.policy import Policy


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done (a stream with bad lines is still done), 2: no such or no valid policy."""
    if isinstance(sys.stdout, TextIOWrapper):
        # Chinese must survive a terminal or pipe set up for another encoding.
        # Half a surrogate pair, which JSON can spell, is written as the escape it came as.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except PolicyError as problem:
        print(f"政策文件有误 {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader had enough (`| head`); that is no failure of ours.
        sys.stderr.close()
        return 0


def _run(options: argparse.Namespace) -> int:
    match options.command:
        case "list":
            for key in available_policies():
                print(key)
        case "describe":
            policy = find_policy(options.policy)
            _print_lines(
                [json.dumps(describe(policy), ensure_ascii=False)] if options.json else _words(policy)
            )
        case "new-year":
            _print_lines(draft_next_year(options.place, options.year, options.out))
        case "diff":
            _print_lines(
                compare(find_policy(options.old), find_policy(options.new)) or ("两份政策没有差别。",)
            )
        case name:
            answer_lines(find_policy(options.policy), ASKS[name], read_lines(sys.stdin.buffer), sys.stdout)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rules", description="继续教育学时规则：查询、计算、起草、比较。"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="列出现有政策")
    shown = commands.add_parser(
        "describe", help="说明一份政策：科目、形式、活动种类、填写项、材料、跨度、渠道"
    )
    shown.add_argument("--json", action="store_true", help="输出 JSON")
    _with_policy(shown)
    for name, ask in ASKS.items():
        _with_policy(commands.add_parser(name, help=f"{ask.help}（标准输入每行一个 JSON，逐行回答）"))
    draft = commands.add_parser("new-year", help="以上一年度的文件为底稿，起草新年度的政策文件")
    draft.add_argument("place", help="地方，即政策文件夹的名称")
    draft.add_argument("year", type=int, help="新年度，例如 2026")
    draft.add_argument("--out", type=Path, help="写到哪里；不填则放在政策文件夹内")
    diff = commands.add_parser("diff", help="用文字说明两份政策的差别")
    diff.add_argument("old", help="政策名称或文件")
    diff.add_argument("new", help="政策名称或文件")
    return parser


def _with_policy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy", required=True, help="政策名称（见 list）或 TOML 文件")


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        print(line)


def _words(policy: Policy) -> list[str]:
    lines = [
        f"{policy.title}（{policy.document}）",
        *(minimums_text(policy, each) for each in policy.minimums),
    ]
    for form in policy.forms:
        lines.append(f"\n{form.key} {form.name}（{form.cite}）")
        for kind in policy.kinds:
            if kind.form == form.key:
                lines.append(f"  {kind.key} {kind.name}（{kind.cite}）")
                lines.extend(f"    - {row_text(kind, row)}" for row in kind.rows)
        for proof in policy.proofs:
            if proof.form == form.key:
                lines.append(f"  材料：{proof.says}")
                lines.extend(f"    - {way_text(policy, way)}" for way in proof.ways)
    return lines
