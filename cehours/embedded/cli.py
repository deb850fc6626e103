"""The subcommands of ./dev."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from cehours.embedded import byhand, checks, demo, runs
from cehours.embedded.console import Console
from cehours.embedded.processes import Failure, Terminated

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run one subcommand; the exit code says whether it worked."""
    options, rest = _parse(arguments)
    # Progress goes aside where standard output is the result: exports for `eval`, a last line of JSON.
    console = Console(
        sys.stderr if options.result_on_stdout or getattr(options, "json", False) else sys.stdout
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    run: Callable[[Console, argparse.Namespace, list[str]], int] = options.run
    try:
        return run(console, options, rest)
    except Failure as failure:
        console.say(f"\n{failure}")
        return 1
    except KeyboardInterrupt:
        console.say("\n已取消。")
        return INTERRUPTED


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="./dev", description="继续教育学时核认系统：演示、测试和开发用的命令", allow_abbrev=False
    )
    add = parser.add_subparsers(required=True, metavar="命令").add_parser

    def command(
        name: str, about: str, run: Callable[..., int], *, result: bool = False
    ) -> argparse.ArgumentParser:
        sub = add(name, help=about, description=about, allow_abbrev=False)
        sub.set_defaults(run=run, result_on_stdout=result, takes_rest=False)
        return sub

    sub = command("demo", "安装所缺，载入演示数据并启动全部", _demo)
    sub.add_argument("--fresh", action="store_true", help="清空演示数据，重新开始")
    sub.add_argument(
        "--port", type=int, default=demo.DEFAULT_PORT, help="端口（默认 %(default)s；被占用时用下一个）"
    )
    sub = command("journey", "经 HTTP 走完一次申报：填报、三级审核、下载认定单", runs.journey)
    sub.add_argument("--json", action="store_true", help="最后一行输出 JSON")
    sub = command("test", "运行测试；其余参数交给 pytest", runs.test)
    sub.add_argument("--long", action="store_true", help="也运行耗时较长的测试")
    sub.set_defaults(takes_rest=True)
    sub = command("check", "代码、类型、篇幅、模板、迁移、部署文件的全部检查", checks.check)
    sub.add_argument("--sizes", action="store_true", help="只列出最长的文件、函数和模板行，各十处")
    sub = command(
        "services", "启动 PostgreSQL 和 Redis 供手工使用，输出环境变量", byhand.services, result=True
    )
    sub.add_argument("--stop", action="store_true", help="停止它们")
    sub = command("shell", "打开 manage.py shell", byhand.shell)
    sub.set_defaults(takes_rest=True)
    sub = command("manage", "运行 manage.py 的命令；其余参数交给它", byhand.manage)
    sub.set_defaults(takes_rest=True)
    sub = command("bench", "运行一项性能测试", runs.bench)
    sub.add_argument("name", help="tests/benchmarks 中的名称")
    sub.add_argument("--n", type=int, help="规模，例如申报件数（默认由各项测试规定）")
    sub.add_argument("--json", action="store_true", help="最后一行输出 JSON")
    sub.set_defaults(takes_rest=True)
    command("requirements", "对照通知列出各项要求及其测试", runs.requirements)
    options, rest = parser.parse_known_args(arguments)
    if rest and not options.takes_rest:
        parser.error(f"不认识的参数：{' '.join(rest)}")
    return options, rest


def _demo(console: Console, options: argparse.Namespace, rest: list[str]) -> int:
    return demo.demo(console, fresh=options.fresh, port=options.port)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Terminated
