"""Arguments, and which command does what."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path

from rules.cli.asks import ASKS
from rules.cli.drafts import draft_next_year
from rules.cli.lines import answer_lines, read_lines
from rules.compare import compare
from rules.describe import describe, in_words
from rules.errors import PolicyError
from rules.loader import available_policies, broken_policies, find_policy


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
            _print_lines(available_policies())
            for problem in broken_policies():
                print(f"政策文件有误，没有列出：{problem}", file=sys.stderr)
        case "describe":
            policy = find_policy(options.policy)
            as_json = [json.dumps(describe(policy), ensure_ascii=False)] if options.json else None
            _print_lines(as_json or in_words(policy))
        case "new-year":
            _print_lines(draft_next_year(options.place, options.year, options.out))
        case "diff":
            _print_lines(
                compare(find_policy(options.old), find_policy(options.new)) or ("两份政策没有差别。",)
            )
        case name:
            policy = find_policy(options.policy)
            if not options.draft:
                policy.must_be_in_force()
            answer_lines(policy, ASKS[name], read_lines(sys.stdin.buffer), sys.stdout)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rules", description="继续教育学时规则：查询、计算、起草、比较。"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="列出现有政策")
    shown = commands.add_parser("describe", help="把一份政策从头到尾用文字念一遍")
    shown.add_argument("--json", action="store_true", help="输出 JSON，文件里有什么就有什么")
    _with_policy(shown)
    for name, ask in ASKS.items():
        asked = commands.add_parser(name, help=f"{ask.help}（标准输入每行一个 JSON，逐行回答）")
        asked.add_argument("--draft", action="store_true", help="也用草稿试算，回答里注明 draft")
        _with_policy(asked)
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


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
